"""A session ends so long after the sign-in, however often it was refreshed."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.errors import SessionExpired
from accounts.models import Session, User
from accounts.services.refreshes import session_refresh
from accounts.services.sessions import TokenPair, sessions_expire
from accounts.services.sign_in import session_open
from platform_site.kit.auth.tokens import TokenExpired, TokenInvalid
from tests.accounts.callers import PASSWORD, Caller

LIFE = timedelta(days=90)
IDLE = timedelta(days=14)
SECOND = timedelta(seconds=1)


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.start = self.now = timezone.now()
        monkeypatch.setattr("django.utils.timezone.now", self.read)

    def read(self) -> datetime:
        return self.now

    def at(self, since_sign_in: timedelta) -> None:
        self.now = self.start + since_sign_in


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def pair(alice_user: User, clock: Clock) -> TokenPair:
    return session_open(email=alice_user.email, password=PASSWORD, device="", address="")


def refreshed_until(pair: TokenPair, clock: Clock, last: timedelta) -> TokenPair:
    """Refreshed every ten days, and at ``last``."""
    for days in range(10, last.days, 10):
        clock.at(timedelta(days=days))
        pair = session_refresh(raw=pair.refresh, address="")
    clock.at(last)
    return session_refresh(raw=pair.refresh, address="")


def test_a_refresh_never_reaches_beyond_the_life(pair: TokenPair, clock: Clock) -> None:
    late = refreshed_until(pair, clock, timedelta(days=80))
    assert late.refresh_expires_in == 10 * 86_400
    assert Session.objects.get().expires_at == clock.start + LIFE
    repeated = session_refresh(raw=late.refresh, address="")
    assert repeated.refresh_expires_in == 10 * 86_400


def test_in_the_last_second_it_is_refreshed_and_then_never(pair: TokenPair, clock: Clock) -> None:
    last = refreshed_until(pair, clock, LIFE - SECOND)
    assert (last.refresh_expires_in, last.expires_in) == (1, 1)
    clock.at(LIFE)
    with pytest.raises(SessionExpired) as refusal:
        session_refresh(raw=last.refresh, address="")
    assert (refusal.value.status, refusal.value.code) == (401, "session_expired")


def test_a_session_that_idled_is_told_as_such(pair: TokenPair, clock: Clock) -> None:
    clock.at(IDLE)
    with pytest.raises(TokenExpired) as refusal:
        session_refresh(raw=pair.refresh, address="")
    assert refusal.value.code == "token_expired"


def test_a_shorter_life_holds_for_sessions_that_are_open(
    pair: TokenPair, clock: Clock, settings: Settings
) -> None:
    clock.at(timedelta(days=5))
    settings.SESSION_LIFETIME_S = 5 * 86_400
    with pytest.raises(SessionExpired):
        session_refresh(raw=pair.refresh, address="")


def test_a_life_below_the_idle_time_bounds_the_first_token(
    alice_user: User, settings: Settings
) -> None:
    settings.SESSION_LIFETIME_S = 300
    body = {"email": alice_user.email, "password": PASSWORD}
    reply = Caller().post("/auth/login", body)
    assert reply.cookies["refresh"]["max-age"] == 300
    assert reply.json()["expires_in"] == 300


def test_housekeeping_removes_what_reached_its_life(pair: TokenPair, clock: Clock) -> None:
    refreshed_until(pair, clock, timedelta(days=85))
    clock.at(LIFE - SECOND)
    assert sessions_expire() == 0
    clock.at(LIFE)
    assert sessions_expire() == 1
    with pytest.raises(TokenInvalid):
        session_refresh(raw=pair.refresh, address="")
