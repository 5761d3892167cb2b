"""The shared cache (Redis, LRU): limits, idempotency answers and the deny list of sessions.

Its answers are never the truth, so a dead cache costs a tenth of a second and not a request.
"""

from redis.backoff import NoBackoff
from redis.retry import Retry

from platform_site.kit import env

_OPTIONS = {
    "socket_timeout": 0.1,
    "socket_connect_timeout": 0.1,
    "retry": Retry(NoBackoff(), 0),
    "health_check_interval": 25,
    "max_connections": 64,
    "serializer": "platform_site.json_cache.JSONSerializer",  # Django's own runs what it reads
}
_REDIS = {
    "BACKEND": "django.core.cache.backends.redis.RedisCache",
    "LOCATION": env.server_url(
        "CACHE_URL",
        "redis",
        "rediss",
        "unix",
        is_secret=True,
        about="Address of the shared cache, with its password.",
    ),
    "OPTIONS": _OPTIONS,
}
CACHES = {
    "default": {**_REDIS, "KEY_PREFIX": "platform"},
    "revocations": {**_REDIS, "KEY_PREFIX": "revocations"},
}
