"""The client: series, refusals, and nobody there."""

import json
from urllib.parse import parse_qs

import pytest

from platform_site.rollout.prometheus import NoAnswer, Prometheus, Sample
from tests.edge.upstreams import Answer, Upstream, serving
from tests.servers.ports import free_port

pytestmark = pytest.mark.enable_socket

SERIES = {"metric": {"colour": "green"}, "value": [1.0, "2.5"]}


def answering(upstream: Upstream, document: object, status: int = 200) -> None:
    upstream.respond = lambda _: Answer(status, body=json.dumps(document).encode())


def test_a_question_about_a_moment_gives_series() -> None:
    with serving() as upstream:
        answering(upstream, {"status": "success", "data": {"result": [SERIES]}})

        found = Prometheus(f"http://{upstream.address}/").query("up", at=12.5)

        assert found == [Sample({"colour": "green"}, 2.5)]
        assert upstream.last.path == "/api/v1/query"
        assert parse_qs(upstream.last.body.decode()) == {"query": ["up"], "time": ["12.500"]}


def test_a_refusal_is_told_in_its_words() -> None:
    with serving() as upstream:
        answering(upstream, {"status": "error", "error": "parse error"}, 400)
        with pytest.raises(NoAnswer, match="refuses the question: parse error"):
            Prometheus(f"http://{upstream.address}").query("up{", at=1)


def test_a_page_of_something_else_is_no_answer() -> None:
    with serving() as upstream:
        upstream.respond = lambda _: Answer(502, body=b"<html>")
        with pytest.raises(NoAnswer, match="gives no answer"):
            Prometheus(f"http://{upstream.address}").query("up", at=1)


def test_nobody_there_is_no_answer() -> None:
    with pytest.raises(NoAnswer, match="gives no answer"):
        Prometheus(f"http://127.0.0.1:{free_port()}").query("up", at=1)
