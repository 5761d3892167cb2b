"""A forgotten password is replaced by whoever reads the mail; who has an account stays unsaid."""

import re
import statistics
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.errors import LinkInvalid
from accounts.models import ApiKey, Mail, User
from accounts.services import password_reset
from accounts.services.refreshes import session_refresh
from accounts.services.sign_in import session_open
from accounts.services.users import password_change, user_register
from platform_site.kit.auth.revocations import session_is_revoked
from platform_site.kit.auth.tokens import TokenRevoked
from platform_site.kit.rest.problems import InvalidRequest
from platform_site.kit.rest.rate_limits import RateLimited
from tests.accounts.callers import PASSWORD
from tests.accounts.letters import sent_mails, subjects, token_of

NEW_PASSWORD = "a different long password"


def asked(email: str = "alice@example.com", counted_as: str = "192.0.2.1") -> None:
    password_reset.reset_request(email=email, counted_as=counted_as)


def token(email: str = "alice@example.com") -> str:
    asked(email)
    return token_of(sent_mails()[-1], "reset-password")


def test_a_new_password_ends_every_session_and_verifies_the_address(alice_user: User) -> None:
    pair = session_open(email=alice_user.email, password=PASSWORD, device="", address="192.0.2.1")
    password_reset.reset_confirm(token=token(), password=NEW_PASSWORD)
    assert session_is_revoked(pair.session_id) is True
    with pytest.raises(TokenRevoked):
        session_refresh(raw=pair.refresh, address="")
    before, alice_user = alice_user, User.objects.get()
    assert alice_user.check_password(NEW_PASSWORD)
    assert alice_user.email_verified_at is not None
    assert alice_user.sign_out_epoch == before.sign_out_epoch + 1
    assert subjects() == [("alice@example.com", "A new password was set")]


@pytest.mark.parametrize("is_verified", [False, True])
def test_what_was_made_before_anybody_had_shown_the_address_ends(
    alice_user: User, *, is_verified: bool
) -> None:
    if is_verified:
        User.objects.update(email_verified_at=timezone.now())
    key = ApiKey.objects.create(
        user=alice_user, name="k", prefix="ip_live_x", digest="d" * 64, scopes="images:read"
    )
    password_reset.reset_confirm(token=token(), password=NEW_PASSWORD)
    key.refresh_from_db()
    assert (key.revoked_at is None) is is_verified


def test_a_link_is_used_once_and_dies_with_every_other_change_of_the_password(
    alice_user: User,
) -> None:
    first, second, third = token(), token(), token()
    password_reset.reset_confirm(token=first, password=NEW_PASSWORD)
    for used in (first, second, third):
        with pytest.raises(LinkInvalid):
            password_reset.reset_confirm(token=used, password="yet another password")
    assert User.objects.get().check_password(NEW_PASSWORD)
    session = session_open(
        email="alice@example.com", password=NEW_PASSWORD, device="", address="192.0.2.1"
    )
    fresh = token()
    password_change(
        session=alice_user.sessions.select_related("user").get(id=session.session_id),
        current=NEW_PASSWORD,
        new="one of my own choice",
    )
    with pytest.raises(LinkInvalid):
        password_reset.reset_confirm(token=fresh, password="yet another password")


def test_a_weak_password_does_not_use_the_link_up(alice_user: User) -> None:
    link = token()
    with pytest.raises(InvalidRequest) as refusal:
        password_reset.reset_confirm(token=link, password="alice")
    assert {error.pointer for error in refusal.value.errors} == {"/password"}
    password_reset.reset_confirm(token=link, password=NEW_PASSWORD)
    assert User.objects.get().check_password(NEW_PASSWORD)


@pytest.mark.parametrize(
    "change",
    [{"is_active": False}, {"deletion_due_at": timezone.now() - timedelta(seconds=1)}],
    ids=["closed", "deleted"],
)
def test_nobody_without_an_open_account_gets_mail_or_stays_in_the_outbox(
    alice_user: User, change: dict[str, object]
) -> None:
    User.objects.update(**change)
    asked()
    asked("nobody@example.com")
    assert subjects() == []
    assert Mail.objects.count() == 0


def test_mail_goes_to_the_address_of_the_account_in_its_language(db: None) -> None:
    User.objects.create_user("anna@bücher.example", PASSWORD, language="ar")
    asked("Anna@XN--BCHER-KVA.example")
    assert subjects() == [("anna@xn--bcher-kva.example", "اختر كلمة مرور جديدة")]


def test_nobody_is_flooded_and_nobody_floods(alice_user: User, bob_user: User) -> None:
    for number in range(12):
        asked(counted_as=f"192.0.2.{number}")
    assert len(subjects()) == 5
    asked("bob@example.com")
    for number in range(28):
        asked(f"person{number}@example.com")
    with pytest.raises(RateLimited):
        asked("one-more@example.com")
    asked("one-more@example.com", counted_as="198.51.100.1")


def statements(email: str) -> list[str]:
    """The kinds of the statements of one request, with the tables and columns in them."""
    with CaptureQueriesContext(connection) as captured:
        asked(email, counted_as=email)
    return [query["sql"].partition("VALUES")[0] for query in captured.captured_queries]


def test_the_database_is_asked_the_same_for_a_known_and_an_unknown_address(
    alice_user: User,
) -> None:
    known, unknown = statements("alice@example.com"), statements("nobody@example.com")
    assert known == unknown
    assert len(known) == 1


def test_registering_asks_the_same_in_kind_for_a_new_and_a_taken_address(alice_user: User) -> None:
    def asked_by(email: str) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            user_register(email=email, password=NEW_PASSWORD, name="", counted_as=email)
        sent = [query["sql"].partition("VALUES")[0] for query in captured.captured_queries]
        return [re.sub(r"'[^']*'|\d+", "?", sql) for sql in sent]

    known, unknown = asked_by("alice@example.com"), asked_by("nobody@example.com")
    assert [sql for sql in known if "SAVEPOINT" not in sql] == [
        sql for sql in unknown if "SAVEPOINT" not in sql
    ]
    assert len(known) == len(unknown) == (6 if connection.vendor == "postgresql" else 5)


def superiority(one: list[float], other: list[float]) -> float:
    """How often a time of ``one`` is longer than one of ``other``: Mann and Whitney's U / (n m)."""
    pairs = [(a > b) + (a == b) / 2 for a in one for b in other]
    return statistics.fmean(pairs)


@pytest.mark.long
def test_neither_kind_of_address_takes_longer(alice_user: User, settings: Settings) -> None:
    """In CPU time of this thread, in pairs, so that a busy machine tells nothing of either.

    An answer that hashes or asks once more for one of them would be longer almost always; the
    bound is six standard deviations of U for equal times (n = m = 150), so chance fails it never.
    """
    settings.ACCOUNT_RATE_LIMITS = {"mailbox": (10_000, 60), "password_reset": (10_000, 60)}
    times: dict[str, list[float]] = {"alice@example.com": [], "nobody@example.com": []}
    for number in range(160):
        for email in sorted(times, reverse=bool(number % 2)):
            began = time.thread_time()
            asked(email)
            times[email].append(time.thread_time() - began)
    known, unknown = (found[10:] for found in times.values())
    assert abs(superiority(known, unknown) - 0.5) < 0.2
