"""Outcomes that alerts count and that the live tests do not bring about are called the same."""

import re
from typing import Final

import pytest
from celery import Celery
from prometheus_client import REGISTRY

from gateway.clients.service_tokens import IssuedToken, ServiceToken
from platform_site.kit.tasks.context import ObservedTask
from platform_site.kit.upstream.http import UpstreamUnavailable
from tests.observability.expressions import alerts

TOKENS: Final = "gateway_service_token_fetches_total"
TASKS: Final = "celery_tasks_total"


def counted(metric: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(metric, labels) or 0.0


def asked(alert: str) -> set[str]:
    """The outcomes that the alert counts."""
    (rule,) = [one for one in alerts() if one["alert"] == alert]
    found = re.search(r'outcome=~?"([^"]+)"', rule["expr"])
    assert found
    return set(found[1].split("|"))


def test_service_tokens_that_auth_does_not_give_are_kept_or_failed() -> None:
    now, is_down = 1000.0, False

    def fetch(_audience: str) -> IssuedToken:
        if is_down:
            raise UpstreamUnavailable("auth")
        return IssuedToken("token", "Bearer", 300)

    token = ServiceToken(audience="images", fetch=fetch, clock=lambda: now)
    before = {outcome: counted(TOKENS, outcome=outcome) for outcome in asked("ServiceTokenFails")}
    assert len(before) == 2
    token.value()
    now, is_down = 1250.0, True
    token.value()
    now = 1300.0
    with pytest.raises(UpstreamUnavailable):
        token.value()
    for outcome, count in before.items():
        assert counted(TOKENS, outcome=outcome) == count + 1, outcome


def test_a_task_that_breaks_off_has_failed() -> None:
    app = Celery("outcomes", task_cls=ObservedTask, set_as_current=False)

    @app.task(name="outcomes.broken")
    def broken() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        broken()
    assert asked("TasksFail") == {"failed", "killed"}  # test_counting.py kills
    assert counted(TASKS, task="outcomes.broken", outcome="failed") == 1
