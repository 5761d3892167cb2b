from django.utils import timezone

from accounts.models import Session
from tests.accounts.callers import Caller


def test_a_session_that_ended_is_refused_at_once_though_the_deny_list_has_not_heard(
    alice: Caller,
) -> None:
    assert alice.get("/auth/sessions").status_code == 200
    Session.objects.update(revoked_at=timezone.now())  # past every service that would announce it
    reply = alice.get("/auth/sessions")
    assert (reply.status_code, reply.json()["code"]) == (401, "token_revoked")


def test_a_token_that_was_cut_opens_nothing(alice: Caller) -> None:
    alice.access = alice.access[:-2]
    reply = alice.get("/auth/profile")
    assert (reply.status_code, reply.json()["code"]) == (401, "token_invalid")
