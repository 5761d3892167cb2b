"""What is recorded, chained, by whoever acts at once; the same on PostgreSQL and SQLite."""

from importlib import import_module
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts import metrics
from accounts.audit_chain import GENESIS, SHARDS, content_digest, link_hash
from accounts.models import AuditEntry, User
from accounts.services.audit import audit_record
from accounts.services.sign_in import session_open
from tests.accounts.callers import PASSWORD, Caller, in_parallel

SOMEBODY = UUID(int=SHARDS * 100)


def chained(shard: int) -> list[AuditEntry]:
    """The entries of a chain, of which each follows the one before."""
    entries = list(AuditEntry.objects.filter(shard=shard).order_by("sequence"))
    previous = GENESIS
    for number, entry in enumerate(entries, 1):
        assert (entry.sequence, entry.previous_hash) == (number, previous)
        digest = content_digest(entry.content().document())
        assert entry.hash == link_hash(
            shard=shard, sequence=number, previous=previous, content=digest
        )
        previous = entry.hash
    return entries


def test_a_sign_in_is_recorded_with_who_what_and_from_where(alice_user: User) -> None:
    reply = Caller().post(
        "/auth/login", {"email": alice_user.email, "password": PASSWORD}, User_Agent="Firefox"
    )
    (entry,) = AuditEntry.objects.all()
    assert (entry.act, entry.outcome) == ("sign_in", "succeeded")
    assert (entry.user_id, entry.by_id) == (alice_user.id, alice_user.id)
    assert (entry.address, entry.device) == ("127.0.0.1", "Firefox")
    assert entry.target == str(alice_user.sessions.get().id)
    assert entry.details == {"methods": "pwd"}
    assert entry.request_id == reply.headers["X-Request-ID"]


def test_a_refusal_keeps_no_word_that_was_typed(alice_user: User) -> None:
    for email in (alice_user.email, "my secret pass phrase", "my secret pass phrase"):
        Caller().post("/auth/login", {"email": email, "password": "wrong password"})
    Caller().post("/auth/login", {"email": "a@b.example", "password": "wrong password"})
    known, *unknown = AuditEntry.objects.order_by("created_at", "id")
    assert (known.user_id, known.by_id, known.outcome) == (alice_user.id, None, "refused")
    assert {entry.user_id for entry in unknown} <= {None}
    assert "secret" not in str(list(AuditEntry.objects.values()))


def test_what_is_recorded_follows_what_was_recorded_before(db: None) -> None:
    audit_record("factor.add", user_id=SOMEBODY, by=SOMEBODY, target="t\0\ud800", kind="otp é")
    audit_record("factor.add", user_id=SOMEBODY, by=None, device="d" * 500, address="a" * 90)
    first, second = chained(0)
    assert (first.target, first.details) == ("t?", {"kind": "otp é"})
    assert (len(second.device), len(second.address)) == (200, 45)


def test_entries_that_stay_are_counted_by_act_and_outcome(
    db: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    counted = metrics.AUDIT_ENTRIES.labels("factor.add", "refused")._value
    before = counted.get()
    with django_capture_on_commit_callbacks(execute=True):
        audit_record("factor.add", user_id=SOMEBODY, by=None, outcome="refused")
        assert counted.get() == before
    assert counted.get() == before + 1


def test_an_act_that_is_taken_back_has_no_entry(db: None) -> None:
    with transaction.atomic():
        audit_record("factor.add", user_id=SOMEBODY, by=SOMEBODY)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


def test_an_entry_takes_two_statements(alice_user: User) -> None:
    with transaction.atomic(), CaptureQueriesContext(connection) as sent:
        audit_record("factor.add", user_id=SOMEBODY, by=SOMEBODY)
    own = [one["sql"] for one in sent.captured_queries if "SAVEPOINT" not in one["sql"]]
    assert len(own) == (2 if connection.vendor == "postgresql" else 1)


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_leave_whole_chains() -> None:
    def write(number: int) -> None:
        for step in range(10):
            with transaction.atomic():
                audit_record("factor.add", user_id=SOMEBODY, by=SOMEBODY, step=str(step))
                audit_record("factor.remove", user_id=UUID(int=number), by=SOMEBODY)

    in_parallel(20, write)
    assert sum(len(chained(shard)) for shard in range(SHARDS)) == 400


@pytest.mark.django_db(transaction=True)
def test_a_chain_that_is_held_is_passed_by() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    with transaction.atomic():
        audit_record("factor.add", user_id=SOMEBODY, by=SOMEBODY)
        in_parallel(1, lambda _: audit_record("factor.add", user_id=SOMEBODY, by=SOMEBODY))
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
            assert cursor.fetchone() == (1,)
    assert sorted(AuditEntry.objects.values_list("shard", flat=True)) == [0, 1]


def test_a_sign_in_without_its_entry_is_none(alice_user: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_audit_entry RENAME TO elsewhere")
    with pytest.raises(DatabaseError), transaction.atomic():
        session_open(email=alice_user.email, password=PASSWORD, device="", address="")
    assert not alice_user.sessions.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET created_at = created_at",
        "DELETE FROM {}",
        "TRUNCATE {}",
    ],
)
@pytest.mark.parametrize("table", ["accounts_audit_entry", "accounts_audit_head"])
def test_nobody_changes_an_entry(db: None, table: str, statement: str) -> None:
    if connection.vendor == "sqlite" and "TRUNCATE" in statement:
        pytest.skip("SQLite has no TRUNCATE")
    audit_record("factor.add", user_id=SOMEBODY, by=SOMEBODY)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_audit_head (id, created_at, kid, jws) "
            "VALUES ('00000000000000000000000000000001', '2026-01-01 00:00:00+00', 'k', 'j')"
        )
    # Not entered: that of SQLite refuses to be, in the transaction of a test.
    editor = connection.SchemaEditorClass(connection)
    import_module("accounts.migrations.0009_audit").refuse_changes(None, editor)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))
