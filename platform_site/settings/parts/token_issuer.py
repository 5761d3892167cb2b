"""The signing keys, the clients that may ask for service tokens, and how long things live."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from platform_site.kit import env

SIGNING_KEYS: dict[str, Any] = env.key_set(
    "SIGNING_KEYS", fields=("kid", "sign_from", "private_pem")
)
if not SIGNING_KEYS["keys"]:
    raise ImproperlyConfigured("SIGNING_KEYS has no key: no token could be signed.")
SERVICE_CLIENTS = env.secrets_by_id("SERVICE_CLIENTS")
REFRESH_TOKEN_LIFETIME_S = env.integer("REFRESH_TOKEN_LIFETIME_S", 14 * 86_400)
REFRESH_GRACE_S = env.integer("REFRESH_GRACE_S", 10)
REFRESH_COOKIE_SECURE = env.boolean("REFRESH_COOKIE_SECURE", default=True)
REGISTRATION_OPEN = env.boolean("REGISTRATION_OPEN", default=True)
