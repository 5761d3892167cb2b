"""Public keys: enough to believe a token, not to make one."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from platform_site.kit import env

TOKEN_ISSUER = env.text("TOKEN_ISSUER", "image-platform")
TOKEN_AUDIENCE = "platform"
ACCESS_TOKEN_LIFETIME_S = env.integer("ACCESS_TOKEN_LIFETIME_S", 600)
JWKS_BUNDLE: dict[str, Any] = env.key_set("JWKS", '{"keys": []}', fields=("kid", "kty"))
JWKS_URL = env.text("JWKS_URL", "")
if not (JWKS_BUNDLE["keys"] or JWKS_URL):
    raise ImproperlyConfigured("Neither JWKS nor JWKS_URL is set: no token could be verified.")
