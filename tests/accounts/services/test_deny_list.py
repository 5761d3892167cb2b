"""accounts/services/deny_list.py: what ended is told by the rows, whoever missed or lost it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from django.core.cache import caches
from django.db import OperationalError
from django.utils import timezone
from pytest_django import Settings
from redis.exceptions import ConnectionError as RedisConnectionError

from accounts import selectors
from accounts.errors import RevocationUnavailable
from accounts.models import ApiKey, Authenticator, Session, User
from accounts.services import deny_list, revocations
from accounts.services.api_keys import api_key_create, api_keys_revoke
from accounts.services.deny_list import DenyListTeller
from accounts.services.sessions import session_close
from accounts.services.sign_in import session_open
from tests.accounts.callers import PASSWORD
from tests.platform_site.kit.clock import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock().install(monkeypatch)


@pytest.fixture
def teller() -> Iterator[DenyListTeller]:
    """Of this process: what `accounts.services.revocations` tells of what it missed."""
    with patch.object(revocations, "teller", DenyListTeller()) as of_process:
        yield of_process


def session_of(user: User) -> UUID:
    return session_open(email=user.email, password=PASSWORD, device="", address="").session_id


def key_of(user: User) -> UUID:
    key, _ = api_key_create(
        user_id=user.id, name="k", scopes=["jobs"], expires_at=None, addresses=[]
    )
    return key.id


def is_told(ended_id: UUID) -> bool:
    return caches["revocations"].get(f"revoked:sid:{ended_id}") is not None


def silent(*_arguments: Any, **_options: Any) -> None:
    raise RedisConnectionError("nobody listens")


def test_an_end_that_was_missed_is_told_by_the_next_process_and_only_while_it_counts(
    alice_user: User, bob_user: User, teller: DenyListTeller
) -> None:
    ended, long_ago, lives = (session_of(alice_user) for _ in range(3))
    key, bobs = key_of(alice_user), key_of(bob_user)
    with (
        patch.object(revocations, "session_revoke", silent),
        pytest.raises(RevocationUnavailable),
    ):
        session_close(session_id=ended, user_id=alice_user.id)
    with (
        patch.object(revocations, "session_revoke", silent),
        pytest.raises(RevocationUnavailable),
    ):
        api_keys_revoke(ApiKey.objects.filter(id=key), by=None)
    Session.objects.filter(id=long_ago).update(revoked_at=timezone.now() - timedelta(seconds=691))
    assert not is_told(ended)
    DenyListTeller().look()  # of a process that began meanwhile
    assert [is_told(one) for one in (ended, key)] == [True, True]
    assert [is_told(one) for one in (long_ago, lives, bobs)] == [False] * 3


def test_a_list_that_has_lost_everything_is_told_once_more_by_everybody(
    alice_user: User, teller: DenyListTeller
) -> None:
    ended, other = session_of(alice_user), DenyListTeller()
    session_close(session_id=ended, user_id=alice_user.id)
    Session.objects.update(revoked_at=timezone.now() - timedelta(seconds=600))
    teller.look()
    other.look()
    for _ in range(2):
        caches["revocations"].clear()
        teller.look()
        assert is_told(ended)
        with patch.object(deny_list, "session_revoke") as session_revoke:
            teller.look()
            assert not session_revoke.called, "it has the name that it had"
            other.look()
            assert session_revoke.called, "who named it may have ended before it told all"


def test_a_list_that_kept_its_name_is_told_what_it_missed_soon(
    alice_user: User, teller: DenyListTeller, clock: Clock
) -> None:
    teller.look()
    missed, by_a_command = session_of(alice_user), session_of(alice_user)
    with (
        patch.object(revocations, "session_revoke", silent),
        pytest.raises(RevocationUnavailable),
    ):
        session_close(session_id=missed, user_id=alice_user.id)
    teller.look()
    assert is_told(missed), "by this process, at once"
    Session.objects.filter(id=by_a_command).update(revoked_at=timezone.now())
    teller.look()
    assert not is_told(by_a_command)
    clock.advance(deny_list.RECENT_EVERY_S)
    teller.look()
    assert is_told(by_a_command)


@pytest.mark.parametrize("fails", ["the list", "its telling", "the database"])
def test_what_fails_is_done_again_in_full_and_told_of_once(
    fails: str,
    alice_user: User,
    teller: DenyListTeller,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ended = session_of(alice_user)
    session_close(session_id=ended, user_id=alice_user.id)
    Session.objects.update(revoked_at=timezone.now() - timedelta(seconds=600))
    teller.look()
    caches["revocations"].clear()
    place: tuple[Any, str, Any] = {
        "the list": (caches["revocations"], "get", RedisConnectionError),
        "its telling": (deny_list, "session_revoke", RedisConnectionError),
        "the database": (selectors, "sessions_ended", OperationalError),
    }[fails]
    with patch.object(place[0], place[1], side_effect=place[2]):
        for _ in range(3):
            teller.look()
    assert not is_told(ended)
    assert caplog.text.count("deny_list_not_told") == 1
    teller.look()
    assert is_told(ended)


@pytest.mark.parametrize("policy", ["none", "everybody"])
def test_a_key_that_sleeps_for_want_of_a_factor_is_told_once_more(
    policy: str, alice_user: User, bob_user: User, settings: Settings
) -> None:
    alices, bobs, unused = key_of(alice_user), key_of(bob_user), key_of(alice_user)
    ApiKey.objects.exclude(id=unused).update(last_used_at=timezone.now())
    Authenticator.objects.create(user=bob_user, sealed_secret="", confirmed_at=timezone.now())
    settings.REQUIRE_SECOND_FACTOR = policy
    DenyListTeller().look()
    told = [is_told(one) for one in (alices, bobs, unused)]
    assert told == [policy == "everybody", False, False]
