from django.utils import timezone

from accounts.models import Session, User
from accounts.services.introspection import token_introspect
from accounts.services.sign_in import session_open
from accounts.tokens import service_token_issue
from tests.accounts.callers import PASSWORD


def opened(user: User) -> tuple[str, str]:
    pair = session_open(email=user.email, password=PASSWORD, device="", address="")
    return pair.access, pair.refresh


def test_a_live_token_is_told_with_its_claims(alice_user: User) -> None:
    told = token_introspect(raw=opened(alice_user)[0])
    assert told["active"] is True
    assert (told["sub"], told["sid"]) == (str(alice_user.id), str(Session.objects.get().id))
    assert (told["token_type"], told["staff"]) == ("Bearer", False)


def test_anything_else_is_only_inactive(alice_user: User) -> None:
    _, refresh = opened(alice_user)
    for raw in (refresh[:-1], "noise", service_token_issue(client_id="gateway", audience="auth")):
        assert token_introspect(raw=raw) == {"active": False}


def test_a_token_of_an_ended_session_is_inactive_at_once(alice_user: User) -> None:
    access, _ = opened(alice_user)
    Session.objects.update(revoked_at=timezone.now())
    assert token_introspect(raw=access) == {"active": False}


def test_a_token_of_a_disabled_user_is_inactive_at_once(alice_user: User) -> None:
    access, _ = opened(alice_user)
    User.objects.update(is_active=False)
    assert token_introspect(raw=access) == {"active": False}
