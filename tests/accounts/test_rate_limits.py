"""Guessing at one account: what an attacker gets out of it, and what the owner notices."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.db import transaction
from pytest_django import Settings

from accounts.errors import InvalidCredentials, PasswordIncorrect
from accounts.models import Session, User
from accounts.services import sign_in, users
from platform_site.kit.bounded import Busy
from platform_site.kit.rest.rate_limits import RateLimited
from tests.accounts.callers import PASSWORD, in_parallel

ALICE, NOBODY = "alice@example.com", "nobody@example.com"
GUESS = "a guess"
HOME = "2001:db8:aaaa:1::7"


def tried(address: str, *, email: str = ALICE, password: str = GUESS) -> str:
    try:
        sign_in.session_open(email=email, password=password, device="", address=address)
    except (InvalidCredentials, RateLimited, Busy) as refusal:
        return refusal.code
    return "in"


@pytest.fixture(autouse=True)
def quick_hashes(settings: Settings) -> Iterator[None]:
    """What a hash costs is not what these tests are about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    sign_in._decoy.cache_clear()
    yield
    sign_in._decoy.cache_clear()


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user(ALICE, PASSWORD)


def test_an_attacker_elsewhere_does_not_lock_the_owner_out(alice: User) -> None:
    outcomes = [tried("198.51.100.7") for _ in range(50)]
    assert outcomes == ["invalid_credentials"] * 10 + ["rate_limited"] * 40
    assert tried("198.51.100.7", password=PASSWORD) == "rate_limited"
    assert tried(HOME, password=PASSWORD) == "in"


def test_whoever_is_shut_out_uses_up_nothing_of_the_account(alice: User) -> None:
    for _ in range(100):
        tried("198.51.100.7")
    others = [tried(f"192.0.2.{number}") for number in range(2) for _ in range(10)]
    assert others == ["invalid_credentials"] * 20


@pytest.mark.parametrize("email", [ALICE, NOBODY])
def test_many_addresses_have_three_guesses_each_and_the_owner_comes_in_at_once(
    alice: User, email: str
) -> None:
    attackers = [f"198.51.{number // 250}.{number % 250}" for number in range(60)]
    outcomes = [tried(address, email=email) for _ in range(10) for address in attackers]
    # 30 before it slows down; then none of these has more than three.
    assert outcomes.count("invalid_credentials") == 60 * 3
    assert tried(HOME, password=PASSWORD) == "in"
    late = [tried("203.0.113.5", email=email) for _ in range(5)]
    assert late == ["invalid_credentials"] * 3 + ["rate_limited"] * 2


def test_the_owner_may_mistype_twice_while_many_guess(alice: User) -> None:
    for number in range(40):
        tried(f"198.51.100.{number}")
    assert [tried(HOME), tried(HOME), tried(HOME, password=PASSWORD)] == [
        *["invalid_credentials"] * 2,
        "in",
    ]


def test_one_network_of_ipv6_is_one_address(alice: User) -> None:
    outcomes = [tried(f"2001:db8:0:1:{number:x}::9") for number in range(12)]
    assert outcomes.count("rate_limited") == 2
    assert tried("2001:db8:0:2::9", password=PASSWORD) == "in"


def test_an_address_written_as_ipv6_is_the_same_address(alice: User) -> None:
    spellings = ("198.51.100.7", "::ffff:198.51.100.7", "::ffff:c633:6407", "64:ff9b::198.51.100.7")
    outcomes = [tried(spellings[number % 4]) for number in range(12)]
    assert outcomes.count("rate_limited") == 2


def test_signing_in_often_is_not_guessing(alice: User) -> None:
    assert [tried(HOME, password=PASSWORD) for _ in range(40)] == ["in"] * 40


@pytest.mark.django_db(transaction=True)
def test_the_limits_hold_under_a_hundred_parallel_tries() -> None:
    User.objects.create_user(ALICE, PASSWORD)
    outcomes = in_parallel(20, lambda number: [tried(f"198.51.100.{number}") for _ in range(5)])
    together = [outcome for several in outcomes for outcome in several]
    # 30 may pass before the account slows down; a thread that passed has three at the least.
    assert 60 <= together.count("invalid_credentials") <= 60 + 30
    assert tried(HOME, password=PASSWORD) == "in"
    assert Session.objects.count() == 1


def test_a_try_that_nobody_had_time_for_is_not_counted(alice: User) -> None:
    with (
        patch("accounts.services.sign_in.check_password", side_effect=Busy),
        patch.object(User, "check_password", side_effect=Busy),
    ):
        assert {tried(HOME) for _ in range(40)} == {"busy"}
    assert [tried(HOME) for _ in range(10)] == ["invalid_credentials"] * 10


def test_a_stolen_session_does_not_keep_the_owner_from_changing_the_password(alice: User) -> None:
    def change(session: Session, current: str) -> str:
        try:
            with transaction.atomic():
                users.password_change(session=session, current=current, new="violet harbour 27 x")
        except (PasswordIncorrect, RateLimited) as refusal:
            return refusal.code
        return "changed"

    for _ in range(2):
        tried(HOME, password=PASSWORD)
    stolen, own = Session.objects.select_related("user")
    assert [change(stolen, "a guess") for _ in range(11)][-1] == "rate_limited"
    assert change(own, PASSWORD) == "changed"
