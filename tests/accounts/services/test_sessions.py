from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.errors import InvalidCredentials, SessionNotFound
from accounts.models import Session, User
from accounts.services import sessions
from accounts.services.refreshes import session_refresh
from accounts.services.sessions import TokenPair
from platform_site.kit.auth.revocations import session_is_revoked
from platform_site.kit.auth.tokens import TokenRevoked
from tests.accounts.callers import PASSWORD


def login(email: str = "alice@example.com") -> TokenPair:
    user = User.objects.get(email=email)
    return sessions.session_begin(
        user=user, methods=("pwd", "otp"), device="Firefox", address="192.0.2.7"
    )


def test_a_session_knows_how_and_when_the_person_proved_who_they_are(alice_user: User) -> None:
    pair = login()
    session = Session.objects.get(id=pair.session_id)
    assert session.methods == "pwd otp"
    assert session.authenticated_at == session.created_at


def test_a_proof_from_before_a_change_of_the_password_opens_nothing(alice_user: User) -> None:
    as_it_was = User.objects.get()
    alice_user.set_password(PASSWORD + "!")
    alice_user.save()
    with pytest.raises(InvalidCredentials):
        sessions.session_begin(user=as_it_was, methods=("hwk",), device="", address="")
    assert not Session.objects.exists()


def test_a_closed_session_is_refused_everywhere(alice_user: User) -> None:
    pair = login()
    sessions.session_close(session_id=pair.session_id, user_id=alice_user.id)
    assert session_is_revoked(pair.session_id) is True
    with pytest.raises(TokenRevoked):
        session_refresh(raw=pair.refresh, address="")


def test_bob_cannot_close_alices_session(alice_user: User, bob_user: User) -> None:
    pair = login()
    with pytest.raises(SessionNotFound):
        sessions.session_close(session_id=pair.session_id, user_id=bob_user.id)
    assert session_is_revoked(pair.session_id) is False
    assert Session.objects.get().revoked_at is None


def test_closing_all_sessions_spares_other_people(alice_user: User, bob_user: User) -> None:
    one, two, bobs = login(), login(), login(email="bob@example.com")
    assert sessions.sessions_close_all(user_id=alice_user.id) == 2
    assert [session_is_revoked(pair.session_id) for pair in (one, two, bobs)] == [
        True,
        True,
        False,
    ]
    assert Session.objects.live().get().id == bobs.session_id


def test_expired_and_long_ended_sessions_are_forgotten(alice_user: User) -> None:
    now = timezone.now()
    live, expired, ended_now, ended_before = (login().session_id for _ in range(4))
    Session.objects.filter(id=expired).update(expires_at=now)
    Session.objects.filter(id=ended_now).update(revoked_at=now)
    Session.objects.filter(id=ended_before).update(revoked_at=now - timedelta(days=1))
    assert sessions.sessions_expire() == 2
    assert set(Session.objects.values_list("id", flat=True)) == {live, ended_now}
    assert sessions.sessions_expire() == 0
