"""What the owner of the table may do to it, and how each is named."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts import selectors
from accounts.audit_chain import SHARDS, content_digest, link_hash
from accounts.models import AuditEntry, AuditHead
from accounts.services.audit import audit_record
from accounts.services.audit_exports import AuditBrokenError, audit_export
from accounts.services.audit_verification import audit_verify
from tests.accounts.test_signing_keys import entry as key_entry

SOMEBODY = UUID(int=SHARDS * 100 + 3)
ENTRIES = AuditEntry.objects.order_by("sequence")
FAR = 1000


@pytest.fixture(autouse=True)
def six_entries(db: None) -> None:
    for number in range(6):
        audit_record("factor.add", user_id=SOMEBODY, by=SOMEBODY, number=str(number))


def rehash(entry: AuditEntry) -> None:
    entry.hash = link_hash(
        shard=entry.shard,
        sequence=entry.sequence,
        previous=entry.previous_hash,
        content=content_digest(entry.content().document()),
    )
    entry.save()


def renumber(after: int, step: int) -> None:
    ids = list(ENTRIES.filter(sequence__gt=after).values_list("id", "sequence"))
    for row_id, sequence in ids if step < 0 else reversed(ids):
        AuditEntry.objects.filter(id=row_id).update(sequence=sequence + step)


def alter() -> None:
    ENTRIES.filter(sequence=3).update(by_id=uuid4())


def alter_details() -> None:
    ENTRIES.filter(sequence=3).update(details={"number": "9"})


def alter_and_hash() -> None:
    entry = ENTRIES.get(sequence=3)
    entry.outcome = "refused"
    rehash(entry)


def rewrite_all() -> None:
    previous = ""
    for entry in ENTRIES:
        entry.previous_hash = previous or entry.previous_hash
        entry.target = "else" if entry.sequence >= 3 else entry.target
        rehash(entry)
        previous = entry.hash


def delete() -> None:
    ENTRIES.filter(sequence=3).delete()


def delete_and_renumber() -> None:
    delete()
    renumber(3, -1)


def insert() -> None:
    before = ENTRIES.get(sequence=2)
    renumber(2, +1)
    before.id, before.sequence, before.previous_hash = uuid4(), 3, before.hash
    before._state.adding = True
    rehash(before)


def swap() -> None:
    third, fourth = ENTRIES.filter(sequence__in=(3, 4))
    for row, sequence in ((third, FAR), (fourth, 3), (third, 4)):
        AuditEntry.objects.filter(id=row.id).update(sequence=sequence)


def truncate() -> None:
    ENTRIES.filter(sequence__gt=4).delete()


def empty() -> None:
    ENTRIES.delete()


@pytest.mark.parametrize(
    ("crime", "found"),
    [
        (alter, (3, "altered")),
        (alter_details, (3, "altered")),
        (alter_and_hash, (3, "altered")),
        (rewrite_all, (6, "altered")),
        (delete, (3, "removed")),
        (delete_and_renumber, (3, "removed")),
        (insert, (3, "inserted")),
        (swap, (3, "moved")),
        (truncate, (5, "removed")),
        (empty, (1, "removed")),
    ],
)
def test_what_was_done_is_named(crime: Callable[[], None], found: tuple[int, str]) -> None:
    assert audit_export(directory=None) is not None
    assert audit_verify().findings == []
    crime()
    (finding,) = audit_verify().findings
    assert (finding.shard, (finding.sequence, finding.kind)) == (3, found)
    with pytest.raises(AuditBrokenError, match=f"{found[1]}: shard 3, sequence {found[0]}"):
        audit_export(directory=None, is_due=True)
    with pytest.raises(CommandError):
        call_command("verify_audit", stdout=StringIO())


def test_heads_that_were_kept_tell_what_the_table_does_not(tmp_path: Path) -> None:
    audit_export(directory=tmp_path)
    (file,) = tmp_path.iterdir()
    assert len(file.read_bytes().splitlines()) == 7
    truncate()
    AuditHead.objects.all().delete()
    call_command("verify_audit", stdout=StringIO())
    said = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_audit", heads=[file], stdout=said)
    assert "removed: shard 3, sequence 5: the end is missing" in said.getvalue()


def test_a_head_outlives_its_key_and_no_other_key_makes_one(settings: Settings) -> None:
    audit_export(directory=None)
    settings.SIGNING_KEYS = {"keys": [key_entry("next", "2026-01-01T00:00:00Z")]}
    assert [one.shard for one in audit_verify().findings] == [None]
    AuditHead.objects.all().delete()
    settings.SIGNING_KEYS = {"keys": [key_entry("first", "2026-01-01T00:00:00Z")]}
    audit_export(directory=None)
    both = [*settings.SIGNING_KEYS["keys"], key_entry("second", "2026-02-01T00:00:00Z")]
    settings.SIGNING_KEYS = {"keys": both}
    audit_export(directory=None, is_due=True)
    settings.SIGNING_KEYS = {"keys": both[1:]}
    assert audit_verify().findings == []
    AuditHead.objects.order_by("created_at").first().delete()  # type: ignore[union-attr]
    (finding,) = audit_verify().findings
    assert (finding.shard, finding.kind) == (None, "removed")


def test_it_is_signed_once_a_day_and_exported_once(tmp_path: Path) -> None:
    call_command("export_audit", directory=tmp_path, stdout=StringIO())
    said = StringIO()
    call_command("export_audit", directory=tmp_path, stdout=said)
    assert "younger than a day" in said.getvalue()
    audit_record("factor.remove", user_id=SOMEBODY, by=SOMEBODY)
    done = audit_export(directory=None, is_due=True)
    assert done is not None
    assert (done.entries, AuditHead.objects.count()) == (1, 2)


def test_a_chain_is_read_some_entries_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "AUDIT_BATCH", 2)
    with CaptureQueriesContext(connection) as sent:
        assert audit_verify().entries == 6
    limited = [one for one in sent.captured_queries if one["sql"].endswith("LIMIT 2")]
    assert len(limited) == SHARDS + 3
