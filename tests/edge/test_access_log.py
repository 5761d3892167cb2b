"""One JSON line a request, without what must not be in a log."""

from collections.abc import Iterator

import pytest

from tests.edge.conftest import Site, variables_for
from tests.edge.server import Edge, running_edge
from tests.edge.upstreams import Answer
from tests.edge.wire import ask, opened, read_to_end

pytestmark = pytest.mark.processes

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
FIELDS = {
    *("time", "logger", "role", "request_id", "trace_id", "method", "route", "status", "seconds"),
    *("upstream_status", "upstream_seconds", "request_bytes", "bytes", "client", "cache"),
    "handed_to",
}


@pytest.fixture
def edge(site: Site) -> Iterator[Edge]:
    """An edge whose log nobody has written to."""
    with running_edge(variables_for(*(role.address for role in site.upstreams))) as running:
        yield running


def test_a_line_tells_who_what_how_it_ended_and_how_long_it_took(site: Site, edge: Edge) -> None:
    site.gateway.respond = lambda _: Answer(404)
    headers = {
        "X-Request-ID": "order-2026-0001",
        "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01",
    }

    ask(edge.port, "/api/v1/images/1", method="PATCH", headers=headers, body=b"{}")

    (line,) = edge.log_lines(1)
    assert line.keys() == FIELDS
    told = {name: line[name] for name in ("request_id", "trace_id", "method", "route", "status")}
    assert told == {
        "request_id": "order-2026-0001",
        "trace_id": TRACE,
        "method": "PATCH",
        "route": "api",
        "status": 404,
    }
    assert (line["role"], line["upstream_status"], line["client"]) == ("frontend", "404", "")
    assert float(line["upstream_seconds"]) >= 0
    assert isinstance(line["seconds"], float)
    assert line["bytes"] > 0
    assert line["request_bytes"] > 0


def test_each_route_has_its_class(edge: Edge) -> None:
    asked = [
        ("GET", "/api/v1/images", "api"),
        ("POST", "/api/v1/images", "upload"),
        ("POST", "/api/v1/process", "upload"),
        ("GET", "/auth/profile", "auth"),
        ("GET", "/.well-known/jwks.json", "keys"),
        ("GET", "/i/k/1/s/thumb/1.jpg", "delivery"),
        ("GET", "/assets/index-abc123.js", "asset"),
        ("GET", "/library", "page"),
        ("GET", "/internal/v1/token", "refused"),
    ]

    for method, path, _ in asked:
        ask(edge.port, path, method=method)

    lines = edge.log_lines(len(asked))
    assert [(line["method"], line["route"]) for line in lines] == [
        (method, route) for method, _, route in asked
    ]


def test_no_token_signature_query_or_address_is_written_anywhere(site: Site, edge: Edge) -> None:
    for role in (site.gateway, site.images, site.auth):
        role.respond = lambda _: Answer(hang_up=True)  # so that nginx has something to report
    headers = {
        "Authorization": "Bearer secret-token-1",
        "Cookie": "refresh=secret-cookie-2",
        "Referer": "https://photos.example/?code=secret-referer-3",
        "User-Agent": "secret-agent-4",
    }

    ask(edge.port, "/api/v1/images?cursor=secret-cursor-5", headers=headers)
    ask(edge.port, "/i/k1/1999999999/secret-signature-6/thumb/1.jpg", headers=headers)
    ask(edge.port, "/auth/refresh?token=secret-query-7", method="POST", headers=headers)
    ask(edge.port, "/assets/secret-file-8.js", headers=headers)
    ask(edge.port, "/internal/secret-path-9", headers=headers)

    edge.log_lines(5)
    assert "secret" not in edge.words()
    assert "127.0.0.1" not in edge.words()


def test_a_probe_is_not_worth_a_line(edge: Edge) -> None:
    ask(edge.port, "/livez")
    ask(edge.status_port, "/stub_status")
    ask(edge.port, "/library")

    assert [line["route"] for line in edge.log_lines(1)] == ["page"]


@pytest.mark.parametrize(
    "request_line", [b"GET / HTTP/9.9", b'GET /" HTTP/1.1\r\nHost: "\x01', b"\x16\x03\x01\x02"]
)
def test_a_request_that_makes_no_sense_still_makes_a_line(edge: Edge, request_line: bytes) -> None:
    with opened(edge.port, request_line + b"\r\n\r\n") as connection:
        reply = read_to_end(connection)

    assert b"application/problem+json" in reply
    (line,) = edge.log_lines(1)
    assert line["status"] == 400
    assert line["upstream_status"] == ""


def test_an_address_is_written_when_it_was_asked_for(site: Site) -> None:
    variables = variables_for(*(role.address for role in site.upstreams), LOG_CLIENT_ADDRESS="full")
    with running_edge(variables) as edge:
        ask(edge.port, "/library")
        assert [line["client"] for line in edge.log_lines(1)] == ["127.0.0.1"]
