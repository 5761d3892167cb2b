"""Where the audit is sent and exported to."""

from platform_site.kit import env

AUDIT_EXPORT_DIRECTORY = env.text(
    "AUDIT_EXPORT_DIRECTORY",
    "",
    about="Directory for the daily export of the audit; empty: its heads go to the log alone.",
)
