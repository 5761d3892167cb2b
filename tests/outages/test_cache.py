"""A Redis that is slow once, resets a connection, dies, hangs and comes back, over a real proxy."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import caches
from pytest_django import Settings

from gateway.errors import IdempotencyUnavailable
from gateway.idempotency import Slot
from platform_site.kit import shared_cache
from platform_site.kit.auth.revocations import session_is_revoked
from platform_site.kit.breaker import Breaker
from platform_site.kit.identifiers import random_token, uuid7
from platform_site.kit.rest.rate_limits import LimiterUnavailable, rate_limit
from tests.servers.proxy import Proxy, proxy
from tests.servers.redis import RedisServer


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def front(
    redis: RedisServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Proxy]:
    """Both caches as the gateway's settings have them, but through a proxy."""
    monkeypatch.setenv("CACHE_URL", redis.url)
    from platform_site.settings.parts import cache as part  # noqa: PLC0415 - reads at import

    monkeypatch.setattr(shared_cache, "breaker", Breaker())
    kept = settings.CACHES
    with proxy(urlsplit(redis.url).port or 0) as running:
        location = f"redis://127.0.0.1:{running.port}/0"
        settings.CACHES = {
            alias: {**entry, "LOCATION": location} for alias, entry in part.CACHES.items()
        }
        assert ask() == FINE
        yield running
        for alias in part.CACHES:
            backend: Any = caches[alias]
            backend._cache.get_client().connection_pool.disconnect()
    settings.CACHES = kept


FINE = ("counted", "live", "taken")
SILENT = ("refused", None, "refused")


def ask() -> tuple[str, str | None, str]:
    """What a limit that must be counted, the deny list and an idempotency key say."""
    try:
        rate_limit("login", random_token(), limit=9, window_s=60, uncounted="refuse")
        limit = "counted"
    except LimiterUnavailable:
        limit = "refused"
    try:
        slot = "taken" if Slot(f"idempotency:{random_token()}").take() else "in progress"
    except IdempotencyUnavailable:
        slot = "refused"
    revoked = session_is_revoked(uuid7())
    return limit, None if revoked is None else "revoked" if revoked else "live", slot


@pytest.mark.parametrize("question", range(5))
def test_one_answer_that_takes_150_ms_refuses_nobody(front: Proxy, question: int) -> None:
    for _ in range(question):
        caches["default"].get("a")
    front.delay_one_reply(0.15)
    assert [ask() for _ in range(3)] == [FINE] * 3


def test_connections_that_were_reset_refuse_nobody(front: Proxy) -> None:
    for _ in range(5):
        front.reset()
        assert ask() == FINE


def test_a_restart_between_two_questions_refuses_nobody(front: Proxy, redis: RedisServer) -> None:
    redis.stop()
    redis.start()
    assert ask() == FINE


def test_a_hung_cache_is_not_waited_for_once_that_is_known(front: Proxy) -> None:
    with front.hanging():
        assert [ask() for _ in range(3)] == [SILENT] * 3
        before = front.accepted
        began = time.monotonic()
        assert [ask() for _ in range(200)] == [SILENT] * 200
        assert front.accepted - before <= time.monotonic() - began + 1, "one try a second"
    _comes_back()


def test_a_dead_cache_is_found_again_by_itself(front: Proxy) -> None:
    with front.down():
        assert [ask() for _ in range(20)] == [SILENT] * 20
    _comes_back()


def test_a_key_whose_taking_was_heard_twice_is_ones_own(front: Proxy) -> None:
    slot = Slot(f"idempotency:{random_token()}")
    assert slot.take()
    assert slot.take()
    other = Slot(slot._name)
    assert not other.take()
    assert other.answer() is None


def _comes_back() -> None:
    """Within the second after which one question is let through, and some for a slow machine."""
    deadline = time.monotonic() + 10
    while ask() != FINE:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert [ask() for _ in range(10)] == [FINE] * 10
