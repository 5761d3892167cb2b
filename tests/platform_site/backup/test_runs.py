"""Runs are written down while they go on, and a table that cannot be written stops none."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from platform_site.backup.models import RecordedRun
from platform_site.backup.runs import (
    ABANDONED,
    ABANDONED_AFTER,
    run_recorded,
    run_report,
    runs_take_in,
)

pytestmark = pytest.mark.django_db
BACKUP, REHEARSAL = RecordedRun.Kind.BACKUP, RecordedRun.Kind.REHEARSAL


def stored() -> RecordedRun:
    return RecordedRun.objects.get()


@override_settings(VERSION="1.2.3")
def test_a_run_is_there_while_it_goes_on_and_says_what_it_found() -> None:
    with run_recorded(BACKUP) as run:
        assert (stored().outcome, stored().ended_at, stored().rows) == ("running", None, None)
        run.rows, run.backup = 7, "20261128T020000Z"
    found = stored()
    assert (found.outcome, found.rows, found.release) == ("succeeded", 7, "1.2.3")
    assert found.backup == "20261128T020000Z"
    assert found.ended_at is not None
    assert found.seconds is not None
    assert found.reason == ""


@pytest.mark.parametrize("failure", [ValueError("The disk is full."), KeyboardInterrupt()])
def test_what_stops_a_run_is_its_reason_and_is_raised_on(failure: BaseException) -> None:
    with pytest.raises(type(failure)), run_recorded(REHEARSAL):
        raise failure
    assert stored().outcome == "failed"
    assert stored().reason == (str(failure) or "KeyboardInterrupt")


def test_a_long_reason_is_cut_and_written() -> None:
    with pytest.raises(ValueError, match="long"), run_recorded(REHEARSAL):
        raise ValueError("long " * 500)
    assert len(stored().reason) == 500


@pytest.mark.django_db(transaction=True)
def test_a_table_that_is_not_there_stops_no_backup() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE backup_run RENAME TO backup_run_away")
    try:
        with run_recorded(BACKUP) as run:
            done = True
        assert (done, run.outcome) == (True, "succeeded")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE backup_run_away RENAME TO backup_run")
    assert not RecordedRun.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_table_that_comes_back_has_the_whole_run() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE backup_run RENAME TO backup_run_away")
    with run_recorded(BACKUP) as run:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE backup_run_away RENAME TO backup_run")
        run.rows = 7
    assert (stored().outcome, stored().rows) == ("succeeded", 7)


def test_a_run_that_was_killed_is_ended_by_the_next_of_its_kind() -> None:
    long_ago = timezone.now() - ABANDONED_AFTER - timedelta(minutes=1)
    killed = RecordedRun.objects.create(kind=REHEARSAL, started_at=long_ago)
    going_on = RecordedRun.objects.create(kind=REHEARSAL)
    with run_recorded(REHEARSAL):
        pass
    killed.refresh_from_db()
    going_on.refresh_from_db()
    assert (killed.outcome, killed.reason) == ("failed", ABANDONED)
    assert going_on.outcome == "running"


def test_a_restored_table_learns_what_came_after_its_backup() -> None:
    with run_recorded(BACKUP) as backup:
        backup.rows, backup.recovers_to = 7, timezone.now()
        as_dumped = RecordedRun.objects.get()
    with pytest.raises(ValueError, match="differs"), run_recorded(REHEARSAL) as rehearsal:
        raise ValueError("One object differs.")
    reports = [run_report(backup), run_report(rehearsal)]
    RecordedRun.objects.all().delete()
    as_dumped.save(force_insert=True)  # the dump has the run that made it, which had not ended
    assert runs_take_in(reports) == 2
    assert [run_report(run) for run in RecordedRun.objects.order_by("started_at")] == reports
    assert runs_take_in(reports) == 0


def test_a_report_of_another_release_gives_what_this_one_knows() -> None:
    report = {**run_report(RecordedRun(kind=BACKUP, outcome="succeeded")), "colour": "blue"}
    unreadable = [{}, {**report, "started_at": "yesterday"}, {**report, "id": "x"}]
    assert runs_take_in([*unreadable, report]) == 1
    assert str(stored().id) == report["id"]
