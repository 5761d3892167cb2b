from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.test import Client
from pytest_django import Settings

from accounts.hashers import TunedArgon2PasswordHasher
from accounts.models import User
from platform_site.kit.bounded import Busy
from tests.accounts.callers import PASSWORD, Caller


def test_passwords_are_hashed_with_argon2id_19_mib_two_passes_one_lane() -> None:
    assert make_password("x").startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_hash_of_these_parameters_needs_no_update() -> None:
    encoded = make_password("x")
    assert isinstance(identify_hasher(encoded), TunedArgon2PasswordHasher)
    assert not identify_hasher(encoded).must_update(encoded)


def test_only_the_right_password_matches() -> None:
    encoded = make_password("right")
    assert (check_password("right", encoded), check_password("wrong", encoded)) == (True, False)


@pytest.mark.parametrize(
    "use",
    [lambda _encoded: make_password("x"), lambda encoded: check_password("x", encoded)],
    ids=["hashing", "verifying"],
)
def test_hashes_beyond_the_bound_are_refused(
    use: Callable[[str], object], settings: Settings
) -> None:
    encoded = make_password("x")
    settings.HASHES_AT_ONCE = 0
    with pytest.raises(Busy):
        use(encoded)


@pytest.mark.django_db
def test_every_way_in_is_bounded_and_tells_nobody_which_accounts_there_are(
    alice_user: User, settings: Settings
) -> None:
    settings.HASHES_AT_ONCE = 0
    refusals = [
        Caller().post("/auth/login", {"email": email, "password": PASSWORD})
        for email in (alice_user.email, "nobody@example.com")
    ]
    refusals.append(
        Caller().post(
            "/auth/register", {"email": "new@example.com", "password": PASSWORD, "name": "N"}
        )
    )
    for refusal in refusals:
        assert (refusal.status_code, refusal.json()["code"]) == (503, "busy")
        assert refusal.headers["Retry-After"] == "1"
    settings.ROOT_URLCONF = "platform_site.urls.admin"
    login = {"username": alice_user.email, "password": PASSWORD, "next": "/admin/"}
    reply = Client().post("/admin/login/", login)
    assert reply.status_code == 200
    assert "Too much is going on at the moment. Try again." in reply.content.decode()
