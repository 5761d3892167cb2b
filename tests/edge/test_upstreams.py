"""Upstreams that move, fail or hang: what is tried again, and what the caller is told."""

import time
from collections.abc import Iterator

import pytest

from tests.edge.conftest import Site, variables_for
from tests.edge.server import Edge, running_edge
from tests.edge.upstreams import Answer, never_accepting, serving
from tests.edge.wire import ask, problem_of
from tests.servers.names import NameServer, name_server
from tests.servers.ports import free_port

pytestmark = pytest.mark.processes

FIRST, SECOND = "127.0.0.1", "127.0.0.2"
NAME = "gateway.platform.svc.cluster.local"


@pytest.fixture
def names() -> Iterator[NameServer]:
    with name_server() as server:
        yield server


@pytest.fixture
def named_port() -> int:
    """A port for upstreams that share a name and differ by address."""
    return free_port()


@pytest.fixture
def edge(names: NameServer, named_port: int) -> Iterator[Edge]:
    """An edge that finds the gateway by its name, and nobody else at all."""
    gone = f"{FIRST}:{free_port()}"
    variables = variables_for(
        f"{NAME}:{named_port}", gone, gone, gone, RESOLVER=names.address, RESOLVER_VALID="1s"
    )
    with running_edge(variables) as running:
        yield running


def test_an_upstream_that_was_created_anew_is_followed(
    names: NameServer, named_port: int, edge: Edge
) -> None:
    names.addresses[NAME] = [FIRST]
    with serving(FIRST, named_port) as old:
        assert ask(edge.port, "/api/v1/usage").status == 200
        assert len(old.received) == 1
    names.addresses[NAME] = [SECOND]
    with serving(SECOND, named_port) as new:
        assert _first_other_than_502(edge.port, "/api/v1/usage") == 200
        assert len(new.received) == 1


def _first_other_than_502(port: int, path: str) -> int:
    """Ask until the old address is forgotten: its time to live is a second."""
    for _ in range(200):
        status = ask(port, path).status
        if status != 502:
            return status
        time.sleep(0.05)
    return status


def test_nginx_starts_before_its_upstreams_have_a_name(
    names: NameServer, named_port: int, edge: Edge
) -> None:
    before = ask(edge.port, "/api/v1/usage")
    names.addresses[NAME] = [FIRST]
    with serving(FIRST, named_port):
        after = ask(edge.port, "/api/v1/usage")

    assert (before.status, after.status) == (502, 200)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_one_dead_address_of_two_costs_no_request(
    names: NameServer, named_port: int, edge: Edge, method: str
) -> None:
    names.addresses[NAME] = [FIRST, SECOND]
    with serving(SECOND, named_port) as alive:
        statuses = [ask(edge.port, "/api/v1/jobs", method=method).status for _ in range(6)]

    assert statuses == [200] * 6
    assert len(alive.received) == 6


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/api/v1/usage", "/api/v1/images/1", "/i/k/1/s/thumb/1.jpg"])
def test_a_read_is_tried_once_more(site: Site, method: str, path: str) -> None:
    role = site.images if path.startswith("/i/") else site.gateway
    answers = iter([Answer(hang_up=True), Answer()])
    role.respond = lambda _: next(answers)

    reply = ask(site.port, path, method=method)

    assert reply.status == 200
    assert [(request.method, request.path) for request in role.received] == [(method, path)] * 2


@pytest.mark.parametrize("path", ["/api/v1/usage", "/i/k/1/s/thumb/1.jpg"])
def test_a_read_is_not_tried_for_ever(site: Site, path: str) -> None:
    for role in (site.gateway, site.images):
        role.respond = lambda _: Answer(hang_up=True)

    reply = ask(site.port, path)

    assert reply.status == 502
    assert problem_of(reply)["code"] == "upstream_unavailable"
    assert len(site.gateway.received) + len(site.images.received) == 2


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/api/v1/images", "/api/v1/images/1", "/auth/profile"])
def test_a_write_that_was_sent_is_never_sent_again(site: Site, method: str, path: str) -> None:
    for role in (site.gateway, site.auth):
        role.respond = lambda _: Answer(hang_up=True)

    reply = ask(site.port, path, method=method, body=b"{}")

    assert reply.status == 502
    assert len(site.gateway.received) + len(site.auth.received) == 1


def test_a_write_is_not_sent_to_the_other_address_either(
    names: NameServer, named_port: int, edge: Edge
) -> None:
    names.addresses[NAME] = [FIRST, SECOND]
    with serving(FIRST, named_port) as one, serving(SECOND, named_port) as other:
        one.respond = other.respond = lambda _: Answer(hang_up=True)
        assert ask(edge.port, "/api/v1/jobs", method="POST", body=b"{}").status == 502
        assert len(one.received) + len(other.received) == 1
        assert ask(edge.port, "/api/v1/jobs").status == 502
        assert len(one.received) + len(other.received) == 1 + 4


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/auth/profile"),
        ("POST", "/auth/login"),
        ("GET", "/.well-known/jwks.json"),
        ("GET", "/i/k/1/s/thumb/1.jpg"),
    ],
)
def test_a_dead_role_is_a_problem_document(edge: Edge, method: str, path: str) -> None:
    reply = ask(edge.port, path, method=method)

    assert reply.status == 502
    problem = problem_of(reply)
    assert (problem["code"], problem["instance"]) == ("upstream_unavailable", path)
    assert reply.header("Retry-After") == "2"
    assert reply.header("Content-Security-Policy")


@pytest.mark.parametrize("path", ["/api/v1/usage", "/i/k/1/s/thumb/1.jpg"])
def test_a_role_that_hangs_is_a_problem_document_too(path: str) -> None:
    with (
        never_accepting() as full,
        running_edge(variables_for(full, full, full, full)) as edge,
    ):
        reply = ask(edge.port, path)

    assert reply.status == 504
    assert problem_of(reply)["code"] == "upstream_timeout"
    assert reply.header("X-Request-ID")
    assert reply.header("Retry-After") == "2"


@pytest.mark.parametrize("status", [502, 503, 504])
def test_what_the_gateway_says_of_its_own_upstreams_passes(site: Site, status: int) -> None:
    own = Answer(status, {"Content-Type": "application/problem+json"}, b'{"code":"own"}')
    site.gateway.respond = lambda _: own

    reply = ask(site.port, "/api/v1/overview")

    assert (reply.status, reply.json) == (status, {"code": "own"})
    assert len(site.gateway.received) == 1


def test_a_dead_role_leaves_the_pages_and_the_others_alone(edge: Edge, names: NameServer) -> None:
    assert ask(edge.port, "/").status == 200
    assert ask(edge.port, "/readyz").status == 200
