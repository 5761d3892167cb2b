"""Rate limits that count in the shared cache, and the caller's true address."""

import time
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final, Literal

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from platform_site.kit import shared_cache
from platform_site.kit.rest import shared_counts
from platform_site.kit.rest.problems import DomainError
from platform_site.kit.telemetry.request_context import current_request

AGENT_CHARACTERS: Final = 200
_VOUCHED: Final = "platform.client_address"
"""A key that no header can have: those begin with ``HTTP_``."""
_TRANSLATED: Final = IPv6Network("64:ff9b::/96")


class RateLimited(DomainError):
    """The caller has used up what it may do in this window."""

    status = 429
    code = "rate_limited"
    title = "Too many requests"


class LimiterUnavailable(DomainError):
    """What must not go uncounted cannot be counted now."""

    status = 503
    code = "limiter_unavailable"
    title = "This cannot be served at the moment"


@dataclass(frozen=True, slots=True)
class RateDecision:
    """One count. ``reset_s`` is the time in seconds until the window ends."""

    scope: str
    allowed: bool
    limit: int
    remaining: int
    reset_s: int
    window_s: int

    @property
    def headers(self) -> dict[str, str]:
        """``RateLimit-Policy`` and ``RateLimit`` (IETF draft-ietf-httpapi-ratelimit-headers)."""
        return {
            "RateLimit-Policy": f'"{self.scope}";q={self.limit};w={self.window_s}',
            "RateLimit": f'"{self.scope}";r={self.remaining};t={self.reset_s}',
        }

    def require(self) -> None:
        """Raise `RateLimited` when the count is over the limit."""
        if not self.allowed:
            raise RateLimited(retry_after_s=self.reset_s, headers=self.headers)


def rate_limit(
    scope: str,
    key: str,
    *,
    limit: int,
    window_s: int,
    uncounted: Literal["allow", "refuse"] = "allow",
) -> RateDecision:
    """Count one use of ``scope`` by ``key`` in a fixed window of ``window_s`` seconds.

    ``uncounted`` says what happens when the store gives no answer, and so how it is counted. What
    must not go uncounted, as a guess at a password (``refuse``), is counted exactly before it is
    served, and refused without an answer (`LimiterUnavailable`). What is ``allow``ed, as a read,
    waits for nobody: each process counts by itself and adds up with the others ten times a second,
    so that together they let through at most what arrives in that time beyond ``limit``; without
    an answer each goes on by itself (record 64). In the memory of one process all is exact.
    """
    counter, reset_s = _window(scope, key, window_s)
    if uncounted == "allow" and shared_counts.in_redis():
        used = shared_counts.background.use(counter, ttl_s=window_s + 1)
    else:
        counted = _count(counter, ttl_s=window_s + 1)
        if counted is None and uncounted == "refuse":
            raise LimiterUnavailable(retry_after_s=1)
        used = 1 if counted is None else counted
    return RateDecision(
        scope=scope,
        allowed=used <= limit,
        limit=limit,
        remaining=max(0, limit - used),
        reset_s=reset_s,
        window_s=window_s,
    )


def rate_used(scope: str, key: str, *, window_s: int) -> int:
    """How often ``key`` has used ``scope`` in the window that runs, of what is counted exactly.

    Raises `LimiterUnavailable`.
    """
    counter, _ = _window(scope, key, window_s)
    try:
        return int(shared_cache.query(lambda: cache.get(counter, 0)))
    except shared_cache.CacheUnavailable as exc:
        raise LimiterUnavailable(retry_after_s=1) from exc


def windows_now() -> float:
    """The time by which windows begin and end: of the wall clock, which all processes share."""
    return time.time()


def _window(scope: str, key: str, window_s: int) -> tuple[str, int]:
    """What counts in the window that runs, and the seconds that it has left, at least one."""
    number, elapsed_s = divmod(windows_now(), window_s)
    return f"limit:{scope}:{key}:{int(number)}", max(1, int(window_s - elapsed_s))


