"""What Prometheus is told of backups: nothing of what never happened, and what is expected."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import override_settings

from platform_site.backup.gauges import GAUGES, run_gauges
from platform_site.backup.models import RecordedRun
from platform_site.backup.selectors import newest_runs, runs_report

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
INTERVALS = override_settings(
    BACKUP_INTERVALS_S={"backup": 86_400, "rehearsal": 604_800}, RECOVERY_POINT_OBJECTIVE_S=60
)
EXPECTED = {
    "platform_backup_interval_seconds/backup": 86_400,
    "platform_backup_interval_seconds/rehearsal": 604_800,
    "platform_recovery_point_objective_seconds": 60,
}


def ended(kind: str, outcome: str, began: datetime, **found: float) -> RecordedRun:
    return RecordedRun.objects.create(
        kind=kind,
        outcome=outcome,
        started_at=began,
        ended_at=began + timedelta(seconds=90),
        **found,
    )


def told() -> dict[str, float]:
    return {
        "/".join([sample.name, *sample.labels.values()]): sample.value
        for gauge in run_gauges(runs_report())
        for sample in gauge.samples
    }


@INTERVALS
def test_a_platform_without_a_backup_tells_what_is_expected_and_no_0() -> None:
    assert told() == EXPECTED


@INTERVALS
def test_a_failure_hides_no_earlier_success() -> None:
    ended("backup", "succeeded", MONDAY, rows=12, objects_total=3, bytes_total=4096)
    ended("backup", "failed", MONDAY + DAY)
    RecordedRun.objects.create(kind="backup", started_at=MONDAY + 2 * DAY)
    assert told() == {
        **EXPECTED,
        "platform_backup_last_ok/backup": 0,
        "platform_backup_last_success_timestamp_seconds/backup": MONDAY.timestamp(),
        "platform_backup_last_seconds/backup": 90,
        "platform_backup_rows/backup": 12,
        "platform_backup_objects/backup": 3,
        "platform_backup_bytes/backup": 4096,
    }


@INTERVALS
def test_a_rehearsal_tells_what_it_measured_also_when_it_failed() -> None:
    measured = {
        "recovery_time_s": 12.5,
        "recovery_point_s": 31,
        "objects_total": 200,
        "objects_checked": 50,
    }
    ended("rehearsal", "failed", MONDAY, **measured)
    assert told() == {
        **EXPECTED,
        "platform_backup_last_ok/rehearsal": 0,
        "platform_rehearsal_checked_ratio": 0.25,
        "platform_rehearsal_recovery_seconds": 12.5,
        "platform_rehearsal_recovery_point_seconds": 31,
    }


@pytest.mark.django_db(transaction=True)
def test_without_the_table_every_gauge_is_named_and_none_has_a_sample() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE backup_run RENAME TO backup_run_away")
    try:
        assert told() == {}
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE backup_run_away RENAME TO backup_run")
    assert [gauge.name for gauge in run_gauges(None)] == [f"platform_{name}" for name in GAUGES]


@INTERVALS
def test_the_next_is_due_an_interval_after_the_last_success() -> None:
    assert newest_runs("backup").due_by is None
    ended("backup", "succeeded", MONDAY)
    ended("backup", "failed", MONDAY + DAY)
    assert newest_runs("backup").due_by == MONDAY + DAY
    assert newest_runs("restore").due_by is None
