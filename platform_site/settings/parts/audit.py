"""Where the audit is sent and exported to."""

import base64
import binascii
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from platform_site.kit import env

AUDIT_EXPORT_DIRECTORY = env.text(
    "AUDIT_EXPORT_DIRECTORY",
    "",
    about="Directory for the daily export of the audit; empty: its heads go to the log alone.",
)
AUDIT_WEBHOOK_URL = env.text(
    "AUDIT_WEBHOOK_URL",
    "",
    about="URL (https; http in your own network only) to which each entry of the audit is sent, "
    "as Standard Webhooks say; empty: none is sent.",
)
AUDIT_WEBHOOK_HISTORY = env.boolean(
    "AUDIT_WEBHOOK_HISTORY",
    default=False,
    about="Whether a receiver that is set for the first time gets all of the audit, and not only "
    "what is recorded from then on; later manage.py resend_audit sends what is older.",
)
_RAW_SECRETS = env.text(
    "AUDIT_WEBHOOK_SECRET",
    "",
    is_secret=True,
    about="Secret that signs what is sent to AUDIT_WEBHOOK_URL: whsec_ and 24 to 64 bytes in "
    "base64; while it is replaced two of them, by a comma.",
)


def _webhook_secrets(raw: str) -> list[bytes]:
    found = []
    for word in filter(None, map(str.strip, raw.split(","))):
        try:
            key = base64.b64decode(word.removeprefix("whsec_"), validate=True)
        except binascii.Error:
            key = b""
        if not word.startswith("whsec_") or not 24 <= len(key) <= 64:  # noqa: PLR2004 - their bounds
            raise ImproperlyConfigured(
                "AUDIT_WEBHOOK_SECRET must be whsec_ and 24 to 64 bytes in base64."
            )
        found.append(key)
    return found


def _require_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        has_host, _port = bool(parts.hostname), parts.port
    except ValueError:
        has_host = False
    if not has_host or parts.scheme not in {"https", "http"} or parts.fragment or parts.username:
        raise ImproperlyConfigured(
            "AUDIT_WEBHOOK_URL must be a URL of https without user and fragment."
        )


AUDIT_WEBHOOK_SECRETS = _webhook_secrets(_RAW_SECRETS)
if AUDIT_WEBHOOK_URL:
    _require_url(AUDIT_WEBHOOK_URL)
    if not AUDIT_WEBHOOK_SECRETS:
        raise ImproperlyConfigured("AUDIT_WEBHOOK_URL needs AUDIT_WEBHOOK_SECRET.")
