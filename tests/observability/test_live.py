"""Real Prometheus over the running platform: what a rule or a panel names is there, and moves."""

import math
import re
import time
from typing import Final

import pytest

from tests.observability import test_births as births
from tests.observability.expressions import (
    Asked,
    asked_by_panels,
    asked_by_rules,
    documented,
    named,
    panels,
    selectors,
)
from tests.observability.stack import Stack
from tests.waiting import until

pytestmark = pytest.mark.processes

DOCUMENTED: Final = documented()
RECORDED: Final = {asked.where for asked in asked_by_rules() if ":" in asked.where}
STILL: Final = {
    "ALERTS": "an alert fires or it does not",
    "pg_settings_max_connections": "a setting",
    "pg_settings_archive_timeout_seconds": "a setting",
    "pg_stat_archiver_archived_count": "moves where the database has an archive: tests/archive",
    "pg_stat_archiver_last_archive_age": "moves where the database has an archive: tests/archive",
    "redis_memory_max_bytes": "a setting",
    "colour:share:ratio": "moves where there are two colours: tests/rollouts",
    "platform_backup_interval_seconds": "a setting",
    "platform_recovery_point_objective_seconds": "a setting",
    **dict.fromkeys(
        (
            "platform_rehearsal_checked_ratio",
            "platform_rehearsal_recovery_seconds",
            "platform_rehearsal_recovery_point_seconds",
        ),
        "moves with each rehearsal that comes to its end, which is one here",
    ),
    "platform_build_info": "1; its labels tell",
    "slo:budget:ratio": "the promise itself",
    "nginx_connections_reading": "lasts microseconds here",
    **dict.fromkeys(
        (
            *("pg_up", "redis_up", "nginx_up", "platform_dependency_up", "platform_workers"),
            *("accounts_audit_images_behind_seconds", "accounts_removal_overdue_seconds"),
        ),
        "moves in an outage only",
    ),
    **dict.fromkeys(
        (
            "prometheus_rule_evaluation_failures_total",
            "prometheus_notifications_dropped_total",
            "alertmanager_notifications_failed_total",
            "pg_stat_archiver_failed_count",
            "pg_stat_database_deadlocks",
            "redis_evicted_keys_total",
            "bounded_refused_total",
            "celery_messages_refused_total",
            "http_requests_unserved_total",
            "platform_processes_started_total",
            "colour:process_starts:total",
        ),
        "counts what must not happen",
    ),
}
"""Metrics that do not move on the days that these tests make, and why."""


OURS: Final = ("http_", "django_", "celery_", "accounts_", "gateway_", "images_")
BORN: Final = {
    *("http_requests_failed_total", "celery_tasks_total", "celery_messages_refused_total"),
    *(name for names in births.BORN.values() for name, _ in names),
}
"""Counters of ours that begin at 0. Each other one is there from its first event on, which moves it
from nothing; a counter of an exporter must move while it is looked at."""

UNHEARD: Final = {
    'http_requests_failed_total{role="auth"}': "auth does not fail here",
    **dict.fromkeys(
        (
            'celery_tasks_total{outcome="failed"}',
            'gateway_service_token_fetches_total{outcome="failed"}',
            'gateway_service_token_fetches_total{outcome="kept"}',
        ),
        "brought about in test_outcomes.py",
    ),
    'accounts_logins_total{outcome="slowed"}': "many addresses try; see test_guessing.py",
    'accounts_second_factors_total{outcome="limited"}': "many guesses at codes; see "
    "tests/accounts/api/test_second_step.py",
    **dict.fromkeys(
        (
            'images_jobs_total{kind="export",outcome="deferred"}',
            'images_jobs_total{kind="export",outcome="failed"}',
        ),
        "a store that fails; see tests/images/services/test_export_job.py",
    ),
    'accounts_audit_entries_total{act="image.unknown"}': "an images of another release, or a "
    "stolen one; see tests/gateway/contracts/test_acts.py",
    'http_requests_unserved_total{part="database"}': "brought about in tests/outages",
    'celery_tasks_total{outcome="killed"}': "brought about in test_counting.py",
    **dict.fromkeys(
        ('up{job="grafana"}', 'up{job="kube-state-metrics"}'),
        "of a cluster; test_targets.py knows the jobs",
    ),
}
"""Selectors that nothing answers on the days that these tests make, and why."""


def counts(metric: str) -> bool:
    """Whether it is a counter."""
    return metric.endswith(("_total", "_count", "_sum", "_bucket"))


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


def live_selectors() -> set[str]:
    """Every selector with labels of a metric that can be here."""
    found = {
        selector
        for asked in (*asked_by_rules(), *asked_by_panels())
        for selector in selectors(asked.expr)
    }
    return {one for one in found if one.partition("{")[0] not in DOCUMENTED}


@pytest.mark.parametrize("selector", sorted(live_selectors() - UNHEARD.keys()))
def test_what_is_asked_of_labels_is_answered(stack: Stack, selector: str) -> None:
    """A counter must have counted: that one begins at 0 under a name says nothing of the name."""
    highest = f"max(max_over_time({selector}[10m]))"
    assert stack.query(f"{highest} > 0" if counts(selector.partition("{")[0]) else highest)


@pytest.mark.parametrize("outcome", ["signed_up", "signed_in"])
def test_a_sign_in_through_a_provider_counts_as_what_it_was(stack: Stack, outcome: str) -> None:
    """The panel draws every outcome, so that no selector asks for these by name."""
    assert stack.query(f'accounts_sso_total{{provider="acme",outcome="{outcome}"}} > 0')


def test_no_reason_is_left_of_a_selector_that_is_gone() -> None:
    assert UNHEARD.keys() <= live_selectors()


@pytest.mark.parametrize("metric", sorted(live_metrics().keys() - STILL.keys()))
def test_a_metric_is_not_constant(stack: Stack, metric: str) -> None:
    is_born_late = counts(metric) and metric.startswith(OURS) and metric not in BORN
    whole = f"(sum({metric}) or vector(0))" if is_born_late else f"sum({metric})"
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


def test_a_rehearsal_that_failed_raises_its_alert_and_the_next_ends_it(stack: Stack) -> None:
    """Of a real backup, in which one bit was changed, and of the next one, which is whole."""
    alert = 'ALERTS{alertname="RehearsalFailed",alertstate="firing"}'
    assert stack.query(f"max_over_time({alert}[10m])")
    until(lambda: not stack.query(alert), timeout_s=30)
