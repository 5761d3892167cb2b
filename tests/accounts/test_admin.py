from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts import login_tries, metrics
from accounts.models import Mail, Session, User
from accounts.services.closing import account_close
from accounts.services.mails import mail_queue
from accounts.services.sessions import sessions_close_all
from accounts.services.users import account_disable
from platform_site.kit.auth.revocations import session_is_revoked
from platform_site.kit.rest import rate_limits as counting
from tests.accounts.callers import PASSWORD, Caller, signed_in
from tests.accounts.letters import sent_mails, subjects

USERS = "/admin/accounts/user"
SESSIONS = "/admin/accounts/session"


@pytest.fixture
def staff(alice: Caller, settings: Settings) -> Client:
    """Staff in the admin, while Alice is signed in at the API."""
    User.objects.create_superuser("root@example.com", PASSWORD)
    settings.ROOT_URLCONF = "platform_site.urls.admin"
    client = Client()
    login = {"username": "ROOT@example.com", "password": PASSWORD, "next": "/admin/"}
    reply = client.post("/admin/login/", login)
    assert (reply.status_code, reply.headers["Location"]) == (302, "/admin/")
    return client


def change(client: Client, user: User, **fields: str) -> int:
    form = {"email": user.email, "name": user.name, **fields}
    return client.post(f"{USERS}/{user.id}/change/", form).status_code


def test_people_who_are_not_staff_do_not_enter(alice_user: User, settings: Settings) -> None:
    settings.ROOT_URLCONF = "platform_site.urls.admin"
    client = Client()
    login = {"username": "alice@example.com", "password": PASSWORD}
    assert client.post("/admin/login/", login).status_code == 200
    assert client.get(f"{USERS}/").status_code == 302


def guess(password: str, *, username: str = "root@example.com") -> str:
    """What the page says to a try, empty when the door opens."""
    login = {"username": username, "password": password, "next": "/admin/"}
    reply = Client().post("/admin/login/", login)
    return "" if reply.status_code == 302 else reply.content.decode()


@pytest.fixture
def root(db: None, settings: Settings) -> User:
    settings.ROOT_URLCONF = "platform_site.urls.admin"
    return User.objects.create_superuser("root@example.com", PASSWORD)


def test_guessing_locks_the_account_here_and_at_the_api(
    root: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_tries, "FIRST_WAIT_S", 200)  # longer than this test takes
    settings.ACCOUNT_RATE_LIMITS = {"login_account": (2, 900)}
    for _ in range(2):
        assert "Too many requests" not in guess("a guess")
    assert "Too many requests. Try again later." in guess(PASSWORD, username="ROOT@example.com")
    settings.ROOT_URLCONF = "platform_site.urls.auth"
    login = {"email": "root@example.com", "password": PASSWORD}
    assert Caller().post("/auth/login", login).status_code == 429


