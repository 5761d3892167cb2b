from accounts.models import Session, User
from tests.accounts.callers import Caller, signed_in
from tests.accounts.letters import sent_mails, token_of

NEW_PASSWORD = "a different long password"


def test_a_forgotten_password_is_replaced(charlie: Caller, alice: Caller, alice_user: User) -> None:
    reply = charlie.post("/auth/password/reset", {"email": "alice@example.com"})
    assert (reply.status_code, reply.json()) == (202, {"status": "accepted"})
    (letter,) = sent_mails()
    body = {"token": token_of(letter, "reset-password"), "password": NEW_PASSWORD}
    confirmed = charlie.post("/auth/password/confirm", body)
    assert (confirmed.status_code, confirmed.content) == (204, b"")
    assert "Set-Cookie" not in confirmed.headers
    assert alice.get("/auth/profile").json()["code"] == "token_revoked"
    assert Session.objects.live().count() == 0
    again = charlie.post("/auth/password/confirm", body)
    assert (again.status_code, again.json()["code"]) == (400, "link_invalid")
    assert signed_in(alice_user, password=NEW_PASSWORD).access


def test_the_reply_does_not_tell_who_has_an_account(charlie: Caller, alice_user: User) -> None:
    known, unknown = (
        charlie.post("/auth/password/reset", {"email": email})
        for email in ("alice@example.com", "nobody@example.com")
    )
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert set(known.headers) == set(unknown.headers)


def test_a_weak_password_is_refused_at_its_field(charlie: Caller, alice_user: User) -> None:
    charlie.post("/auth/password/reset", {"email": "alice@example.com"})
    (letter,) = sent_mails()
    body = {"token": token_of(letter, "reset-password"), "password": "short"}
    reply = charlie.post("/auth/password/confirm", body).json()
    assert (reply["code"], reply["errors"][0]["pointer"]) == ("invalid", "/password")
