"""Public keys: enough to believe a token, not to make one."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from platform_site.kit import env

TOKEN_ISSUER = env.text(
    "TOKEN_ISSUER",
    "image-platform",
    about="Issuer that every token names and that is required of it.",
)
ACCESS_TOKEN_LIFETIME_S = env.integer(
    "ACCESS_TOKEN_LIFETIME_S",
    600,
    about="Seconds for which an access token is good, at most 3000.",
)
if not 0 < ACCESS_TOKEN_LIFETIME_S <= 3000:  # noqa: PLR2004 - in less than the hour of rotate_keys
    raise ImproperlyConfigured("ACCESS_TOKEN_LIFETIME_S must be from 1 to 3000.")
JWKS_BUNDLE: dict[str, Any] = env.key_set(
    "JWKS",
    '{"keys": []}',
    fields=("kid", "kty"),
    about="Public keys of auth to verify tokens with before auth can be asked.",
)
JWKS_URL = env.text(
    "JWKS_URL",
    "",
    about="URL from which the public keys of auth are fetched; empty: those of JWKS are all.",
)
if not (JWKS_BUNDLE["keys"] or JWKS_URL):
    raise ImproperlyConfigured("Neither JWKS nor JWKS_URL is set: no token could be verified.")
