from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.errors import InvalidCredentials
from accounts.models import User
from accounts.services.sign_in import session_open
from platform_site.kit.rest.rate_limits import RateLimited
from tests.accounts.callers import PASSWORD

HOME = "2001:db8:aaaa:1::7"


def sign_in(user: User, password: str) -> None:
    session_open(email=user.email, password=password, device="", address=HOME)


def test_unlock_lets_the_owner_in_from_the_address_that_was_shut(alice_user: User) -> None:
    for _ in range(10):
        with pytest.raises(InvalidCredentials):
            sign_in(alice_user, "a guess")
    with pytest.raises(RateLimited):
        sign_in(alice_user, PASSWORD)
    out = StringIO()
    call_command("unlock", alice_user.email.upper(), stdout=out)
    assert out.getvalue() == f"The account {alice_user.email} is unlocked.\n"
    sign_in(alice_user, PASSWORD)


def test_an_account_that_is_not_there_is_an_error(db: None) -> None:
    with pytest.raises(CommandError, match="There is no account"):
        call_command("unlock", "nobody@example.com")
