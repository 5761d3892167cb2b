"""Staff read the audit, and what they post is in it."""

import orjson
import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import AuditEntry, User
from accounts.services.audit import audit_record
from tests.accounts.callers import PASSWORD, Caller

LIST = "/admin/accounts/auditentry/"


@pytest.fixture
def root(alice: Caller, settings: Settings) -> User:
    settings.ROOT_URLCONF = "platform_site.urls.admin"
    return User.objects.create_superuser("root@example.com", PASSWORD)


@pytest.fixture
def staff(root: User) -> Client:
    client = Client()
    client.post("/admin/login/", {"username": root.email, "password": PASSWORD, "next": "/admin/"})
    return client


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("created_at", "id").values_list("act", flat=True))


def test_what_the_staff_do_is_recorded_as_theirs(
    staff: Client, root: User, alice_user: User
) -> None:
    form = {"email": alice_user.email, "name": "Other", "is_active": "on"}
    staff.post(f"/admin/accounts/user/{alice_user.id}/change/", form)
    chosen = {"action": "unlock_sign_in", "_selected_action": [str(alice_user.id)]}
    staff.post("/admin/accounts/user/", chosen)
    staff.post("/admin/logout/")
    own = ["admin.sign_in", "admin.change", "account.unlock", "admin.changelist", "admin.logout"]
    assert acts() == ["sign_in", *own]
    assert set(AuditEntry.objects.exclude(act="sign_in").values_list("by_id")) == {(root.id,)}
    changed, listed = AuditEntry.objects.filter(act__startswith="admin.change").order_by("id")
    assert (changed.user_id, changed.details) == (alice_user.id, {"answer": "done"})
    assert listed.details["action"] == "unlock_sign_in"


def test_each_account_that_the_staff_reach_is_named(
    staff: Client, root: User, alice_user: User
) -> None:
    sessions = "/admin/accounts/session/"
    session_id = str(alice_user.sessions.get().id)
    staff.post(sessions, {"action": "end_sessions", "_selected_action": session_id})
    staff.post(f"{sessions}{session_id}/delete/", {"post": "yes"})  # it has ended already
    new = "set by the staff just now"
    form = {"usable_password": "true", "password1": new, "password2": new}
    staff.post(f"/admin/accounts/user/{alice_user.id}/password/", form)
    ended, given = AuditEntry.objects.filter(
        act__in=["session.end", "password.set_by_staff"]
    ).order_by("id")
    assert (ended.act, ended.target, given.act) == (
        *("session.end", session_id),
        "password.set_by_staff",
    )
    assert {ended.user_id, given.user_id} == {alice_user.id}
    assert {ended.by_id, given.by_id} == {root.id}


def test_a_wrong_password_at_the_admin_is_recorded(root: User) -> None:
    Client().post("/admin/login/", {"username": root.email, "password": "wrong password"})
    entry = AuditEntry.objects.get(outcome="refused")
    assert (entry.act, entry.user_id, entry.by_id) == ("sign_in", root.id, None)


@pytest.mark.parametrize("by", ["user_id", "address", "act", "e-mail", "unknown e-mail"])
def test_the_list_finds_and_exports(
    staff: Client, alice_user: User, settings: Settings, by: str
) -> None:
    settings.ROOT_URLCONF = "platform_site.urls.auth"
    for email in ("nobody@example.com", alice_user.email):
        refused = {"email": email, "password": "wrong password"}
        Caller().send("POST", "/auth/login", refused, X_Forwarded_For="192.0.2.77")
    settings.ROOT_URLCONF = "platform_site.urls.admin"
    audit_record("factor.add", user_id=alice_user.id, by=alice_user.id, address="192.0.2.9")
    term, count = {
        "user_id": (str(alice_user.id), 3),
        "address": ("192.0.2.9", 1),
        "act": ("factor", 1),
        "e-mail": (alice_user.email, 3),
        "unknown e-mail": ("Nobody@example.com", 1),
    }[by]
    page = staff.get(LIST, {"q": term})
    assert page.status_code == 200
    rows = page.context["cl"].queryset
    assert rows.count() == count
    ids = [str(one.id) for one in rows]
    export = {"action": "export_chosen", "_selected_action": ids}
    reply = staff.post(f"{LIST}?q={term}", export)
    lines = [orjson.loads(one) for one in b"".join(reply.streaming_content).splitlines()]  # type: ignore[attr-defined]
    assert sorted(one["id"] for one in lines) == sorted(ids)


def test_nobody_adds_changes_or_removes_an_entry(staff: Client) -> None:
    entry = AuditEntry.objects.first()
    assert entry is not None
    assert staff.get(f"{LIST}{entry.id}/change/").status_code == 200
    for page in ("add/", f"{entry.id}/delete/"):
        assert staff.post(f"{LIST}{page}").status_code == 403
    assert staff.post(f"{LIST}{entry.id}/change/", {"act": "x"}).status_code == 403
