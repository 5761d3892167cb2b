"""The signing keys, the clients that may ask for service tokens, and how long things live."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from platform_site.kit import env

SIGNING_KEYS: dict[str, Any] = env.key_set(
    "SIGNING_KEYS",
    fields=("kid", "sign_from", "private_pem"),
    about="Private ES256 keys; of those whose sign_from has come the latest signs.",
    is_secret=True,
)
if not SIGNING_KEYS["keys"]:
    raise ImproperlyConfigured("SIGNING_KEYS has no key: no token could be signed.")
SERVICE_CLIENTS = env.live_secrets_by_id(
    "SERVICE_CLIENTS", about="Secrets of the roles that may ask for a service token, by client id."
)
REFRESH_TOKEN_LIFETIME_S = env.integer(
    "REFRESH_TOKEN_LIFETIME_S",
    14 * 86_400,
    about="Seconds after which a session that was not renewed ends.",
)
SESSION_LIFETIME_S = env.integer(
    "SESSION_LIFETIME_S",
    90 * 86_400,
    about="Seconds after a sign-in when its session ends, however often it was renewed.",
)
REFRESH_GRACE_S = env.integer(
    "REFRESH_GRACE_S",
    10,
    about="Seconds for which the previous refresh token is still answered as the last one.",
)
REGISTRATION_OPEN = env.boolean(
    "REGISTRATION_OPEN", default=True, about="Whether anybody may make an account."
)


def refresh_cookie_secure(*, default: bool) -> bool:
    """Whether the cookie of a session is sent back over HTTPS only."""
    return env.boolean(
        "REFRESH_COOKIE_SECURE",
        default=default,
        about="Whether the cookie of a session is for HTTPS only.",
    )


REFRESH_COOKIE_SECURE = refresh_cookie_secure(default=True)
