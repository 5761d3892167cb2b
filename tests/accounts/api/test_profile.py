import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Session, User
from tests.accounts.callers import PASSWORD, Caller, signed_in

NEW_PASSWORD = "a different long password"


def test_i_see_my_own_account(alice: Caller, alice_user: User) -> None:
    assert alice.get("/auth/profile").json() == {
        "id": str(alice_user.id),
        "email": "alice@example.com",
        "email_verified": False,
        "name": "Alice",
        "language": "en",
        "has_password": True,
        "is_staff": False,
        "created_at": alice_user.created_at.isoformat().replace("+00:00", "Z"),
        "deletion_due_at": None,
        "second_factor": False,
        "must_add_factor": False,
    }


def test_my_account_is_one_statement(
    alice: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert alice.get("/auth/profile").status_code == 200


def test_i_can_change_my_name(alice: Caller, bob_user: User) -> None:
    reply = alice.send("PATCH", "/auth/profile", {"name": "Alice L."})
    assert (reply.status_code, reply.json()["name"]) == (200, "Alice L.")
    assert sorted(User.objects.values_list("name", flat=True)) == ["Alice L.", "Bob"]


def test_i_choose_the_language_of_my_mails(alice: Caller, bob_user: User) -> None:
    assert alice.send("PATCH", "/auth/profile", {"language": "ar"}).json()["language"] == "ar"
    assert alice.send("PATCH", "/auth/profile", {"language": "fr"}).json()["code"] == "invalid"
    assert sorted(User.objects.values_list("language", flat=True)) == ["ar", "en"]


def test_an_empty_change_changes_nothing(alice: Caller) -> None:
    assert alice.send("PATCH", "/auth/profile", {}).json()["name"] == "Alice"


@pytest.mark.parametrize("field", ["is_staff", "is_superuser", "id", "email", "password", "owner"])
def test_nobody_gives_themselves_rights(alice: Caller, field: str) -> None:
    before = User.objects.values().get()
    reply = alice.send("PATCH", "/auth/profile", {"name": "A", field: True})
    assert (reply.status_code, reply.json()["code"]) == (400, "unknown_field")
    assert reply.json()["errors"][0]["pointer"] == f"/{field}"
    assert User.objects.values().get() == before


def test_an_account_is_not_deleted_here_where_its_images_would_stay(alice: Caller) -> None:
    assert alice.send("DELETE", "/auth/profile").status_code == 405
    assert alice.get("/auth/profile").status_code == 200


def test_a_changed_password_signs_the_other_devices_out(alice_user: User) -> None:
    here, there = signed_in(alice_user), signed_in(alice_user)
    reply = here.post("/auth/password", {"current": PASSWORD, "new": NEW_PASSWORD})
    assert reply.status_code == 204
    assert there.get("/auth/profile").json()["code"] == "token_revoked"
    assert Caller().post("/auth/refresh", {"refresh": there.refresh}).status_code == 401
    assert here.get("/auth/profile").status_code == 200
    assert Caller().post("/auth/refresh", {"refresh": here.refresh}).status_code == 200
    assert signed_in(alice_user, password=NEW_PASSWORD).access


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"current": "wrong password", "new": NEW_PASSWORD}, "password_incorrect"),
        ({"current": PASSWORD, "new": "short"}, "invalid"),
        ({"current": PASSWORD, "new": "x" * 129}, "invalid"),
        ({"current": PASSWORD}, "invalid"),
        ({"current": PASSWORD, "new": NEW_PASSWORD, "user": "bob"}, "unknown_field"),
    ],
)
def test_a_refused_password_change_changes_nothing(
    alice_user: User, body: dict[str, str], code: str
) -> None:
    here, there = signed_in(alice_user), signed_in(alice_user)
    reply = here.post("/auth/password", body)
    assert (reply.status_code, reply.json()["code"]) == (400, code)
    assert User.objects.get().check_password(PASSWORD)
    assert there.get("/auth/profile").status_code == 200


def test_guessing_the_current_password_is_limited(alice: Caller) -> None:
    guess = {"current": "wrong password", "new": NEW_PASSWORD}
    codes = [alice.post("/auth/password", guess).json()["code"] for _ in range(11)]
    assert codes == ["password_incorrect"] * 10 + ["rate_limited"]
    right = {"current": PASSWORD, "new": NEW_PASSWORD}
    assert alice.post("/auth/password", right).status_code == 429
    assert User.objects.get().check_password(PASSWORD)


def test_the_database_decides_even_where_the_deny_list_knows_nothing(
    alice: Caller, settings: Settings
) -> None:
    Session.objects.update(revoked_at=timezone.now())
    for method, path in (("GET", "/auth/sessions"), ("POST", "/auth/logout-all")):
        reply = alice.send(method, path)
        assert (reply.status_code, reply.json()["code"]) == (401, "token_revoked")


def test_a_disabled_users_token_opens_nothing_here(alice: Caller) -> None:
    User.objects.update(is_active=False)
    assert alice.get("/auth/profile").json()["code"] == "token_revoked"
