"""Questions to the shared cache, of whoever goes on without an answer; one breaker for them all."""

from collections.abc import Callable
from typing import Final, TypeVar

from redis.exceptions import RedisError

from platform_site.kit.upstream.breaker import Breaker

Answer = TypeVar("Answer")
ERRORS: Final = (RedisError, OSError)
breaker: Final = Breaker()


class CacheSilent(Exception):
    """The cache gives no answer, or has given none for a moment."""


def asked(question: Callable[[], Answer]) -> Answer:
    """What ``question`` finds. Raises `CacheSilent`, at once while the cache is known to be lost.

    A question to a connection that was reset is asked again on a new one (settings/parts/cache.py),
    so it may be heard twice.
    """
    if not breaker.allows():
        raise CacheSilent
    try:
        answer = question()
    except ERRORS as exc:
        breaker.failed()
        raise CacheSilent from exc
    breaker.succeeded()
    return answer
