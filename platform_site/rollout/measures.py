"""What Prometheus says of the two colours: `deploy/k8s/monitoring/prometheus/rules/rollout.yml`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from platform_site.rollout.judgement import Sight
from platform_site.rollout.ledger import Tally
from platform_site.rollout.prometheus import Sample

ROLES: Final = ("auth", "gateway", "images")
"""Those that answer requests; each colour has them."""


class Asked(Protocol):
    """Whoever answers a question in PromQL."""

    def query(self, expression: str, *, at: float) -> list[Sample]:
        """The series that it gave at the Unix second ``at``."""


def since(series: str, at: float) -> str:
    """How much each series of counters has grown since the Unix second ``at``; new ones wholly.

    Exact, where `increase` extrapolates and overlooks the first event of a series.

    >>> since("up", 1.5)
    '(clamp_min(up - (up @ 1.500), 0) or up)'
    """
    return f"(clamp_min({series} - ({series} @ {at:.3f}), 0) or {series})"


def sights(
    prometheus: Asked, *, new: str, old: str, traffic_at: float, began_at: float, at: float
) -> tuple[Sight, Sight]:
    """What was seen of the new colour and of the old one from ``began_at`` until ``at``.

    All at one moment: figures of two scrapes would not belong together.

    Raises `prometheus.NoAnswer`.
    """
    counted = _Counted(prometheus, began_at, at)
    requests = counted.by("colour:requests:total", "role")
    failures = counted.by("colour:failures:total", "role")
    timed = counted.by("colour:timed:total", "role")
    within = counted.by("colour:within:total", "role", "le")
    jobs = counted.by('images_jobs_total{colour!="",outcome=~"succeeded|failed"}', "outcome")
    broken = counted.by('celery_tasks_total{colour!="",outcome=~"failed|killed"}')
    restarts = counted.by("colour:process_starts:total")
    grown = _by(
        prometheus.query(
            "max by (colour, role) "
            f"(platform_memory_bytes - (platform_memory_bytes @ {traffic_at:.3f}))",
            at=at,
        ),
        "role",
    )
    answering = _by(
        prometheus.query('max by (colour, job) (max_over_time(up{colour!=""}[15s]))', at=at), "job"
    )

    def sight(colour: str) -> Sight:
        return Sight(
            failed={
                role: Tally(count, failures[colour].get((role,), 0.0))
                for (role,), count in requests[colour].items()
            },
            slow={
                (role, le): _slower(timed[colour].get((role,), 0.0), count)
                for (role, le), count in within[colour].items()
            },
            jobs=_jobs(jobs[colour], sum(broken[colour].values())),
            restarts=sum(restarts[colour].values()),
            silent=tuple(role for role in ROLES if not answering[colour].get((role,), 0.0)),
            growth_bytes={role: count for (role,), count in grown[colour].items()},
        )

    return sight(new), sight(old)


def _slower(events: float, within: float) -> Tally:
    return Tally(events, max(0.0, events - within))


Counts = Mapping[str, Mapping[tuple[str, ...], float]]


class _Counted:
    def __init__(self, prometheus: Asked, began_at: float, at: float) -> None:
        self._prometheus = prometheus
        self._began_at, self._at = began_at, at

    def by(self, series: str, *labels: str) -> Counts:
        """The growth of counters since then, by colour and then by ``labels``."""
        listed = ", ".join(("colour", *labels))
        return _by(
            self._prometheus.query(
                f"sum by ({listed}) ({since(series, self._began_at)})", at=self._at
            ),
            *labels,
        )


def _by(samples: Iterable[Sample], *labels: str) -> Counts:
    found: dict[str, dict[tuple[str, ...], float]] = defaultdict(dict)
    for sample in samples:
        key = tuple(sample.labels.get(label, "") for label in labels)
        found[sample.labels.get("colour", "")][key] = sample.value
    return found


def _jobs(by_outcome: Mapping[tuple[str, ...], float], broken: float) -> Tally:
    failed = by_outcome.get(("failed",), 0.0) + broken
    return Tally(by_outcome.get(("succeeded",), 0.0) + failed, failed)
