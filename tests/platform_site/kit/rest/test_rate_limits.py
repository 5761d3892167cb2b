import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Literal

import pytest
from django.core.cache import cache
from django.test import RequestFactory
from pytest_django import Settings
from redis.backoff import NoBackoff
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from platform_site.kit.rest import shared_counts
from platform_site.kit.rest.rate_limits import (
    LimiterUnavailable,
    RateDecision,
    RateLimited,
    client_address,
    network_of,
    rate_limit,
    rate_return,
)
from tests.platform_site.kit.clock import Clock
from tests.servers.redis import RedisServer

MIDNIGHT = 1_800_000_000.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(wall_s=MIDNIGHT).install(monkeypatch)


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def in_redis(redis: RedisServer, settings: Settings) -> Iterator[None]:
    settings.CACHES = {
        **settings.CACHES,
        "default": {
            "BACKEND": "platform_site.json_cache.SharedCache",
            "LOCATION": redis.url,
            "OPTIONS": {"retry": Retry(NoBackoff(), 0)},
        },
    }
    yield
    cache.clear()
    redis_client().connection_pool.disconnect()


def redis_client() -> Any:
    backend: Any = cache
    return backend._cache.get_client()


def commands() -> Counter[str]:
    """How often each command was executed, without those that ask for it."""
    told = redis_client().info("commandstats")
    counts = Counter({name.removeprefix("cmdstat_"): each["calls"] for name, each in told.items()})
    del counts["info"]
    return counts


def in_parallel(count: int, act: Callable[[], Any]) -> list[Any]:
    barrier = threading.Barrier(count)

    def one(_number: int) -> Any:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


def use(
    key: str = "alice", *, limit: int = 3, uncounted: Literal["allow", "refuse"] = "allow"
) -> RateDecision:
    return rate_limit("login", key, limit=limit, window_s=60, uncounted=uncounted)


def test_a_limit_counts_down_and_then_refuses(clock: Clock) -> None:
    found = [use() for _ in range(5)]
    assert [(item.allowed, item.remaining) for item in found] == [
        (True, 2),
        (True, 1),
        (True, 0),
        (False, 0),
        (False, 0),
    ]


def test_the_window_ends(clock: Clock) -> None:
    clock.advance(45)
    found = [use() for _ in range(4)][-1]
    assert (found.allowed, found.reset_s) == (False, 15)
    clock.advance(15)
    assert (use().allowed, use().reset_s) == (True, 60)


def test_a_test_that_counts_has_whole_windows() -> None:
    """Or one that begins at the end of a quarter of an hour would count in two of them."""
    for days in (10, 11, 12, 13):
        left_s = rate_limit("upload", "alice", limit=3, window_s=days * 86_400).reset_s
        assert left_s > (days - 1) * 86_400


def test_keys_and_scopes_are_counted_apart(clock: Clock) -> None:
    for _ in range(3):
        use("alice")
    assert use("bob").remaining == 2
    assert rate_limit("upload", "alice", limit=3, window_s=60).remaining == 2


def test_a_decision_is_told_in_headers(clock: Clock) -> None:
    clock.advance(20)
    for _ in range(3):
        use().require()
    with pytest.raises(RateLimited) as refusal:
        use().require()
    assert refusal.value.headers == {
        "RateLimit-Policy": '"login";q=3;w=60',
        "RateLimit": '"login";r=0;t=40',
        "Retry-After": "40",
    }
    assert (refusal.value.status, refusal.value.code) == (429, "rate_limited")


def test_two_hundred_at_once_in_memory_are_counted_exactly(clock: Clock) -> None:
    allowed = [item.allowed for item in in_parallel(200, lambda: use(limit=37))]
    assert allowed.count(True) == 37


def test_two_hundred_at_once_in_redis_are_counted_exactly(clock: Clock, in_redis: None) -> None:
    uncounted: Literal["allow", "refuse"]
    for uncounted in ("allow", "refuse"):
        found = in_parallel(200, partial(use, uncounted, limit=37, uncounted=uncounted))
        assert [item.allowed for item in found].count(True) == 37
        assert sorted(item.remaining for item in found) == [0] * 164 + list(range(1, 37))


def test_counters_in_redis_expire(clock: Clock, in_redis: None) -> None:
    use(uncounted="refuse")
    client = redis_client()
    assert [0 < client.ttl(key) <= 61 for key in client.keys("*")] == [True]


def test_without_the_store_reads_are_allowed_and_guesses_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def dead(key: str) -> int:
        asked.append(key)
        raise RedisTimeoutError

    monkeypatch.setattr(cache, "incr", dead)
    for _ in range(10):
        assert use().allowed
        with pytest.raises(LimiterUnavailable) as refusal:
            rate_limit("login", "alice", limit=3, window_s=60, uncounted="refuse")
        assert (refusal.value.status, refusal.value.headers) == (503, {"Retry-After": "1"})
    assert len(asked) == 5


def test_a_redis_that_dies_and_comes_back_is_counted_in_again(
    clock: Clock, in_redis: None, redis: RedisServer
) -> None:
    assert use(uncounted="refuse").remaining == 2
    redis.stop()
    with pytest.raises(LimiterUnavailable):
        use(uncounted="refuse")
    redis.start()
    clock.advance(1.0)
    assert use(uncounted="refuse").remaining == 1


def test_what_must_not_go_uncounted_takes_one_round_trip_and_reads_take_none(
    clock: Clock, in_redis: None
) -> None:
    use(uncounted="refuse")
    before = commands()
    use(uncounted="refuse")
    assert commands() - before == Counter({"incrby": 1, "expire": 1})
    before = commands()
    for _ in range(50):
        use("bob", limit=99)
    shared_counts.background.flush()
    assert commands() - before == Counter({"incrby": 1, "expire": 1})


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, "192.0.2.1"),
        (0, "203.0.113.9", "192.0.2.1"),
        (1, None, "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6,  7.7.7.7 ,203.0.113.9 ", "203.0.113.9"),
        (1, "6.6.6.6, ", "192.0.2.1"),
        (2, "203.0.113.9", "192.0.2.1"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_address_is_the_one_that_our_own_proxies_saw(
    settings: Settings, proxies: int, forwarded: str | None, address: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", headers=headers)
    assert client_address(request) == address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::FFFF:C000:207", "192.0.2.7"),
        ("64:ff9b::192.0.2.7", "192.0.2.7"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("2001:DB8::1:ffff:ffff:ffff:ffff", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("unix:", "unix:"),
        ("", ""),
    ],
)
def test_an_address_counts_as_the_network_of_one_customer(address: str, network: str) -> None:
    assert network_of(address) == network


def test_what_is_taken_back_may_be_used_again(clock: Clock) -> None:
    for _ in range(3):
        rate_limit("tries", "alice", limit=3, window_s=60)
    rate_return("tries", "alice", window_s=60, uses=2)
    after = [rate_limit("tries", "alice", limit=3, window_s=60).allowed for _ in range(3)]
    assert after == [True, True, False]
    rate_return("tries", "nobody", window_s=60)
