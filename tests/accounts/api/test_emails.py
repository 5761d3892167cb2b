import pytest
from pytest_django import Settings

from accounts.models import EmailChange, Mail, User
from tests.accounts.callers import Caller
from tests.accounts.letters import sent_mails, subjects, token_of


def test_an_address_is_verified_by_its_link(alice: Caller, charlie: Caller) -> None:
    assert alice.get("/auth/profile").json()["email_verified"] is False
    sent = alice.post("/auth/email/verification")
    assert (sent.status_code, sent.json()) == (202, {"status": "accepted"})
    (letter,) = sent_mails()
    body = {"token": token_of(letter, "verify-email")}
    assert charlie.post("/auth/email/verify", body).status_code == 204
    assert alice.get("/auth/profile").json()["email_verified"] is True
    again = charlie.post("/auth/email/verify", body)
    assert (again.status_code, again.json()["code"]) == (400, "link_invalid")


def test_an_address_changes_once_both_have_confirmed(alice: Caller, charlie: Caller) -> None:
    User.objects.update(email_verified_at="2026-01-01T00:00:00Z")
    reply = alice.post("/auth/email", {"email": "Alice@New.example"})
    assert (reply.status_code, reply.json()) == (202, {"status": "accepted"})
    states = [
        charlie.post("/auth/email/confirm", {"token": token_of(letter, "confirm-email")}).json()
        for letter in sent_mails()
    ]
    assert states == [{"state": "waiting_for_other"}, {"state": "changed"}]
    assert alice.get("/auth/profile").json()["email"] == "alice@new.example"


def test_a_taken_address_gets_the_same_answer(alice: Caller, bob_user: User) -> None:
    free = alice.post("/auth/email", {"email": "free@example.com"})
    taken = alice.post("/auth/email", {"email": "bob@example.com"})
    assert (free.status_code, free.content) == (taken.status_code, taken.content)
    assert set(free.headers) == set(taken.headers)
    assert ("bob@example.com", "You have an account already") in subjects()


def test_a_link_that_is_none_is_refused_with_one_answer(charlie: Caller) -> None:
    for path in ("/auth/email/verify", "/auth/email/confirm"):
        for token in ("x", "x~y", "ä"):
            reply = charlie.post(path, {"token": token})
            assert (reply.status_code, reply.json()["code"]) == (400, "link_invalid")
        assert charlie.post(path, {"token": "x" * 201}).json()["code"] == "invalid"
        assert charlie.post(path, {}).json()["code"] == "invalid"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/auth/password/reset", {"email": "alice@example.com"}),
        ("/auth/password/reset", {"email": "nobody@example.com"}),
        ("/auth/email/verification", None),
        ("/auth/email", {"email": "free@example.com"}),
        ("/auth/email", {"email": "bob@example.com"}),
    ],
)
def test_what_needs_a_mail_is_refused_where_none_is_sent(
    alice: Caller, bob_user: User, settings: Settings, path: str, body: dict[str, str] | None
) -> None:
    settings.MAILS_ENABLED = False
    reply = alice.post(path, body)
    assert (reply.status_code, reply.json()["code"]) == (409, "mail_unavailable")
    assert (reply.json()["detail"], reply.json()["errors"]) == ("", [])
    assert (Mail.objects.count(), EmailChange.objects.count()) == (0, 0)
    assert alice.get("/auth/sign-in-options").json()["password_reset"] is False
