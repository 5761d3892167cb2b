"""Queries to the shared cache by callers that go on without an answer; one breaker for them all.

Limits, idempotency and revocations share it: a request asks several times, and each would learn of
a lost cache only by waiting for its own time-outs.
"""

from collections.abc import Callable
from typing import Final, TypeVar

from redis.exceptions import RedisError

from platform_site.kit.breaker import Breaker

Result = TypeVar("Result")
ERRORS: Final = (RedisError, OSError)
breaker: Final = Breaker()


class CacheUnavailable(Exception):
    """The cache gives no answer, or has given none for a moment."""


def query(command: Callable[[], Result]) -> Result:
    """The result of ``command``. Raises `CacheUnavailable`, at once while the cache is lost.

    A command on a connection that was reset is sent again on a new one
    (settings/parts/cache.py), so the server may execute it twice.
    """
    if not breaker.allows():
        raise CacheUnavailable
    try:
        result = command()
    except ERRORS as exc:
        breaker.failed()
        raise CacheUnavailable from exc
    breaker.succeeded()
    return result
