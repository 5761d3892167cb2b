"""My own entries: by page and by act, and never anybody else's."""

from uuid import uuid4

import pytest

from accounts.models import User
from accounts.services.audit import audit_record
from tests.accounts.callers import Caller


def test_my_entries_are_mine_and_say_who_acted(
    alice: Caller, alice_user: User, bob: Caller
) -> None:
    audit_record("password.change", user_id=alice_user.id, by=alice_user.id)
    audit_record("admin.change", user_id=alice_user.id, by=uuid4(), address="192.0.2.7")
    audit_record("account.delete", user_id=alice_user.id, by=None)
    audit_record("sign_in", user_id=alice_user.id, by=None, outcome="refused", address="192.0.2.9")
    shown = alice.get("/auth/audit").json()["results"]
    assert [(one["act"], one["outcome"], one["by"], one["address"]) for one in shown] == [
        ("sign_in", "refused", "unknown", "192.0.2.9"),
        ("account.delete", "succeeded", "platform", ""),
        ("admin.change", "succeeded", "staff", ""),
        ("password.change", "succeeded", "you", ""),
        ("sign_in", "succeeded", "you", "127.0.0.1"),
    ]
    assert [one["act"] for one in bob.get("/auth/audit").json()["results"]] == ["sign_in"]


def test_pages_keep_to_the_act(alice: Caller, alice_user: User) -> None:
    for act in ("factor.add", "factors", "factor.remove", "factor.add"):
        audit_record(act, user_id=alice_user.id, by=alice_user.id)
    first = alice.get("/auth/audit?act=factor&limit=2").json()
    rest = alice.get(first["next"]).json()
    assert [one["act"] for one in first["results"]] == ["factor.add", "factor.remove"]
    assert ([one["act"] for one in rest["results"]], rest["next"]) == (["factor.add"], None)


@pytest.mark.parametrize("query", ["act=", "act=A", "act=a.b.c", "act=%25", "limit=0", "cursor=x"])
def test_a_bad_question_is_refused(alice: Caller, query: str) -> None:
    reply = alice.get(f"/auth/audit?{query}")
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid")
