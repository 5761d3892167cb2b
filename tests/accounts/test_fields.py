"""One mailbox is one account, however its domain is written; accounts of before are respelled."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from accounts.fields import normalized_email
from accounts.models import Mail, User
from tests.accounts.callers import PASSWORD, Caller

SPELLINGS = (
    "anna@b\u00fccher.example",
    "anna@xn--bcher-kva.example",
    "Anna@XN--BCHER-KVA.Example",
    "anna@B\u00dcCHER.example",
    "anna@bu\u0308cher.example",
    "anna@b\u00fccher\u3002example",
)


@pytest.mark.parametrize("typed", SPELLINGS)
def test_every_spelling_is_the_same_mailbox(typed: str) -> None:
    assert normalized_email(typed) == "anna@b\u00fccher.example"


@pytest.mark.parametrize(
    "other", ["anna@bucher.example", "anna@stra\u00dfe.example", "anna@strasse.example"]
)
def test_another_domain_is_another_mailbox(other: str) -> None:
    assert normalized_email(other) == other


@pytest.mark.parametrize(
    "no_name", ["anna@xn--\u00fc.example", "anna@xn--zz--.example", "anna@\u200d"]
)
def test_what_is_no_name_of_a_host_is_left_for_others_to_refuse(no_name: str) -> None:
    assert "@" in normalized_email(no_name)


@pytest.mark.parametrize(
    "email",
    [
        "anna@\u2603.example",  # a snowman is a letter of no script
        "anna@\u0661\u0662\u0663.example",  # RFC 5893: a label does not begin with such a digit
        "anna@\u0627a.example",
        "anna@\u00b7.example",
        "anna@" + "\u00fc" * 60 + ".example",  # longer than 63 octets in punycode
    ],
)
def test_a_domain_that_no_mail_can_be_sent_to_is_refused(charlie: Caller, email: str) -> None:
    form = {"email": email, "password": PASSWORD, "name": "Anna"}
    for path, body in (("register", form), ("password/reset", {"email": email})):
        reply = charlie.post(f"/auth/{path}", body)
        assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (400, "/email")
    assert not Mail.objects.exists()


def test_one_mailbox_registers_once_and_signs_in_by_each_spelling(charlie: Caller) -> None:
    for email in SPELLINGS:
        form = {"email": email, "password": PASSWORD, "name": "Anna"}
        assert charlie.post("/auth/register", form).status_code == 202
    assert User.objects.count() == 1
    for email in SPELLINGS:
        login = {"email": email, "password": PASSWORD}
        assert Caller().post("/auth/login", login).status_code == 200


def as_it_was_written(user: User, email: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_user SET email = %s WHERE id = %s",
            [email, user.id if connection.vendor == "postgresql" else user.id.hex],
        )


def migrated() -> None:
    """What the migration does to rows; on today's tables, which later migrations change."""
    migration = import_module("accounts.migrations.0003_one_mailbox")
    migration.respell(apps, SimpleNamespace(connection=connection))


def test_an_account_of_before_gets_the_one_spelling(db: None) -> None:
    anna, bob = (User.objects.create_user(email) for email in ("a@x.example", "bob@x.example"))
    as_it_was_written(anna, "anna@xn--bcher-kva.example")
    migrated()
    found = {user.id: user.email for user in User.objects.all()}
    assert found == {anna.id: "anna@b\u00fccher.example", bob.id: "bob@x.example"}


@pytest.mark.parametrize("punycode_is_used", [True, False])
def test_of_two_accounts_of_a_mailbox_the_one_in_use_keeps_it(
    db: None, *, punycode_is_used: bool
) -> None:
    now = timezone.now()
    letters = User.objects.create_user("anna@b\u00fccher.example", last_login=now)
    other = User.objects.create_user("c@x.example", last_login=now + timedelta(days=1))
    if not punycode_is_used:
        User.objects.filter(id=other.id).update(last_login=None)
    as_it_was_written(other, "anna@xn--bcher-kva.example")
    migrated()
    keeper, closed = (other, letters) if punycode_is_used else (letters, other)
    keeper.refresh_from_db()
    closed.refresh_from_db()
    assert (keeper.email, keeper.is_active) == ("anna@b\u00fccher.example", True)
    assert (closed.email, closed.is_active) == (f"{closed.id}@duplicate.invalid", False)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Alice@Example.COM", "alice@example.com"),
        ("  alice@example.com\n", "alice@example.com"),
        ("ALICE@EXAMPLE.COM", "alice@example.com"),
    ],
)
def test_an_e_mail_address_has_one_spelling(typed: str, stored: str) -> None:
    assert normalized_email(typed) == stored


@pytest.mark.parametrize("email", ["دعم@example.com", "jörg.müller@bücher.example"])
def test_an_address_of_any_script_registers_and_signs_in(charlie: Caller, email: str) -> None:
    form = {"email": email, "password": PASSWORD, "name": ""}
    assert charlie.post("/auth/register", form).status_code == 202
    login = {"email": email.upper(), "password": PASSWORD}
    assert Caller().post("/auth/login", login).status_code == 200
    User.objects.get().full_clean()


@pytest.mark.parametrize(
    "email", ["a\u202eb@example.com", "a\u200bb@example.com", "a b@x.example", "a..b@x.example"]
)
def test_what_cannot_be_seen_is_no_part_of_an_address(charlie: Caller, email: str) -> None:
    form = {"email": email, "password": PASSWORD, "name": ""}
    assert charlie.post("/auth/register", form).json()["code"] == "invalid"
