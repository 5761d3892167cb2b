"""Writes down each run while it goes on, and makes the report that is kept beside the backups.

A table that cannot be written is logged and stops nothing: the backup counts, not its row.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from platform_site.backup.models import RecordedRun

log = structlog.get_logger(__name__)

ABANDONED_AFTER: Final = timedelta(hours=12)
"""A run that has not ended by then was killed: every one of them has a deadline below it."""
ABANDONED: Final = "It was ended from outside, and could not say why."
_TIMES: Final = ("started_at", "ended_at", "recovers_to")
_LONGEST_REASON: Final = 500


@contextmanager
def run_recorded(kind: RecordedRun.Kind) -> Iterator[RecordedRun]:
    """A run that begins now and ends with the block; the block fills in what it has found.

    What the block raises is written as the reason, and raised on.
    """
    run = RecordedRun(kind=kind, release=settings.VERSION)
    _abandoned_end(kind)
    _write(run)
    try:
        yield run
    except BaseException as exc:
        run.outcome = RecordedRun.Outcome.FAILED
        run.reason = (str(exc) or type(exc).__name__)[:_LONGEST_REASON]
        raise
    else:
        run.outcome = RecordedRun.Outcome.SUCCEEDED
    finally:
        run.ended_at = timezone.now()
        _write(run)


def run_report(run: RecordedRun) -> dict[str, Any]:
    """The run as JSON, to be kept where a restore of the database does not reach."""
    report: dict[str, Any] = {
        field.attname: getattr(run, field.attname)
        for field in RecordedRun._meta.concrete_fields  # noqa: SLF001
    }
    moments = {name: report[name].isoformat() if report[name] else None for name in _TIMES}
    return {**report, **moments, "id": str(run.id)}


def runs_take_in(reports: Iterable[Mapping[str, Any]]) -> int:
    """Write what those reports tell into the table; the number of rows that were made or changed.

    For the database that has just been restored: it knows nothing of what came after its backup.
    A field that this release does not know is left out, and a report that is none is logged.
    """
    known = {field.attname for field in RecordedRun._meta.concrete_fields}  # noqa: SLF001
    changed = 0
    for report in reports:
        values: dict[str, Any] = {key: value for key, value in report.items() if key in known}
        try:
            moments = [name for name in _TIMES if name == "started_at" or values.get(name)]
            values |= {name: datetime.fromisoformat(values[name]) for name in moments}
            changed += _taken_in(values)
        except (KeyError, TypeError, ValueError, ValidationError) as exc:
            log.warning("backup_report_unreadable", error=type(exc).__name__)
    return changed


def runs_ended() -> set[str]:
    """The ids of the runs of which the table has the end, as they saw it themselves."""
    ended = RecordedRun.objects.exclude(outcome=RecordedRun.Outcome.RUNNING)
    return set(map(str, ended.exclude(reason=ABANDONED).values_list("id", flat=True)))


def _taken_in(values: dict[str, Any]) -> bool:
    """Whether the table lacked it."""
    found = RecordedRun.objects.filter(id=values["id"]).first()
    if found is not None and found.outcome == values["outcome"]:
        return False
    RecordedRun.objects.update_or_create(id=values.pop("id"), defaults=values)
    return True


def _abandoned_end(kind: RecordedRun.Kind) -> None:
    now = timezone.now()
    with _forgiven("backup_run_not_ended"):
        RecordedRun.objects.filter(
            kind=kind,
            outcome=RecordedRun.Outcome.RUNNING,
            started_at__lt=now - ABANDONED_AFTER,
        ).update(outcome=RecordedRun.Outcome.FAILED, reason=ABANDONED, ended_at=now)


def _write(run: RecordedRun) -> None:
    with _forgiven("backup_run_not_written"):
        run.save()


@contextmanager
def _forgiven(event: str) -> Iterator[None]:
    """Log that the table cannot be written, and go on."""
    try:
        yield
    except DatabaseError as exc:
        log.warning(event, error=type(exc).__name__)
        connection.close()
