"""A task runs under the identity of the request that sent it, and is counted and logged once."""

from typing import Any

import pytest
from celery import Celery
from celery.exceptions import Retry
from prometheus_client import REGISTRY

from platform_site.kit.tasks.context import ObservedTask, headers_add, identity_of
from platform_site.kit.telemetry import request_context
from tests.platform_site.kit.log_lines import listening

ID, TRACE = "request-0001", "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


def count(name: str, outcome: str) -> float:
    labels = {"task": name, "outcome": outcome}
    return REGISTRY.get_sample_value("celery_tasks_total", labels) or 0.0


def test_a_message_carries_the_request_the_trace_and_the_user() -> None:
    headers: dict[str, Any] = {}
    with request_context.bind(ID, PARENT), request_context.acting_for(lambda: "alice"):
        headers_add(headers=headers)
    assert (headers["request_id"], headers["user_id"]) == (ID, "alice")
    assert headers["traceparent"].startswith(f"00-{TRACE}-")


def test_the_span_that_a_tracer_wrote_is_kept() -> None:
    headers = {"traceparent": "of the tracer"}
    with request_context.bind(ID, PARENT):
        headers_add(headers=headers)
    assert headers["traceparent"] == "of the tracer"


def test_the_receiver_acts_under_that_identity() -> None:
    with identity_of({"request_id": ID, "traceparent": PARENT, "user_id": "alice"}) as user_id:
        assert user_id == request_context.current_user_id() == "alice"
        assert request_context.current_request_id() == ID
    assert request_context.current_user_id() is None


def test_a_message_without_an_identity_gets_a_request_id_of_its_own() -> None:
    with identity_of({}) as user_id:
        assert user_id is None
        assert len(request_context.current_request_id()) == 36


@pytest.mark.parametrize(
    ("raised", "outcome", "level"),
    [(None, "succeeded", "info"), (Retry(), "retried", "info"), (LookupError(), "failed", "error")],
)
def test_each_outcome_is_counted_and_logged_once(
    raised: Exception | None, outcome: str, level: str
) -> None:
    app = Celery("context", task_cls=ObservedTask, set_as_current=False)

    @app.task(name=f"context.{outcome}")
    def work() -> str:
        if raised is not None:
            raise raised
        return "done"

    with listening() as lines:
        if raised is None:
            assert work() == "done"
        else:
            with pytest.raises(type(raised)):
                work()
    (line,) = lines.named("task")
    assert (line["task"], line["outcome"], line["level"]) == (work.name, outcome, level)
    assert count(work.name, outcome) == 1
