"""Real Prometheus over the running platform: what a rule or a panel names is there, and moves."""

import math
import re
import time
from typing import Final

import pytest

from tests.observability.expressions import (
    Asked,
    asked_by_panels,
    asked_by_rules,
    documented,
    named,
    panels,
)
from tests.observability.stack import Stack

pytestmark = pytest.mark.processes

DOCUMENTED: Final = documented()
RECORDED: Final = {asked.where for asked in asked_by_rules() if ":" in asked.where}
STILL: Final = {
    "ALERTS": "an alert fires or it does not",
    "pg_settings_max_connections": "a setting",
    "redis_memory_max_bytes": "a setting",
    "platform_build_info": "1; its labels tell",
    "slo:budget:ratio": "the promise itself",
    "nginx_connections_reading": "lasts microseconds here",
    **dict.fromkeys(
        ("pg_up", "redis_up", "nginx_up", "platform_dependency_up", "platform_workers"),
        "moves in an outage only",
    ),
    **dict.fromkeys(
        (
            "prometheus_rule_evaluation_failures_total",
            "prometheus_notifications_dropped_total",
            "alertmanager_notifications_failed_total",
            "pg_stat_database_deadlocks",
            "redis_evicted_keys_total",
        ),
        "counts what must not happen",
    ),
}
"""Metrics that do not move on the days that these tests make, and why."""


def is_live(asked: Asked) -> bool:
    """Whether everything that the expression names can be here."""
    return not named(asked.expr).metrics.keys() & DOCUMENTED.keys()


def live_metrics() -> dict[str, frozenset[str]]:
    """Every metric that is named somewhere and can be here, with the labels asked of it."""
    found: dict[str, frozenset[str]] = {}
    for asked in (*asked_by_rules(), *asked_by_panels()):
        for metric, labels in named(asked.expr).metrics.items():
            if metric not in DOCUMENTED:
                found[metric] = found.get(metric, frozenset()) | labels
    return found


def labels_of(stack: Stack, metric: str) -> set[str]:
    """The labels that its series have had in the last ten minutes."""
    start = str(time.time() - 600)
    series = stack.get("series", {"match[]": metric, "start": start})
    return {label for labels in series for label in labels}


@pytest.mark.parametrize("metric", sorted(live_metrics()))
def test_a_metric_that_is_named_exists_with_the_labels_that_are_asked_of_it(
    stack: Stack, metric: str
) -> None:
    assert live_metrics()[metric] <= labels_of(stack, metric)


@pytest.mark.parametrize(
    "asked", [*asked_by_rules(), *asked_by_panels()], ids=lambda asked: asked.where
)
def test_labels_that_are_grouped_by_belong_to_a_metric_of_the_expression(
    stack: Stack, asked: Asked
) -> None:
    names = named(asked.expr)
    present: set[str] = {"integration"} if "label_replace" in asked.expr else set()
    for metric in names.metrics:
        present |= DOCUMENTED.get(metric, frozenset()) or labels_of(stack, metric)
    assert names.grouped <= present | {"instance", "job"}


@pytest.mark.parametrize("metric", sorted(live_metrics().keys() - STILL.keys()))
def test_a_metric_is_not_constant(stack: Stack, metric: str) -> None:
    counts = metric.endswith(("_total", "_count", "_sum", "_bucket"))
    whole = (
        f"(sum({metric}) or vector(0))" if counts else f"sum({metric})"
    )  # a counter is born as 0
    moved = stack.query(f"max_over_time({whole}[10m:1s]) != min_over_time({whole}[10m:1s])")
    assert moved, f"{metric} has not moved"


@pytest.mark.parametrize(
    "asked", [a for a in asked_by_panels() if is_live(a)], ids=lambda asked: asked.where
)
def test_a_panel_has_data(stack: Stack, asked: Asked) -> None:
    now = time.time()
    answer = stack.get(
        "query_range",
        {"query": asked.expr, "start": str(now - 300), "end": str(now), "step": "2"},
    )
    values = [float(value) for series in answer["result"] for _, value in series["values"]]
    assert [value for value in values if math.isfinite(value)], asked.expr


def test_routes_that_the_latency_objective_leaves_out_are_routes(stack: Stack) -> None:
    (rule,) = [
        asked.expr
        for asked in asked_by_rules()
        if asked.where == "slo:events:rate5m" and "http_request_seconds_count" in asked.expr
    ]
    (delivery,) = re.findall(r'route!="([^"]+)"', rule)
    (pattern,) = re.findall(r'route!~"([^"]+)"', rule)
    counted = stack.query("group by (method, route) (http_request_seconds_count)")
    routes = {(series["metric"]["method"], series["metric"]["route"]) for series in counted}
    assert ("GET", delivery) in routes
    left_out = {
        route for method, route in routes if method == "POST" and re.fullmatch(pattern, route)
    }
    assert left_out == {
        *("/auth/login", "/auth/register", "/auth/password"),
        *("/api/v1/images", "/api/v1/process", "/internal/v1/images"),
    }


def test_names_that_cannot_be_live_here_are_documented_with_their_labels() -> None:
    """MinIO, the cluster's own exporters and cert-manager: see documented.yml for the sources."""
    for asked in (*asked_by_rules(), *asked_by_panels()):
        for metric, labels in named(asked.expr).metrics.items():
            if metric in DOCUMENTED:
                assert labels <= DOCUMENTED[metric] | {"job", "instance"}, asked


def test_every_panel_is_checked_live_or_by_documentation() -> None:
    live = {a.where for a in asked_by_panels() if is_live(a)}
    by_name = {a.where for a in asked_by_panels() if not is_live(a)}
    assert live | by_name == {f"{uid}: {panel['title']}" for uid, panel in panels()}
    assert all(
        where.startswith(("platform-kubernetes:", "platform-data:", "platform-edge:"))
        for where in by_name
    )
