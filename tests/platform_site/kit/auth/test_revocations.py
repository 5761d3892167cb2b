import subprocess
import sys
from typing import Any

import pytest
from django.core.cache import caches
from redis.exceptions import ConnectionError as RedisConnectionError

from platform_site.kit.auth import revocations
from platform_site.kit.auth.revocations import (
    deny_list_generation,
    session_is_revoked,
    session_revoke,
)
from platform_site.kit.identifiers import uuid7
from tests.platform_site.kit.clock import Clock

FROM_OUTSIDE = """
import sys
from django.conf import settings
settings.configure(CACHES={"revocations": {
    "BACKEND": "platform_site.json_cache.FileCache", "LOCATION": sys.argv[1]}})
from uuid import UUID
from platform_site.kit.auth.revocations import session_revoke
session_revoke(session_id=UUID(sys.argv[2]), ttl_s=600)
"""


def dead(*_arguments: Any, **_options: Any) -> None:
    raise RedisConnectionError("nobody listens")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock().install(monkeypatch)


def test_a_session_is_live_until_it_is_revoked() -> None:
    alice, bob = uuid7(), uuid7()
    assert session_is_revoked(alice) is False
    session_revoke(session_id=alice, ttl_s=600)
    assert session_is_revoked(alice) is True
    assert session_is_revoked(bob) is False


def test_a_revocation_by_another_process_is_seen_within_the_memory_time(clock: Clock) -> None:
    session_id = uuid7()
    assert session_is_revoked(session_id) is False
    location = str(caches.settings["revocations"]["LOCATION"])
    subprocess.run([sys.executable, "-c", FROM_OUTSIDE, location, str(session_id)], check=True)
    assert session_is_revoked(session_id) is False
    clock.advance(revocations.MEMORY_S)
    assert session_is_revoked(session_id) is True


def test_the_store_is_asked_once_within_the_memory_time(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = uuid7()
    session_is_revoked(session_id)
    monkeypatch.setattr(caches["revocations"], "get", dead)
    assert session_is_revoked(session_id) is False
    clock.advance(revocations.MEMORY_S)
    assert session_is_revoked(session_id) is None


def test_a_revoked_session_stays_revoked_while_the_store_is_gone(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = uuid7()
    session_revoke(session_id=session_id, ttl_s=600)
    revocations.forget()
    assert session_is_revoked(session_id) is True
    monkeypatch.setattr(caches["revocations"], "get", dead)
    clock.advance(600)
    assert session_is_revoked(session_id) is True


def test_without_the_store_nobody_knows_and_it_is_asked_once_a_second(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def counted_and_dead(key: str) -> None:
        asked.append(key)
        dead()

    monkeypatch.setattr(caches["revocations"], "get", counted_and_dead)
    assert [session_is_revoked(uuid7()) for _ in range(20)] == [None] * 20
    assert len(asked) == 5
    clock.advance(1.0)
    assert [session_is_revoked(uuid7()) for _ in range(20)] == [None] * 20
    assert len(asked) == 6


def test_the_store_is_believed_again_when_it_is_back(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = uuid7()
    with monkeypatch.context() as outage:
        outage.setattr(caches["revocations"], "get", dead)
        assert session_is_revoked(session_id) is None
    clock.advance(1.0)
    assert session_is_revoked(session_id) is False


def test_a_revocation_that_cannot_be_written_is_not_lost_silently(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session_id = uuid7()
    with monkeypatch.context() as outage:
        outage.setattr(caches["revocations"], "set", dead)
        with pytest.raises(RedisConnectionError):
            session_revoke(session_id=session_id, ttl_s=600)
    assert session_is_revoked(session_id) is False


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revocations, "MEMORY_ENTRIES", 3)
    for _ in range(10):
        session_is_revoked(uuid7())
        session_revoke(session_id=uuid7(), ttl_s=600)
        assert len(revocations._memory) <= 3


def test_a_key_that_will_be_taken_again_is_refused_up_to_a_time_only(clock: Clock) -> None:
    key = uuid7()
    session_revoke(session_id=key, ttl_s=600, issued_until=1_700_000_000)
    for _ in range(2):
        issued = (1_699_999_999, 1_700_000_000, 1_700_000_001)
        assert [session_is_revoked(key, issued_at=at) for at in issued] == [True, True, False]
        assert session_is_revoked(key) is True
        clock.advance(revocations.MEMORY_S)
    session_is_revoked(key, issued_at=1_700_000_001)
    caches["revocations"].set(f"revoked:sid:{key}", 1)  # by another process, for good
    clock.advance(revocations.MEMORY_S)
    assert session_is_revoked(key, issued_at=1 << 40) is True


@pytest.mark.parametrize("held", ["x", [], 0, None, True, 1.5])
def test_what_nobody_knows_of_a_session_refuses_all_its_tokens(held: object) -> None:
    key = uuid7()
    caches["revocations"].set(f"revoked:sid:{key}", held)
    assert session_is_revoked(key, issued_at=1 << 40) is (held is not None)


def test_a_list_has_another_name_once_it_has_lost_what_it_had() -> None:
    first = deny_list_generation()
    assert deny_list_generation() == first
    caches["revocations"].clear()
    assert deny_list_generation() not in {first, ""}
