"""The vocabulary of our dashboards: boards, rows and panels, without Grafana's words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

Kind = Literal["lines", "areas", "number"]
Steps = Sequence[tuple[float, str]]
"""From a value on, a colour; below the first it is green (or plain, on a panel without steps)."""

ORANGE, RED, GREEN, BLUE = "orange", "red", "green", "blue"


@dataclass(frozen=True, slots=True)
class Query:
    """One expression; ``legend`` may name labels as ``{{role}}``."""

    expr: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture. ``unit`` is Grafana's id; ``runbook`` is a file and its anchor."""

    title: str
    description: str
    unit: str
    queries: Sequence[Query]
    kind: Kind = "lines"
    width: int = 12
    steps: Steps = ()
    below: str = GREEN
    decimals: int | None = None
    lowest: float | None = 0
    highest: float | None = None
    runbook: str = ""
    board: str = ""
    exemplars: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Panels under one heading."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True, slots=True)
class Board:
    """One dashboard; ``name`` is its file, ``platform-<name>`` its uid."""

    name: str
    title: str
    description: str
    rows: Sequence[Row] = field(default_factory=tuple)

    @property
    def uid(self) -> str:
        """How links and alerts find it."""
        return f"platform-{self.name}"


RATE: Final = "[$__rate_interval]"


def number(title: str, description: str, unit: str, expr: str, **others: object) -> Panel:
    """One value in large print, with its recent course behind it."""
    return Panel(title, description, unit, (Query(expr),), "number", **{"width": 4, **others})  # type: ignore[arg-type]


def rate(metric: str, by: str, matchers: str = "") -> str:
    """How often a counter counts each second, by labels."""
    return f"sum by ({by}) (rate({metric}{{{matchers}}}{RATE}))"


def quantile(q: float, metric: str, by: str, matchers: str = "") -> str:
    """The time within which a share ``q`` of the observations fell, in seconds."""
    inner = f"sum by (le, {by}) (rate({metric}_bucket{{{matchers}}}{RATE}))"
    return f"histogram_quantile({q}, {inner})"


def requests_panels(role: str, *, runbook: str = "latency.md#latencyburnsfast") -> Sequence[Panel]:
    """The four panels that every service has: rate, errors, duration by route, and the slowest."""
    mine = f'role="{role}"'
    return (
        Panel(
            "Requests by route",
            "Requests that were answered each second, by the route's template.",
            "reqps",
            (Query(rate("http_requests_total", "method, route", mine), "{{method}} {{route}}"),),
            kind="areas",
            runbook="availability.md#availabilityburnsfast",
        ),
        Panel(
            "Responses by status",
            "Responses a second by status. 5xx are ours and spend the error budget; 4xx are not.",
            "reqps",
            (Query(rate("http_requests_total", "status", mine), "{{status}}"),),
            kind="areas",
            runbook="availability.md#availabilityburnsfast",
        ),
        Panel(
            "Duration",
            "Response time. Half, 95 % and 99 % of requests were faster than this. A diamond "
            "is one "
            "request; it leads to its trace.",
            "s",
            tuple(
                Query(quantile(q, "http_request_seconds", "role", mine), f"{q * 100:g} %")
                for q in (0.5, 0.95, 0.99)
            ),
            steps=((0.1, ORANGE), (0.3, RED)),
            runbook=runbook,
            exemplars=True,
        ),
        Panel(
            "Duration by route, 95 %",
            "95 % of the requests of each route were faster than this.",
            "s",
            (
                Query(
                    quantile(0.95, "http_request_seconds", "method, route", mine),
                    "{{method}} {{route}}",
                ),
            ),
            steps=((0.1, ORANGE), (0.3, RED)),
            runbook=runbook,
            exemplars=True,
        ),
    )
