"""What the staff who are not superusers may do to accounts: nothing that would make them one."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django import Settings

from accounts.models import Authenticator, User
from tests.accounts.callers import PASSWORD

USERS = "/admin/accounts/user"
NEW = {"password1": "violet harbour 27 x", "password2": "violet harbour 27 x"}


@pytest.fixture
def helper(db: None) -> User:
    """Of the staff, with every permission that there is for accounts."""
    user = User.objects.create_user("helper@example.com", PASSWORD, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    return user


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@example.com", PASSWORD)


@pytest.fixture
def staff(helper: User, settings: Settings) -> Client:
    settings.ROOT_URLCONF = "platform_site.urls.admin"
    client = Client()
    client.force_login(helper)
    return client


@pytest.mark.parametrize("whose", ["root", "helper"])
def test_accounts_of_the_staff_can_be_looked_at_only(
    whose: str, staff: Client, root: User, helper: User
) -> None:
    user = {"root": root, "helper": helper}[whose]
    page = f"{USERS}/{user.id}"
    form = {"email": "mine@example.com", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    assert staff.get(f"{page}/change/").status_code == 200
    assert staff.post(f"{page}/change/", form).status_code == 403
    assert staff.post(f"{page}/password/", NEW).status_code == 403
    kept = User.objects.get(id=user.id)
    assert (kept.email, kept.is_superuser) == (user.email, user.is_superuser)
    assert kept.check_password(PASSWORD)


def test_rights_are_given_by_superusers_only(
    staff: Client, alice_user: User, root: User, helper: User
) -> None:
    page = f"{USERS}/{alice_user.id}/change/"
    every = str(Permission.objects.earliest("id").id)
    form = {
        "email": alice_user.email,
        "name": "Alice B.",
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
        "user_permissions": every,
    }
    assert staff.post(page, form).status_code == 302
    alice_user.refresh_from_db()
    assert alice_user.name == "Alice B."
    assert (alice_user.is_staff, alice_user.is_superuser) == (False, False)
    assert not alice_user.user_permissions.exists()
    staff.force_login(root)
    assert staff.post(page, form).status_code == 302
    alice_user.refresh_from_db()
    assert (alice_user.is_staff, alice_user.is_superuser) == (True, True)


def test_actions_pass_over_accounts_of_the_staff(
    staff: Client, alice_user: User, root: User
) -> None:
    for user in (alice_user, root):
        Authenticator.objects.create(user=user, sealed_secret="sealed")
    for across in ("0", "1"):
        form = {
            "action": "reset_factors",
            "select_across": across,
            "_selected_action": [str(alice_user.id), str(root.id)],
        }
        reply = staff.post(f"{USERS}/", form, follow=True)
        assert "Accounts without a second factor: 1." in reply.content.decode()
        assert [row.user_id for row in Authenticator.objects.all()] == [root.id]
