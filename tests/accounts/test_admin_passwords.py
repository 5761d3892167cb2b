import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import AuditEntry, Session, User
from platform_site.kit.auth.revocations import session_is_revoked
from tests.accounts.callers import PASSWORD, signed_in
from tests.accounts.letters import subjects

OWN = "/admin/password_change/"
NEW = "violet harbour 27 x"


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@example.com", PASSWORD)


@pytest.fixture
def staff(root: User, settings: Settings) -> Client:
    """In the admin, and signed in at the API."""
    signed_in(root)
    settings.ROOT_URLCONF = "platform_site.urls.admin"
    client = Client()
    client.force_login(root)
    return client


def changed(client: Client, old: str, new: str = NEW) -> str:
    """What the page says; empty when the password is changed."""
    form = {"old_password": old, "new_password1": new, "new_password2": new}
    reply = client.post(OWN, form)
    return "" if reply.status_code == 302 else reply.content.decode()


def test_the_staffs_own_password_ends_their_other_sessions(staff: Client, root: User) -> None:
    other = Client()
    other.force_login(root)
    assert changed(staff, PASSWORD) == ""
    root.refresh_from_db()
    assert root.check_password(NEW)
    session = Session.objects.get()
    assert session.revoked_at is not None
    assert session_is_revoked(session.id)
    assert staff.get(OWN).status_code == 200, "this one goes on"
    assert other.get(OWN).status_code == 302
    assert subjects() == [("root@example.com", "Your password was changed")]
    assert AuditEntry.objects.filter(act="password.change", by_id=root.id).count() == 1


def test_guesses_at_it_are_counted_and_recorded(staff: Client, root: User) -> None:
    said = [changed(staff, "a guess") for _ in range(11)]
    assert ["Too many requests" in words for words in said] == [False] * 10 + [True]
    assert "Too many requests" in changed(staff, PASSWORD)
    refused = AuditEntry.objects.filter(act="password.check", outcome="refused", user_id=root.id)
    assert refused.count() == 10
    root.refresh_from_db()
    assert root.check_password(PASSWORD)


def test_a_weak_one_is_refused(staff: Client, root: User) -> None:
    assert "too common" in changed(staff, PASSWORD, "password1234")
    root.refresh_from_db()
    assert root.check_password(PASSWORD)
    assert Session.objects.get().revoked_at is None
