"""One upload, followed through nginx, gateway, images and worker: by its logs and by its trace."""

import json
import time
from dataclasses import dataclass
from typing import Any, Final

import pytest

from platform_site.kit.telemetry.tracing import HIDDEN
from tests.observability.collectors import Collector, Span
from tests.observability.stack import Stack
from tests.observability.traffic import distinct_photograph
from tests.servers.person import PASSWORD, Person
from tests.waiting import until

pytestmark = pytest.mark.processes

REQUEST_ID: Final = "follow-me-through-everything"
ROLES: Final = ("gateway", "images", "worker")
QUESTION: Final = "/internal/v1/upload-access"
"""What nginx asks before it takes the upload in."""


@dataclass(frozen=True)
class Followed:
    """An upload that has been worked on, and who made it."""

    alice: Person
    user_id: str
    job_id: str
    image_id: str
    stack: Stack

    def lines(self, role: str) -> list[dict[str, Any]]:
        """What ``role`` said about it."""
        events = self.stack.split.programs[role].events()
        return [event for event in events if event.get("request_id") == REQUEST_ID]

    def edge_line(self) -> dict[str, Any]:
        """What nginx said about it."""
        (line,) = [
            line for line in self.stack.edge.log_lines(1) if line.get("request_id") == REQUEST_ID
        ]
        return dict(line)


@pytest.fixture(scope="module")
def followed(quiet_stack: Stack) -> Followed:
    alice = quiet_stack.person("alice")
    answer = alice.upload(
        distinct_photograph(300), headers={"X-Request-ID": REQUEST_ID}, presets="thumb"
    )
    assert answer.status == 202, answer.body
    job_id = answer.json["job"]["id"]
    assert alice.job_ended(job_id)["state"] == "succeeded"
    user_id = alice.send("GET", "/auth/profile").json["id"]
    found = Followed(alice, user_id, job_id, answer.json["image"]["id"], quiet_stack)
    until(lambda: any(line["event"] == "task" for line in found.lines("worker")), timeout_s=10)
    return found


def test_each_role_tells_it_in_one_line_under_one_id(followed: Followed) -> None:
    edge = followed.edge_line()
    assert (edge["role"], edge["route"], edge["status"]) == ("frontend", "upload", 202)
    told = {
        "gateway": ("request", "/api/v1/images"),
        "images": ("request", "/internal/v1/images"),
        "worker": ("task", None),
    }
    for role, (event, route) in told.items():
        (line,) = [
            line
            for line in followed.lines(role)
            if line["event"] == event and line.get("route") != QUESTION
        ]
        assert line["trace_id"] == edge["trace_id"]
        assert line["user_id"] == followed.user_id
        assert line["role"] == role
        assert line["seconds"] > 0
        assert line.get("route") == route
        assert line.get("status", 202) == 202
    (question,) = [line for line in followed.lines("gateway") if line.get("route") == QUESTION]
    assert (question["status"], question["user_id"]) == (204, followed.user_id)
    (task,) = [line for line in followed.lines("worker") if line["event"] == "task"]
    assert (task["task"], task["outcome"]) == ("images.render", "succeeded")
    assert {line["trace_id"] for role in ROLES for line in followed.lines(role)} == {
        edge["trace_id"]
    }


def test_no_log_holds_an_email_a_token_a_password_or_an_address(followed: Followed) -> None:
    words = "".join(program.words() for program in followed.stack.split.programs.values())
    words += followed.stack.edge.words()
    for secret in (followed.alice.email, followed.alice.token, PASSWORD, "Bearer ey"):
        assert secret not in words
    lines = [json.loads(line) for line in words.splitlines() if line.startswith("{")]
    assert not [line for line in lines if "127.0.0.1" in str(line.get("client", ""))]


def test_no_line_holds_the_signature_of_a_delivery(followed: Followed) -> None:
    rendition = followed.alice.image(followed.image_id)["renditions"][0]
    assert followed.alice.fetch(rendition["url"]).status == 200
    assert followed.alice.fetch(rendition["url"].replace("/i/", "/i/x")).status == 403
    words = "".join(program.words() for program in followed.stack.split.programs.values())
    assert '"route":"/i/<path:rest>"' in words
    assert "/i/" not in words.replace("/i/<path:rest>", "")
    assert "/i/" not in str(followed.stack.edge.log_lines(1))


def test_every_line_of_a_web_role_is_json(followed: Followed) -> None:
    for role in ("auth", "gateway", "images"):
        lines = followed.stack.split.programs[role].words().splitlines()
        assert lines
        assert [line for line in lines if not line.startswith("{")] == []


def is_whole(spans: list[Span]) -> bool:
    """Whether the last span of the trace, the task's own, has come, and so has the first."""
    names = {(span.service, span.name) for span in spans}
    return ("worker", "run/images.render") in names and any(
        service == "gateway" and name.startswith("POST") for service, name in names
    )


def test_one_trace_goes_from_nginx_to_the_store(followed: Followed, collector: Collector) -> None:
    trace_id = str(followed.edge_line()["trace_id"])
    collector.waited(trace_id, is_whole)
    time.sleep(1.5)  # what the roles send in the same breath
    spans = collector.trace(trace_id)
    assert set(ROLES) <= {span.service for span in spans} <= {*ROLES, "auth"}
    names = {(span.service, span.name) for span in spans}
    assert ("images", "apply_async/images.render") in names
    assert {service for service, name in names if name.startswith("S3.Put")} == {"images", "worker"}
    assert any(service == "worker" and name.startswith("S3.Get") for service, name in names)
    assert any(name.split()[0] in {"INSERT", "UPDATE", "SELECT"} for _, name in names)
    known = {span.span_id for span in spans}
    roots = [span for span in spans if span.parent_id not in known]
    assert {span.service for span in roots} == {"gateway"}, roots


def test_a_span_holds_nothing_private(followed: Followed, collector: Collector) -> None:
    spans = collector.trace(str(followed.edge_line()["trace_id"]))
    told = " ".join(f"{span.name} {span.attributes}" for span in spans)
    for secret in (followed.alice.email, followed.alice.token, "Bearer", PASSWORD):
        assert secret not in told, secret
    assert not HIDDEN & {name for span in spans for name in span.attributes}


def test_a_slow_request_leads_to_its_trace(followed: Followed, collector: Collector) -> None:
    found: list[dict[str, Any]] = []

    def has_exemplars() -> bool:
        now = time.time()
        found[:] = followed.stack.get(
            "query_exemplars",
            {
                "query": 'http_request_seconds_bucket{role="gateway"}',
                "start": str(now - 600),
                "end": str(now),
            },
        )
        return bool(found)

    until(has_exemplars, timeout_s=20)
    exemplar = found[0]["exemplars"][0]
    assert collector.waited(exemplar["labels"]["trace_id"], bool)
