"""A Redis that is slow once, resets a connection, dies, hangs and comes back, over a real proxy."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
from django.core.cache import caches
from pytest_django import Settings
from redis import Redis

from accounts.errors import RevocationUnavailable
from accounts.models import User
from accounts.refresh_tokens import RefreshToken
from accounts.services.deny_list import DenyListTeller
from accounts.services.sessions import session_close
from gateway.errors import IdempotencyUnavailable
from gateway.idempotency import Slot
from platform_site.kit import shared_cache
from platform_site.kit.auth import revocations
from platform_site.kit.auth.revocations import session_is_revoked
from platform_site.kit.breaker import Breaker
from platform_site.kit.identifiers import random_token, uuid7
from platform_site.kit.rest.rate_limits import LimiterUnavailable, rate_limit
from tests.accounts.callers import PASSWORD, Caller, signed_in
from tests.forged_tokens import USER_TYPE, expired
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


@pytest.mark.django_db
def test_without_the_deny_list_reads_go_on_and_changes_are_refused(
    front: Proxy, redis: RedisServer, settings: Settings
) -> None:
    settings.ROOT_URLCONF = "platform_site.urls.auth"
    alice = signed_in(User.objects.create_user("alice@example.com", PASSWORD))
    there = signed_in(User.objects.get())
    claims = jwt.decode(alice.access, options={"verify_signature": False})
    over = Caller(access=expired(claims, typ=USER_TYPE))
    user_id, ended = User.objects.get().id, RefreshToken.parse(there.refresh).session_id
    revocations.forget()
    with front.down():
        assert alice.get("/auth/profile").status_code == 200
        assert over.get("/auth/profile").json()["code"] == "token_expired"
        for method, path in (
            ("PATCH", "/auth/profile"),
            ("DELETE", f"/auth/sessions/{ended}"),
            ("POST", "/auth/password"),
        ):
            refused = alice.send(method, path, {})
            assert (refused.status_code, refused.json()["code"]) == (503, "revocation_unknown")
        guess = Caller().post("/auth/login", {"email": "alice@example.com", "password": "x"})
        assert (guess.status_code, guess.json()["code"]) == (503, "limiter_unavailable")
        with pytest.raises(RevocationUnavailable):
            session_close(session_id=ended, user_id=user_id)
        # What was ended is ended: only its access token is believed until it expires.
        renewal = Caller().post("/auth/refresh", {"refresh": there.refresh})
        assert (renewal.status_code, renewal.json()["code"]) == (401, "token_revoked")
        assert Caller().post("/auth/refresh", {"refresh": alice.refresh}).status_code == 200
        of_another_process = DenyListTeller()
        of_another_process.look()
    _comes_back()
    assert caches["revocations"].get(told := f"revoked:sid:{ended}") is None
    of_another_process.look()
    assert caches["revocations"].get(told)
    with Redis.from_url(redis.url) as empty:  # as one without a disk is, after its end
        empty.flushall()
    of_another_process.look()
    assert caches["revocations"].get(told)
    assert alice.send("PATCH", "/auth/profile", {"name": "Alice"}).status_code == 200


def _comes_back() -> None:
    """Within the second after which one question is let through, and some for a slow machine."""
    deadline = time.monotonic() + 10
    while ask() != FINE:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert [ask() for _ in range(10)] == [FINE] * 10
