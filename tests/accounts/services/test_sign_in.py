import logging
from datetime import timedelta
from typing import Any
from unittest.mock import Mock, patch

import pytest
from prometheus_client import REGISTRY
from pytest_django import Settings
from structlog.testing import capture_logs

from accounts import login_tries
from accounts.errors import InvalidCredentials
from accounts.hashers import TunedArgon2PasswordHasher
from accounts.models import Session, User
from accounts.services import sign_in
from accounts.services.refreshes import session_refresh
from accounts.services.sessions import TokenPair
from platform_site.kit import shared_cache
from platform_site.kit.bounded import Busy
from platform_site.kit.rest.rate_limits import RateLimited
from platform_site.kit.telemetry.logs import WholeEvent
from tests.accounts.callers import PASSWORD, in_parallel


@pytest.fixture(autouse=True)
def long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy does not come to the end of one by itself."""
    monkeypatch.setattr(login_tries, "FIRST_WAIT_S", 200)


def login(email: str = "alice@example.com", password: str = PASSWORD) -> TokenPair:
    return sign_in.session_open(
        email=email, password=password, device="Firefox", address="192.0.2.7"
    )


def count_of(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_signing_in_opens_a_session_that_knows_where_and_how_long(alice_user: User) -> None:
    pair = login(email="ALICE@example.com")
    session = Session.objects.get()
    assert (session.id, session.user_id) == (pair.session_id, alice_user.id)
    assert (session.device, session.address) == ("Firefox", "192.0.2.7")
    assert session.expires_at - session.created_at == timedelta(days=14)
    assert (session.previous_refresh_hash, session.rotated_at, session.revoked_at) == (
        "",
        None,
        None,
    )
    assert User.objects.get().last_login == session.created_at


def test_a_sign_in_asks_the_shared_cache_five_times(
    alice_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is a round trip, after which a hash of somebody else has emptied the caches."""
    asked = Mock(wraps=shared_cache.query)
    monkeypatch.setattr(shared_cache, "query", asked)
    login()
    assert asked.call_count <= 5


def test_only_a_digest_of_the_refresh_token_is_kept(alice_user: User) -> None:
    pair = login()
    row = " ".join(str(value) for value in Session.objects.values_list().get())
    assert pair.refresh not in row
    assert len(Session.objects.get().refresh_hash) == 64


@pytest.mark.parametrize(
    ("email", "password"),
    [("alice@example.com", "wrong password"), ("nobody@example.com", PASSWORD)],
)
def test_a_wrong_pair_opens_nothing(alice_user: User, email: str, password: str) -> None:
    before = count_of("accounts_logins_total", outcome="refused")
    with pytest.raises(InvalidCredentials):
        login(email=email, password=password)
    assert Session.objects.count() == 0
    assert User.objects.get().last_login is None
    assert count_of("accounts_logins_total", outcome="refused") == before + 1


def test_a_disabled_user_cannot_sign_in(alice_user: User) -> None:
    User.objects.update(is_active=False)
    with pytest.raises(InvalidCredentials):
        login()
    assert Session.objects.count() == 0


def test_an_account_without_a_password_cannot_be_entered(db: None) -> None:
    User.objects.create_user("robot@example.com")
    for password in ("", "!", PASSWORD):
        with pytest.raises(InvalidCredentials):
            login(email="robot@example.com", password=password)


@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
def test_a_refusal_costs_one_hash_whether_or_not_the_address_is_known(
    alice_user: User, email: str
) -> None:
    sign_in._decoy()
    verify, encode = TunedArgon2PasswordHasher.verify, TunedArgon2PasswordHasher.encode
    with (
        patch.object(
            TunedArgon2PasswordHasher, "verify", autospec=True, side_effect=verify
        ) as verified,
        patch.object(
            TunedArgon2PasswordHasher, "encode", autospec=True, side_effect=encode
        ) as encoded,
        pytest.raises(InvalidCredentials),
    ):
        login(email=email, password="wrong password")
    assert (verified.call_count, encoded.call_count) == (1, 0)


@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
def test_ten_wrong_passwords_lock_an_address_known_or_not(alice_user: User, email: str) -> None:
    for _ in range(10):
        with pytest.raises(InvalidCredentials):
            login(email=email, password="wrong password")
    with pytest.raises(RateLimited) as refusal:
        login(email=email, password=PASSWORD)
    assert 1 <= int(refusal.value.headers["Retry-After"]) <= 900
    assert Session.objects.count() == 0


def test_another_spelling_of_the_address_shares_the_lock(alice_user: User) -> None:
    for email in ("alice@example.com", "ALICE@example.com") * 5:
        with pytest.raises(InvalidCredentials):
            login(email=email, password="wrong password")
    with pytest.raises(RateLimited):
        login(email="Alice@Example.com")


def test_the_owner_signing_in_begins_the_count_anew(alice_user: User) -> None:
    for _ in range(3):
        for _ in range(9):
            with pytest.raises(InvalidCredentials):
                login(password="wrong password")
        login()
    assert Session.objects.count() == 3


def test_one_locked_account_leaves_the_others_open(alice_user: User, bob_user: User) -> None:
    for _ in range(11):
        with pytest.raises((InvalidCredentials, RateLimited)):
            login(password="wrong password")
    assert login(email="bob@example.com").expires_in == 600


@pytest.mark.django_db(transaction=True)
def test_the_lock_holds_under_a_hundred_parallel_tries(settings: Settings) -> None:
    # Hashes are bounded for themselves; here a slow machine would leave some tries uncounted.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    User.objects.create_user("alice@example.com", PASSWORD)
    sign_in._decoy.cache_clear()
    sign_in._decoy()

    def guess(number: int) -> str:
        outcomes = []
        for _ in range(5):
            try:
                login(password=f"wrong password {number}")
            except (InvalidCredentials, RateLimited, Busy) as refusal:
                outcomes.append(refusal.code)
        return " ".join(outcomes)

    outcomes = " ".join(in_parallel(20, guess)).split()
    assert len(outcomes) == 100
    # A try that found every place of the hashes taken has been counted like the others.
    assert outcomes.count("invalid_credentials") + outcomes.count("busy") == 10
    assert outcomes.count("rate_limited") == 90
    assert Session.objects.count() == 0


def test_a_password_changed_while_the_old_one_is_hashed_opens_nothing(alice_user: User) -> None:
    def change_meanwhile(user: User | None, password: str) -> bool:
        User.objects.update(password="changed")
        return True

    with (
        patch.object(sign_in, "_password_matches", change_meanwhile),
        pytest.raises(InvalidCredentials),
    ):
        login()
    assert Session.objects.count() == 0


def test_the_log_tells_what_happened_and_no_secret(
    alice_user: User, caplog: pytest.LogCaptureFixture
) -> None:
    with capture_logs() as lines, caplog.at_level(logging.INFO):
        pair = login()
        with pytest.raises(InvalidCredentials):
            login(password="wrong password")
        fresh = session_refresh(raw=pair.refresh, address="192.0.2.7")
    lines += [record.msg for record in caplog.records if isinstance(record.msg, WholeEvent)]
    assert [line["event"] for line in lines] == [
        "login_refused",
        "login_succeeded",
        "session_rotated",
    ]
    told = _text(lines)
    secrets = (pair.access, pair.refresh, fresh.access, fresh.refresh, PASSWORD, "wrong password")
    assert not [word for word in (*secrets, "alice@example.com", "192.0.2.7") if word in told]


def _text(lines: list[Any]) -> str:
    return " ".join(str(dict(line)) for line in lines)
