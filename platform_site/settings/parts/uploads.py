"""How large an upload may be: for the roles that receive files, and for none of the others."""

from platform_site.kit import env

UPLOAD_MAX_BYTES = env.integer(
    "UPLOAD_MAX_BYTES",
    50_000_000,
    about="Bytes of the largest file that is taken; a larger one is 413.",
)
# What the boundaries and the other fields of an upload's form may take beside the file. nginx reads
# no Python and adds the same in frontend/nginx/defaults.envsh; a test compares the two.
UPLOAD_FORM_ALLOWANCE_BYTES = 64 * 1024
