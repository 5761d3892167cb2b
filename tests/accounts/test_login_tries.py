"""Guessing at one account: what an attacker gets out of it, and what the owner notices."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.core.cache import caches
from django.utils import timezone
from prometheus_client import REGISTRY
from pytest_django import Settings

from accounts import login_tries
from accounts.errors import InvalidCredentials
from accounts.models import RememberedDevice, Session, User
from accounts.services import sign_in
from accounts.services.remembered_devices import device_remember
from platform_site.kit.bounded import Busy
from platform_site.kit.rest.rate_limits import RateLimited
from tests.accounts.callers import PASSWORD, in_parallel
from tests.platform_site.kit.clock import Clock

ALICE, NOBODY = "alice@example.com", "nobody@example.com"
GUESS = "a guess"
HOME = "2001:db8:aaaa:1::7"
OFFICE = "192.0.2.200"


def tried(address: str, *, email: str = ALICE, password: str = GUESS, remembered: str = "") -> str:
    try:
        sign_in.session_open(
            email=email, password=password, device="", address=address, remembered=remembered
        )
    except (InvalidCredentials, RateLimited, Busy) as refusal:
        return refusal.code
    return "in"


@pytest.fixture(autouse=True)
def long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy does not come to the end of one by itself."""
    monkeypatch.setattr(login_tries, "FIRST_WAIT_S", 200)


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


def test_a_network_of_the_owner_is_slowed_down_by_nobody(alice: User) -> None:
    assert tried(HOME, password=PASSWORD) == "in"
    assert tried(OFFICE, password=PASSWORD) == "in"
    Session.objects.filter(address=HOME).delete()  # signed out there, and forgotten
    caches["default"].delete(known_of(alice, OFFICE))  # it is known by its session alone
    for number in range(40):
        tried(f"198.51.100.{number}")
    for address in (HOME, OFFICE):
        assert [tried(address) for _ in range(11)] == ["invalid_credentials"] * 10 + [
            "rate_limited"
        ]
    assert [tried("192.0.2.99") for _ in range(4)][2:] == ["invalid_credentials", "rate_limited"]


def test_whoever_knew_the_password_before_is_a_stranger(alice: User) -> None:
    assert tried(HOME, password=PASSWORD) == "in"
    Session.objects.update(revoked_at=timezone.now())
    alice.set_password("violet harbour 27 x")
    alice.save()
    for number in range(40):
        tried(f"198.51.100.{number}")
    assert [tried(HOME) for _ in range(4)][2:] == ["invalid_credentials", "rate_limited"]


def test_a_remembered_browser_waits_for_nobody_and_for_its_own_guesses(alice: User) -> None:
    cookie = device_remember(user=alice, device="laptop")
    for number in range(40):
        tried(f"198.51.100.{number}")
    shared = "203.0.113.9"  # strangers guess behind the same address, too
    assert [tried(shared) for _ in range(5)].count("rate_limited") == 2
    assert tried(shared, password=PASSWORD) == "rate_limited"
    assert tried(shared, password=PASSWORD, remembered=cookie) == "in"
    assert tried(shared, password=PASSWORD) == "rate_limited", "only the browser was forgiven"
    # Whoever has taken the cookie has ten guesses with it, from all places together.
    guesses = [tried(f"192.0.2.{number}", remembered=cookie) for number in range(50)]
    assert guesses == ["invalid_credentials"] * 10 + ["rate_limited"] * 40
    assert tried("192.0.2.1", password=PASSWORD, remembered=cookie) == "rate_limited"


def test_a_browser_is_known_at_its_own_account_until_it_is_forgotten(alice: User) -> None:
    bob = User.objects.create_user("bob@example.com", PASSWORD)
    ended, forgotten = (device_remember(user=alice, device="") for _ in range(2))
    RememberedDevice.objects.order_by("id").first().delete()  # type: ignore[union-attr]
    cookies = {"of bob": device_remember(user=bob, device=""), "of nobody": "x", "gone": ended}
    for number in range(40):
        tried(f"198.51.100.{number}")
    for number, (whose, cookie) in enumerate(cookies.items()):
        outcomes = [tried(f"203.0.113.{number}", remembered=cookie) for _ in range(5)]
        assert outcomes == ["invalid_credentials"] * 3 + ["rate_limited"] * 2, whose
    assert tried("203.0.113.99", email=NOBODY, remembered=forgotten) == "invalid_credentials"
    alice.sign_out_epoch += 1  # signed out everywhere
    alice.save()
    outcomes = [tried("203.0.113.100", remembered=forgotten) for _ in range(4)]
    assert outcomes[2:] == ["invalid_credentials", "rate_limited"]


def test_guesses_of_a_remembered_browser_slow_strangers_down(alice: User) -> None:
    cookies = [device_remember(user=alice, device="") for _ in range(4)]
    for cookie in cookies:
        assert [tried(HOME, remembered=cookie) for _ in range(10)] == ["invalid_credentials"] * 10
    assert [tried("198.51.100.7") for _ in range(4)][2:] == ["invalid_credentials", "rate_limited"]


def known_of(user: User, network: str) -> str:
    return login_tries._known_name(login_tries._digest(f"{user.email}|{user.password}"), network)


@pytest.mark.parametrize("email", [ALICE, NOBODY])
def test_each_wait_is_twice_the_one_before_and_none_is_longer_than_a_quarter_of_an_hour(
    alice: User, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_tries, "FIRST_WAIT_S", 1)
    clock = Clock().install(monkeypatch)
    for _ in range(10):
        assert tried(HOME, email=email) == "invalid_credentials"
    waits = []
    for _ in range(12):
        waits.append(wait(HOME, email=email))
        clock.advance(waits[-1] - 0.9)
        assert tried(HOME, email=email) == "rate_limited", "too early"
        clock.advance(1)
        assert tried(HOME, email=email) == "invalid_credentials"
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
    clock.advance(901)
    if email == ALICE:
        assert tried(HOME, password=PASSWORD) == "in"
        assert [tried(HOME) for _ in range(11)].count("invalid_credentials") == 10


def wait(address: str, *, email: str) -> int:
    """What a refused try is told."""
    with pytest.raises(RateLimited) as refusal:
        sign_in.session_open(email=email, password=GUESS, device="", address=address)
    return int(refusal.value.headers["Retry-After"])


def test_a_network_that_goes_through_a_list_is_counted(alice: User) -> None:
    def count() -> float:
        return REGISTRY.get_sample_value("accounts_logins_spread_total") or 0.0

    before = count()
    for number in range(12):
        for _ in range(2):
            tried("198.51.100.7", email=f"{number}@example.com")
    assert count() == before + 2
    tried(HOME)
    assert count() == before + 2
