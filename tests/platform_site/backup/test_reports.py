"""Reports of runs beside the backups: signed, bounded in number, and believed only as signed."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from platform_site.backup import reports
from platform_site.backup.keyring import Keyring
from platform_site.backup.models import RecordedRun
from platform_site.backup.reports import report_keep, reports_read
from platform_site.backup.runs import run_report
from platform_site.backup.stores import DirectoryStore

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
WORD = "a long word of ours"


def ended(number: int) -> RecordedRun:
    began = MONDAY + timedelta(days=number)
    return RecordedRun(kind="backup", outcome="succeeded", started_at=began, rows=number)


def test_a_report_says_what_the_row_says_and_comes_in_order(directory: DirectoryStore) -> None:
    keyring = Keyring.ensured(directory, WORD)
    runs = [ended(number) for number in range(3)]
    for run in reversed(runs):
        report_keep(run, directory, keyring)
    assert list(reports_read(directory, keyring)) == [run_report(run) for run in runs]
    known = {str(run.id) for run in runs[:2]}
    (directory.path / "runs" / min(directory.names("runs/"))[5:]).write_text("never read")
    assert list(reports_read(directory, keyring, known=known)) == [run_report(runs[2])]


def test_what_somebody_else_wrote_or_changed_is_left_out(directory: DirectoryStore) -> None:
    keyring = Keyring.ensured(directory, WORD)
    for number in range(3):
        report_keep(ended(number), directory, keyring)
    first, second, _ = sorted((directory.path / "runs").iterdir())
    document = json.loads(first.read_text())
    document["run"]["outcome"] = "failed"
    first.write_text(json.dumps(document))
    second.write_text("{")
    assert [report["rows"] for report in reports_read(directory, keyring)] == [2]


def test_the_oldest_are_let_go(directory: DirectoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "KEPT", 2)
    keyring = Keyring.ensured(directory, WORD)
    for number in range(4):
        report_keep(ended(number), directory, keyring)
    assert [report["rows"] for report in reports_read(directory, keyring)] == [2, 3]
