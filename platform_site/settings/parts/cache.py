"""The shared cache (Redis, LRU): limits, idempotency answers and the deny list of sessions.

Its answers are never the truth, so a dead cache costs a moment and not a request. An answer may be
slow now and then (a fork, a page fault), and a connection may have been reset since it was used.
"""

from urllib.parse import unquote, urlsplit

from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

from platform_site import redis_users
from platform_site.kit import env

_TIMEOUT_S = env.number(
    "CACHE_TIMEOUT_S", 0.25, about="Seconds that one answer of the shared cache may take."
)
_URL = env.server_url(
    "CACHE_URL",
    "redis",
    "rediss",
    "unix",
    is_secret=True,
    about="URL of the shared cache, with the role's user and password.",
)
_USER = unquote(urlsplit(_URL).username or "")
_OPTIONS = {
    "socket_timeout": _TIMEOUT_S,
    "socket_connect_timeout": _TIMEOUT_S,
    # Again on a new connection where the old one was reset; who has waited once waits no more.
    "retry": Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
    "health_check_interval": 25,
    "max_connections": 64,  # of each thread, which has its own pool and needs one: nobody waits
    "serializer": "platform_site.json_cache.JSONSerializer",  # Django's own runs what it reads
    "driver_info": None,  # CLIENT SETINFO, which no user of ours may call
    "maint_notifications_config": MaintNotificationsConfig(enabled=False),  # likewise
}
_REDIS = {
    "BACKEND": "platform_site.json_cache.SharedCache",
    "LOCATION": _URL,
    "OPTIONS": _OPTIONS,
}
# A role's keys are its user's, so that no other role can write what it believes.
CACHES = {
    "default": {**_REDIS, "KEY_PREFIX": redis_users.cache_prefix(_USER)},
    "revocations": {**_REDIS, "KEY_PREFIX": "revocations"},
}
