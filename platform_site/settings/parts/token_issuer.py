"""The signing keys, the clients that may ask for service tokens, and how long things live."""

from typing import Any

from platform_site.kit import env

SIGNING_KEYS: dict[str, Any] = env.json_value("SIGNING_KEYS")
SERVICE_CLIENTS = env.secrets_by_id("SERVICE_CLIENTS")
REFRESH_TOKEN_LIFETIME_S = env.integer("REFRESH_TOKEN_LIFETIME_S", 14 * 86_400)
REFRESH_GRACE_S = env.integer("REFRESH_GRACE_S", 10)
REFRESH_COOKIE_SECURE = env.boolean("REFRESH_COOKIE_SECURE", default=True)
REGISTRATION_OPEN = env.boolean("REGISTRATION_OPEN", default=True)
