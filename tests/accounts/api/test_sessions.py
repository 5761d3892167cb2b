from accounts.models import Session, User
from accounts.tokens import access_token_issue
from platform_site.kit.identifiers import uuid7
from tests.accounts.callers import Caller, signed_in


def test_i_see_where_i_am_signed_in_newest_first(alice_user: User, bob: Caller) -> None:
    signed_in(alice_user, device="Phone")
    here = signed_in(alice_user, device="Laptop\x01")
    reply = here.get("/auth/sessions")
    page = reply.json()
    assert (page["next"], page["previous"]) == (None, None)
    told = [(one["device"], one["address"], one["current"]) for one in page["results"]]
    assert told == [("Laptop", "127.0.0.1", True), ("Phone", "127.0.0.1", False)]
    assert set(page["results"][0]) == {
        "id",
        "device",
        "address",
        "place",
        "created_at",
        "last_seen_at",
        "expires_at",
        "current",
    }


def test_a_long_list_comes_in_pages(alice_user: User) -> None:
    for number in range(4):
        signed_in(alice_user, device=str(number))
    here = signed_in(alice_user, device="4")
    first = here.get("/auth/sessions?limit=3").json()
    assert first["next"].startswith("http://testserver/auth/sessions?limit=3&cursor=")
    second = here.get(first["next"].removeprefix("http://testserver")).json()
    seen = [one["device"] for page in (first, second) for one in page["results"]]
    assert seen == ["4", "3", "2", "1", "0"]
    assert second["next"] is None
    back = here.get(second["previous"].removeprefix("http://testserver")).json()
    assert back["results"] == first["results"]


def test_a_bad_page_is_refused(alice: Caller) -> None:
    for query in ("limit=0", "limit=x", "cursor=!"):
        reply = alice.get(f"/auth/sessions?{query}")
        assert (reply.status_code, reply.json()["code"]) == (400, "invalid")


def test_an_ended_session_is_not_listed(alice_user: User) -> None:
    here, there = signed_in(alice_user), signed_in(alice_user)
    there.post("/auth/logout")
    assert len(here.get("/auth/sessions").json()["results"]) == 1


def test_i_can_sign_another_device_out(alice_user: User) -> None:
    there, here = signed_in(alice_user, device="Phone"), signed_in(alice_user)
    there_id = here.get("/auth/sessions").json()["results"][1]["id"]
    reply = here.send("DELETE", f"/auth/sessions/{there_id}")
    assert (reply.status_code, reply.content, len(reply.cookies)) == (204, b"", 0)
    assert there.get("/auth/profile").json()["code"] == "token_revoked"
    assert here.get("/auth/profile").status_code == 200
    again = here.send("DELETE", f"/auth/sessions/{there_id}")
    assert (again.status_code, again.json()["code"]) == (404, "session_not_found")


def test_ending_my_own_session_is_signing_out(alice: Caller) -> None:
    reply = alice.send("DELETE", f"/auth/sessions/{Session.objects.get().id}")
    assert (reply.status_code, reply.cookies["refresh"]["max-age"]) == (204, 0)
    assert alice.get("/auth/profile").json()["code"] == "token_revoked"


def test_bob_cannot_end_alices_session_nor_see_that_there_is_one(
    alice: Caller, bob: Caller, alice_user: User
) -> None:
    alices = Session.objects.get(user=alice_user)
    theirs, missing = (
        bob.send("DELETE", f"/auth/sessions/{session_id}") for session_id in (alices.id, uuid7())
    )
    bodies = [{**reply.json(), "instance": "", "request_id": ""} for reply in (theirs, missing)]
    assert (theirs.status_code, bodies[0]) == (404, bodies[1])
    alices.refresh_from_db()
    assert alices.revoked_at is None
    assert alice.get("/auth/profile").status_code == 200
    assert str(alices.id) not in bob.get("/auth/sessions").content.decode()


def test_a_token_cannot_borrow_another_users_session(
    alice_user: User, bob: Caller, bob_user: User
) -> None:
    signed_in(alice_user)
    alices = Session.objects.get(user=alice_user)
    mixed = access_token_issue(user=bob_user, session_id=alices.id)
    assert Caller(access=mixed).get("/auth/sessions").json()["code"] == "token_revoked"
