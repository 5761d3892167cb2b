"""Keys that sign delivery URLs, by key id; the last one signs, all of them verify."""

from django.core.exceptions import ImproperlyConfigured

from platform_site.kit import env

DELIVERY_KEYS = env.keys_by_id(
    "DELIVERY_KEYS",
    about="Keys of signed picture URLs, in hexadecimal: the last signs, all verify.",
)
DELIVERY_URL_LIFETIME_S = env.integer(
    "DELIVERY_URL_LIFETIME_S",
    86_400,
    about="Seconds for which a signed picture URL is good, at most 86400.",
)
# It is rounded up to the hour, and rotate_keys keeps an old key for 26 hours.
if not 0 < DELIVERY_URL_LIFETIME_S <= 86_400:  # noqa: PLR2004 - a day
    raise ImproperlyConfigured("DELIVERY_URL_LIFETIME_S must be from 1 to 86400.")
# The proxy in front brings the bytes (frontend/nginx); without it the role sends them itself.
DELIVERY_ACCEL = env.boolean(
    "DELIVERY_ACCEL",
    default=False,
    about="Whether nginx in front brings the bytes of a picture; else the role sends them itself.",
)
DELIVERY_CACHE_S = env.integer(
    "DELIVERY_CACHE_S",
    60,
    about="Seconds for which nginx in front may give out bytes without asking; a picture that is "
    "deleted or withheld is gone that much later. 0: it always asks.",
)
DELIVERIES_AT_ONCE = env.integer(
    "DELIVERIES_AT_ONCE",
    8,
    about="Pictures that one process sends by itself at once, each on a thread; more wait, "
    "then 503.",
)
