from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.errors import PasswordIncorrect, ReauthenticationRequired
from accounts.models import Session, User
from accounts.services.first_password import password_set
from accounts.services.sessions import session_begin
from tests.accounts.callers import PASSWORD, Caller

pytestmark = pytest.mark.django_db
NEW = "a first password of several words"


def session_of(user: User) -> Session:
    pair = session_begin(user=user, methods=("fed",), device="", address="")
    return Session.objects.select_related("user").get(id=pair.session_id)


def test_who_has_none_sets_one_in_a_fresh_session() -> None:
    session = session_of(User.objects.create_user("dora@example.org"))
    session.authenticated_at = timezone.now() - timedelta(minutes=6)
    with pytest.raises(ReauthenticationRequired):
        password_set(session=session, new=NEW)
    session.authenticated_at = timezone.now()
    password_set(session=session, new=NEW)
    assert User.objects.get().check_password(NEW)


def test_who_has_one_must_give_it(alice_user: User, alice: Caller) -> None:
    with pytest.raises(PasswordIncorrect):
        password_set(session=session_of(alice_user), new=NEW)
    reply = alice.post("/auth/password", {"new": NEW})
    assert (reply.status_code, reply.json()["code"]) == (400, "password_incorrect")
    assert User.objects.get().check_password(PASSWORD)