def uses_count(key: str, *, ttl_s: int) -> int:
    """Count one use of ``key`` exactly, and keep the count for ``ttl_s`` seconds; the uses so far.

    In Redis from the last use, in the memory of one process from the first. Raises
    `LimiterUnavailable`.
    """
    counted = _count(key, ttl_s=ttl_s)
    if counted is None:
        raise LimiterUnavailable(retry_after_s=1)
    return counted


def rate_return(
    scope: str,
    key: str,
    *,
    window_s: int,
    uses: int = 1,
    changes: shared_counts.CacheChanges | None = None,
) -> None:
    """Take ``uses`` that turned out not to count out of the window that runs.

    Asked of what is counted exactly (``uncounted="refuse"``). They go with ``changes``, which the
    caller sends, else by themselves, and a lost store keeps them.
    """
    counter, _ = _window(scope, key, window_s)
    together = changes or shared_counts.CacheChanges()
    together.add(counter, shared_counts.Addition(-uses, window_s + 1))
    if changes is None:
        with suppress(shared_cache.CacheUnavailable):
            together.send()


def client_address(request: HttpRequest) -> str:
    """The address of the client as our own proxies saw it.

    ``TRUSTED_PROXY_COUNT`` proxies append to ``X-Forwarded-For``; what stands before their
    entries was written by the client and is not believed. Where another role calls for somebody,
    it is that person's (`vouched_address_keep`).
    """
    if vouched := request.META.get(_VOUCHED):
        return str(vouched)
    # From the right: each proxy appends, so the client can only write what stands further left.
    count = settings.TRUSTED_PROXY_COUNT
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if count and len(forwarded) >= count and forwarded[-count]:
        return str(forwarded[-count])
    return str(request.META.get("REMOTE_ADDR", ""))


def vouched_address_keep(request: HttpRequest) -> None:
    """Believe what a role whose credential was verified says of whom it calls for."""
    try:
        address = ip_address(request.META.get("HTTP_X_CLIENT_ADDRESS", ""))
    except ValueError:
        return
    request.META[_VOUCHED] = str(address)


def client_headers() -> dict[str, str]:
    """What another role is told of the client whose request is in hand: address and device."""
    request = current_request()
    if request is None:
        return {}
    agent = filter(str.isprintable, request.META.get("HTTP_USER_AGENT", "")[:AGENT_CHARACTERS])
    return {
        "X-Client-Address": client_address(request),
        "User-Agent": "".join(agent).encode("latin-1", "replace").decode("latin-1"),
    }


def counted_address(request: HttpRequest) -> str:
    """What limits count instead of the client's address: see `network_of`."""
    return network_of(client_address(request))


@lru_cache(maxsize=1024)
def network_of(address: str) -> str:
    """The network that one customer of a provider has: a /64 of IPv6, one address of IPv4.

    An IPv4 address in the form of an IPv6 one (RFC 4291, RFC 6052) is that IPv4 address.

    >>> network_of("2001:db8:0:1:aaaa::2"), network_of("::ffff:192.0.2.7")
    ('2001:db8:0:1::/64', '192.0.2.7')
    """
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, IPv4Address):
        return str(known)
    return str(_ipv4_inside(known) or IPv6Network((int(known), 64), strict=False))


def _ipv4_inside(address: IPv6Address) -> IPv4Address | None:
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped


def _count(key: str, *, ttl_s: int) -> int | None:
    try:
        return shared_cache.query(lambda: _incremented(key, ttl_s=ttl_s))
    except shared_cache.CacheUnavailable:
        return None


def _incremented(key: str, *, ttl_s: int) -> int:
    if shared_counts.in_redis():
        return shared_counts.add({key: shared_counts.Addition(1, ttl_s)})[0]
    while True:
        try:
            return cache.incr(key)
        except ValueError:  # Django's word for "no such key": the first use in this window
            # Of two first uses at once one adds, and the other goes round and increments.
            if cache.add(key, 1, ttl_s):
                return 1
