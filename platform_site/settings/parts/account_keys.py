"""Keys of what the rows of accounts keep secret: second factors, and digests of API keys."""

from platform_site.kit import env

ACCOUNT_KEYS = env.keys_by_id(
    "ACCOUNT_KEYS",
    about="Keys of secrets in the rows of accounts, in hexadecimal: the last seals, all open.",
)
