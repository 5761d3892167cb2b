"""The limits of what a signed-in person may try with a password."""

from django.db import transaction

from accounts.errors import PasswordIncorrect
from accounts.models import Session, User
from accounts.services import users
from platform_site.kit.rest.rate_limits import RateLimited
from tests.accounts.callers import PASSWORD, signed_in


def test_a_stolen_session_does_not_keep_the_owner_from_changing_the_password(
    alice_user: User,
) -> None:
    def change(session: Session, current: str) -> str:
        try:
            with transaction.atomic():
                users.password_change(session=session, current=current, new="violet harbour 27 x")
        except (PasswordIncorrect, RateLimited) as refusal:
            return refusal.code
        return "changed"

    for _ in range(2):
        signed_in(alice_user)
    stolen, own = Session.objects.select_related("user")
    assert [change(stolen, "a guess") for _ in range(11)][-1] == "rate_limited"
    assert change(own, PASSWORD) == "changed"
