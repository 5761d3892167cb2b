"""What a role is told about the caller, and what a caller cannot make it believe."""

import re
from collections.abc import Iterator

import pytest

from tests.edge.conftest import Site, variables_for
from tests.edge.server import Edge, running_edge
from tests.edge.upstreams import Answer
from tests.edge.wire import ask, opened, read_to_end

pytestmark = pytest.mark.processes

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def test_forged_headers_do_not_pass(site: Site) -> None:
    forged = {
        "X-Service-Authorization": "Bearer forged",
        "X-Forwarded-For": "10.9.9.9, 10.8.8.8",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Port": "1",
        "X-Forwarded-Prefix": "/evil",
        "X-Real-IP": "10.9.9.9",
        "Forwarded": "for=10.9.9.9",
        "Proxy": "http://evil.example",
    }

    ask(site.port, "/api/v1/usage", headers=forged)

    got = site.gateway.last.headers
    assert got["x-forwarded-for"] == "127.0.0.1"
    assert got["x-forwarded-proto"] == "http"
    assert {name.lower() for name in forged} & got.keys() == {
        "x-forwarded-for",
        "x-forwarded-proto",
    }


@pytest.mark.parametrize("path", ["/api/v1/usage", "/api/v1/images", "/auth/login", "/i/a/b"])
@pytest.mark.parametrize(
    "name", ["X-Service-Authorization", "x-service-authorization", "X_Service_Authorization"]
)
def test_a_service_credential_from_outside_is_taken_away(site: Site, path: str, name: str) -> None:
    ask(site.port, path, headers={name: "Bearer forged"})

    (request,) = [*site.gateway.received, *site.auth.received, *site.images.received]
    assert not any("forged" in value for value in request.headers.values())


def test_the_callers_own_headers_pass(site: Site) -> None:
    own = {
        "Host": "photos.example:8443",
        "Authorization": "Bearer alice",
        "Cookie": "refresh=one",
        "Origin": "https://photos.example",
        "Idempotency-Key": "k-1",
        "If-Match": '"3-abc"',
        "Prefer": "wait=10",
    }

    ask(site.port, "/auth/refresh", method="POST", headers=own)

    got = site.auth.last.headers
    assert {name: got.get(name.lower()) for name in own} == own


def test_a_delivery_is_not_told_who_asks(site: Site) -> None:
    ask(site.port, "/i/a/b", headers={"Authorization": "Bearer alice", "Cookie": "refresh=one"})

    assert {"authorization", "cookie"} & site.images.last.headers.keys() == set()


def test_a_well_formed_request_id_is_kept(site: Site) -> None:
    reply = ask(site.port, "/api/v1/usage", headers={"X-Request-ID": "order-2026-0001"})

    assert reply.header("X-Request-ID") == "order-2026-0001"
    assert site.gateway.last.headers["x-request-id"] == "order-2026-0001"


@pytest.mark.parametrize("wrong", ["short", "a" * 65, 'quote"quote', "line break", "ümlaut-id-1"])
def test_a_malformed_request_id_is_replaced(site: Site, wrong: str) -> None:
    reply = ask(site.port, "/api/v1/usage", headers={"X-Request-ID": wrong})

    given = reply.header("X-Request-ID") or ""
    assert re.fullmatch("[0-9a-f]{32}", given)
    assert site.gateway.last.headers["x-request-id"] == given


def test_an_id_of_the_roles_own_does_not_double_the_header(site: Site) -> None:
    site.gateway.respond = lambda request: Answer(
        headers={"X-Request-ID": request.headers["x-request-id"]}
    )

    reply = ask(site.port, "/api/v1/usage")

    assert reply.header("X-Request-ID") == site.gateway.last.headers["x-request-id"]


def test_a_trace_goes_on(site: Site) -> None:
    sent = f"00-{TRACE}-00f067aa0ba902b7-01"

    ask(site.port, "/api/v1/usage", headers={"traceparent": sent})

    assert site.gateway.last.headers["traceparent"] == sent


@pytest.mark.parametrize("wrong", [None, "00-abc-def-01", "garbage"])
def test_a_trace_starts_here_when_there_is_none(site: Site, wrong: str | None) -> None:
    ask(site.port, "/api/v1/usage", headers={"traceparent": wrong} if wrong else {})

    got = site.gateway.last.headers["traceparent"]
    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-01", got)


def test_a_request_without_a_host_is_still_one_with_a_host_behind(site: Site) -> None:
    with opened(site.port, b"GET /api/v1/usage HTTP/1.0\r\n\r\n") as connection:
        assert read_to_end(connection).startswith(b"HTTP/1.1 200")

    assert site.gateway.last.headers["host"] == "localhost"


@pytest.fixture(scope="module")
def behind_ingress(shared_site: Site) -> Iterator[Edge]:
    """An edge that believes the loopback network, as it would believe its ingress."""
    variables = variables_for(
        *(upstream.address for upstream in shared_site.upstreams),
        CLIENT_ADDRESS_FROM="10.0.0.0/8, 127.0.0.0/8",
    )
    with running_edge(variables) as edge:
        yield edge


def test_behind_an_ingress_the_last_untrusted_address_is_the_client(
    site: Site, behind_ingress: Edge
) -> None:
    headers = {
        "X-Forwarded-For": "1.2.3.4, 203.0.113.7, 10.0.0.3",
        "X-Forwarded-Proto": "https",
    }

    ask(behind_ingress.port, "/api/v1/usage", headers=headers)

    assert site.gateway.last.headers["x-forwarded-for"] == "203.0.113.7"
    assert site.gateway.last.headers["x-forwarded-proto"] == "https"


def test_an_ingress_cannot_name_any_other_scheme(site: Site, behind_ingress: Edge) -> None:
    ask(behind_ingress.port, "/api/v1/usage", headers={"X-Forwarded-Proto": "https, http"})

    assert site.gateway.last.headers["x-forwarded-proto"] == "http"
