"""What a worker tells Prometheus about backups, made of `platform_site.backup.selectors`.

It is the same in every worker, since all ask the same table: take the maximum of a gauge, never
the sum. What never happened has no sample, so that no expression takes a 0 for a moment of 1970;
what is expected has one from the start, so that a platform without any backup is seen.
"""

from collections.abc import Mapping
from typing import Any, Final

from prometheus_client.core import GaugeMetricFamily

from platform_site.backup.models import RecordedRun
from platform_site.backup.selectors import NewestRuns

GAUGES: Final[Mapping[str, tuple[str, list[str]]]] = {
    "backup_interval_seconds": (
        "Within how long a run of the kind is to succeed; 0 where nobody expects any.",
        ["kind"],
    ),
    "backup_last_success_timestamp_seconds": (
        "When the last run of the kind that succeeded began, in Unix time.",
        ["kind"],
    ),
    "backup_last_ok": ("1 when the last run of the kind that ended has succeeded.", ["kind"]),
    "backup_last_seconds": ("How long the last run of the kind that succeeded took.", ["kind"]),
    "backup_rows": ("Rows in the last run of the kind that succeeded.", ["kind"]),
    "backup_objects": ("Objects in the last run of the kind that succeeded.", ["kind"]),
    "backup_bytes": ("Bytes in the last run of the kind that succeeded.", ["kind"]),
    "rehearsal_checked_ratio": (
        "Share of the objects of which the last rehearsal compared the hash; 1 is all.",
        [],
    ),
    "rehearsal_recovery_seconds": ("Time that the last rehearsal took to restore (RTO).", []),
    "rehearsal_recovery_point_seconds": (
        "What a disaster at the start of the last rehearsal would have lost (RPO).",
        [],
    ),
    "recovery_point_objective_seconds": ("How much a disaster may lose, at the most.", []),
}
"""By name without the prefix: what it is, and its labels."""
PREFIX: Final = "platform"
GaugesByName = dict[str, GaugeMetricFamily]


def run_gauges(report: Mapping[str, Any] | None) -> list[GaugeMetricFamily]:
    """Every gauge, with samples for what ``report`` knows; ``None`` is no report at all."""
    gauges = {
        name: GaugeMetricFamily(f"{PREFIX}_{name}", about, labels=labels)
        for name, (about, labels) in GAUGES.items()
    }
    if report is not None and report["runs"] is not None:
        objective_s = report["recovery_point_objective_s"]
        gauges["recovery_point_objective_seconds"].add_metric([], objective_s)
        for kind, newest in report["runs"].items():
            _add_kind(gauges, kind, newest)
        _add_rehearsal(gauges, report["runs"][RecordedRun.Kind.REHEARSAL])
    return list(gauges.values())


def _add_kind(gauges: GaugesByName, kind: str, newest: NewestRuns) -> None:
    if kind in {RecordedRun.Kind.BACKUP, RecordedRun.Kind.REHEARSAL}:
        gauges["backup_interval_seconds"].add_metric([kind], newest.interval_s)
    if newest.ended is not None:
        ok = newest.ended.outcome == RecordedRun.Outcome.SUCCEEDED
        gauges["backup_last_ok"].add_metric([kind], float(ok))
    if (run := newest.succeeded) is not None:
        for name, value in {
            "backup_last_success_timestamp_seconds": run.started_at.timestamp(),
            "backup_last_seconds": run.seconds,
            "backup_rows": run.rows,
            "backup_objects": run.objects_total,
            "backup_bytes": run.bytes_total,
        }.items():
            if value is not None:
                gauges[name].add_metric([kind], value)


def _add_rehearsal(gauges: GaugesByName, newest: NewestRuns) -> None:
    """Of the last that ended: one that failed may have come as far as to be measured."""
    if (run := newest.ended) is not None:
        for name, value in {
            "rehearsal_checked_ratio": run.checked_ratio,
            "rehearsal_recovery_seconds": run.recovery_time_s,
            "rehearsal_recovery_point_seconds": run.recovery_point_s,
        }.items():
            if value is not None:
                gauges[name].add_metric([], value)