def test_the_count_begins_anew_when_the_owner_signs_in(root: User, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_account": (2, 900)}
    for _ in range(2):
        assert guess("a guess")
        assert guess(PASSWORD) == ""


def test_an_address_that_tries_everybody_is_stopped(root: User, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": (2, 300)}
    for number in range(2):
        assert "Too many requests" not in guess("a guess", username=f"person{number}@example.com")
    assert "Too many requests" in guess(PASSWORD)


def test_nobody_guesses_while_nobody_counts(root: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "_count", lambda *_args, **_options: None)
    assert "This cannot be served at the moment" in guess(PASSWORD)


def test_every_try_is_told_to_those_who_watch(root: User) -> None:
    refused, succeeded = (metrics.LOGINS.labels(name) for name in ("refused", "succeeded"))
    before = refused._value.get(), succeeded._value.get()
    guess("a guess")
    assert (refused._value.get(), succeeded._value.get()) == (before[0] + 1, before[1])
    guess(PASSWORD)
    assert (refused._value.get(), succeeded._value.get()) == (before[0] + 1, before[1] + 1)


@pytest.mark.parametrize("path", [f"{USERS}/", f"{SESSIONS}/", f"{USERS}/add/"])
def test_the_lists_and_forms_open(staff: Client, path: str) -> None:
    assert staff.get(path).status_code == 200


def test_search_finds_a_person(staff: Client) -> None:
    assert b"alice@example.com" in staff.get(f"{USERS}/?q=alice").content


def test_staff_can_make_an_account(staff: Client) -> None:
    form = {
        "email": "Eve@example.com",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    assert staff.post(f"{USERS}/add/", form).status_code == 302
    assert User.objects.get(email="eve@example.com").check_password(PASSWORD)


def test_closing_an_account_signs_it_out(staff: Client, alice_user: User) -> None:
    assert change(staff, alice_user) == 302
    session = Session.objects.get()
    assert User.objects.get(id=alice_user.id).is_active is False
    assert session.revoked_at is not None
    assert session_is_revoked(session.id) is True


def test_a_change_of_name_signs_nobody_out(staff: Client, alice_user: User) -> None:
    assert change(staff, alice_user, name="Alice L.", is_active="on") == 302
    assert User.objects.get(id=alice_user.id).name == "Alice L."
    assert Session.objects.get().revoked_at is None


def test_a_password_set_by_the_staff_signs_the_account_out(staff: Client, alice_user: User) -> None:
    new = "set by the staff just now"
    form = {"usable_password": "true", "password1": new, "password2": new}
    assert staff.post(f"{USERS}/{alice_user.id}/password/", form).status_code == 302
    assert User.objects.get(id=alice_user.id).check_password(new)
    assert Session.objects.get().revoked_at is not None
    (letter,) = sent_mails()
    assert (letter.to[0], letter.subject) == (alice_user.email, "The staff changed your password")
    assert "127.0.0.1" not in str(letter.body), "where the staff sit"


def act(staff: Client, action: str, *users: User) -> int:
    form = {"action": action, "_selected_action": [str(user.id) for user in users]}
    return staff.post(f"{USERS}/", form).status_code


def test_staff_delete_an_account_as_its_owner_does(staff: Client, alice_user: User) -> None:
    session_id = Session.objects.get().id
    assert act(staff, "close_accounts", alice_user) == 302
    closed = User.objects.get(id=alice_user.id)
    assert closed.deletion_due_at is not None
    assert timedelta(days=6) < closed.deletion_due_at - timezone.now() < timedelta(days=8)
    assert session_is_revoked(session_id) is True
    assert b"alice@" in staff.get(f"{USERS}/?deletion_due_at__isempty=0").content

    assert act(staff, "close_accounts", alice_user) == 302
    assert User.objects.get(id=alice_user.id).deletion_due_at == closed.deletion_due_at

    assert act(staff, "restore_accounts", alice_user) == 302
    assert User.objects.get(id=alice_user.id).deletion_due_at is None


def test_what_is_due_stays_closed(staff: Client, alice_user: User) -> None:
    User.objects.filter(id=alice_user.id).update(deletion_due_at=timezone.now())
    reply = staff.post(
        f"{USERS}/",
        {"action": "restore_accounts", "_selected_action": str(alice_user.id)},
        follow=True,
    )
    assert b"cannot be taken back any more" in reply.content
    assert User.objects.get(id=alice_user.id).deletion_due_at is not None


def test_no_other_door_deletes_an_account(staff: Client, alice_user: User) -> None:
    assert staff.post(f"{USERS}/{alice_user.id}/delete/", {"post": "yes"}).status_code == 403
    form = {"action": "delete_selected", "_selected_action": str(alice_user.id), "post": "yes"}
    staff.post(f"{USERS}/", form)
    for door in (alice_user.delete, User.objects.all().delete, User.objects.filter(name="").delete):
        with pytest.raises(TypeError, match="images first"):
            door()
    assert User.objects.filter(id=alice_user.id, deletion_due_at=None).exists()


def test_staff_can_end_a_session(staff: Client) -> None:
    session_id = Session.objects.get().id
    form = {"action": "end_sessions", "_selected_action": str(session_id)}
    assert staff.post(f"{SESSIONS}/", form).status_code == 302
    assert Session.objects.get().revoked_at is not None
    assert session_is_revoked(session_id) is True


def test_a_deleted_session_is_ended_first(staff: Client) -> None:
    session_id = Session.objects.get().id
    staff.post(f"{SESSIONS}/{session_id}/delete/", {"post": "yes"})
    assert not Session.objects.exists()
    assert session_is_revoked(session_id) is True


def test_the_admin_shows_no_digest_and_makes_no_session(staff: Client) -> None:
    session = Session.objects.get()
    page = staff.get(f"{SESSIONS}/{session.id}/change/").content.decode()
    assert session.refresh_hash not in page
    assert staff.get(f"{SESSIONS}/add/").status_code == 403


def test_staff_unlock_the_sign_in_of_an_account(staff: Client, alice_user: User) -> None:
    chosen = {"action": "unlock_sign_in", "_selected_action": [str(alice_user.id)]}
    reply = staff.post(f"{USERS}/", chosen, follow=True)
    assert "Unlocked accounts: 1." in reply.content.decode()
    alice_user.refresh_from_db()
    assert alice_user.unlocked_at is not None


def root_at_the_api(settings: Settings) -> Caller:
    settings.ROOT_URLCONF = "platform_site.urls.auth"
    return signed_in(User.objects.get(email="root@example.com"))


def enters(staff: Client, settings: Settings) -> bool:
    settings.ROOT_URLCONF = "platform_site.urls.admin"
    return staff.get(f"{USERS}/").status_code == 200


def test_signing_out_everywhere_ends_the_admins_session(staff: Client, settings: Settings) -> None:
    caller = root_at_the_api(settings)
    assert enters(staff, settings)
    settings.ROOT_URLCONF = "platform_site.urls.auth"
    assert caller.post("/auth/logout-all").status_code == 204
    assert not enters(staff, settings)


def test_signing_out_of_one_session_leaves_the_admin_open(
    staff: Client, settings: Settings
) -> None:
    assert root_at_the_api(settings).post("/auth/logout").status_code == 204
    assert enters(staff, settings)


def test_a_changed_password_ends_the_admins_session(staff: Client, settings: Settings) -> None:
    caller = root_at_the_api(settings)
    change = {"current": PASSWORD, "new": "violet harbour 27 x"}
    assert caller.post("/auth/password", change).status_code == 204
    assert not enters(staff, settings)


@pytest.mark.parametrize("way", [account_disable, account_close, sessions_close_all])
def test_whoever_is_closed_or_gone_is_out_of_the_admin(
    staff: Client, settings: Settings, way: Callable[..., object]
) -> None:
    way(user_id=User.objects.get(email="root@example.com").id)
    assert not enters(staff, settings)


def test_staff_who_change_their_own_password_here_go_on(staff: Client, settings: Settings) -> None:
    root = User.objects.get(email="root@example.com")
    new = {"password1": "violet harbour 27 x", "password2": "violet harbour 27 x"}
    assert staff.post(f"{USERS}/{root.id}/password/", new).status_code == 302
    assert enters(staff, settings)
    assert subjects() == [("root@example.com", "Your password was changed")]


def test_the_admins_cookies_are_guarded(root: User, settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = Client()
    form = client.get("/admin/login/")
    reply = client.post("/admin/login/", {"username": root.email, "password": PASSWORD})
    session, forgery = reply.cookies["sessionid"], form.cookies["csrftoken"]
    assert (session["secure"], session["httponly"], session["samesite"]) == (True, True, "Strict")
    assert forgery["secure"] is True
    assert session["max-age"] == 12 * 3600


def test_the_outbox_shows_no_content_and_sends_again(staff: Client) -> None:
    token = "a-token-of-a-link"
    mail_queue("email_change", to="a@x.example", language="en", context={"link": token})
    Mail.objects.update(failed_at=timezone.now(), attempts=9)
    mail = Mail.objects.get()
    for path in ("/admin/accounts/mail/", f"/admin/accounts/mail/{mail.id}/change/"):
        page = staff.get(path).content.decode()
        assert "a@x.example" in page
        assert token not in page
        assert mail.context not in page
    form = {"action": "retry", "_selected_action": [str(mail.id)]}
    assert staff.post("/admin/accounts/mail/", form).status_code == 302
    assert Mail.objects.waiting().get().context == mail.context
