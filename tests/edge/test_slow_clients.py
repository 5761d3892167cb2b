"""Clients that are slow on purpose wait in nginx, a few for each, and nobody waits for them."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.edge.conftest import Site, variables_for
from tests.edge.server import running_edge
from tests.edge.upstreams import Answer
from tests.edge.wire import Reply, ask, opened, problem_of, read_to_end

pytestmark = pytest.mark.processes

TOKEN = "Bearer " + "h" * 300 + "a-signature-of-forty-characters-or-so-12345"
OTHER = "Bearer " + "h" * 300 + "another-signature-of-forty-characters-678"
UPLOADS = ("/api/v1/images", "/api/v1/process")
REFUSED = {"X-Problem-Code": "token_expired", "X-Problem-Title": "The token has expired"}


@pytest.fixture(scope="module")
def impatient(shared_site: Site) -> Iterator[Site]:
    """The same site behind an ingress, with an nginx that waits one second and takes 16 uploads."""
    addresses = (role.address for role in shared_site.upstreams)
    variables = variables_for(
        *addresses, CLIENT_ADDRESS_FROM="127.0.0.1", CLIENT_WAIT_S="1", UPLOADS_AT_ONCE="16"
    )
    with running_edge(variables) as edge:
        yield Site(edge, *shared_site.upstreams)


@pytest.fixture
def attacked(impatient: Site) -> Site:
    for upstream in impatient.upstreams:
        upstream.begin_anew()
    return impatient


def head(path: str, *headers: str, length: int = 100_000, token: str = TOKEN) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: a", f"Content-Length: {length}", *headers]
    return "\r\n".join([*lines, f"Authorization: {token}", "", ""]).encode()


def upload(site: Site, *, address: str, token: str) -> Reply:
    headers = {"Authorization": token, "X-Forwarded-For": address}
    return ask(site.port, "/api/v1/images", method="POST", headers=headers, body=b"x" * 1000)


def test_twenty_slow_uploads_of_one_account_stop_nobody_else(attacked: Site) -> None:
    """From two addresses: ten are taken, the token may have no more, and no role hears of them."""
    with ExitStack() as stack:
        slow = [
            stack.enter_context(
                opened(attacked.port, head("/api/v1/images", f"X-Forwarded-For: 192.0.2.{n % 2}"))
            )
            for n in range(20)
        ]
        statuses: list[int] = []
        for _ in range(8):
            for connection in slow:
                try:
                    connection.send(b"a")
                except OSError:
                    continue  # refused
            statuses.append(ask(attacked.port, "/api/v1/usage").status)
            statuses.append(upload(attacked, address="192.0.2.7", token=OTHER).status)
        mine = upload(attacked, address="192.0.2.8", token=TOKEN)
        theirs = [request.body for request in attacked.gateway.received if request.body]
        for connection in slow:
            ended(connection)
    assert statuses == [200] * 16
    assert mine.status == 429
    assert problem_of(mine)["code"] == "rate_limited"
    assert theirs == [b"x" * 1000] * 8


def test_there_is_disk_for_so_many_uploads_and_no_more(attacked: Site) -> None:
    with ExitStack() as stack:
        for number in range(16):
            of_its_own = (f"X-Forwarded-For: 192.0.2.{number}",)
            token = f"Bearer {number:060}"
            sent = head("/api/v1/images", *of_its_own, token=token) + b"a"
            stack.enter_context(opened(attacked.port, sent))
            attacked.gateway.asked.wait(5.0)
            attacked.gateway.asked.clear()
        refused = upload(attacked, address="192.0.2.99", token=OTHER)
        others = ask(attacked.port, "/api/v1/usage").status
    assert (refused.status, refused.header("Retry-After")) == (429, "5")
    assert others == 200


SLOW = {
    "heads": b"POST /auth/login HTTP/1.1\r\nHost: a\r\nX-Slow: ",
    "bodies": head("/auth/login", length=900_000) + b"{",
    "uploads": head("/api/v1/images") + b"{",
}


@pytest.mark.parametrize("kind", SLOW)
def test_what_does_not_go_on_is_ended(attacked: Site, kind: str) -> None:
    with opened(attacked.port, SLOW[kind]) as connection:
        assert ended(connection) == b""
    assert attacked.nobody_was_asked()


def ended(connection: socket.socket) -> bytes:
    """What was said before the connection ended; nginx resets those that are too slow."""
    try:
        return read_to_end(connection)
    except ConnectionResetError:
        return b""


def test_slow_readers_hold_no_role_and_nobody_else(attacked: Site) -> None:
    attacked.gateway.respond = lambda _: Answer(body=b"j" * 120_000)
    with ExitStack() as stack:
        for _ in range(40):
            reader = stack.enter_context(socket.socket())
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            reader.connect(("127.0.0.1", attacked.port))
            attacked.gateway.answered.clear()
            reader.sendall(b"GET /api/v1/usage HTTP/1.1\r\nHost: a\r\n\r\n")
            assert attacked.gateway.answered.wait(5.0), "the role is free, whoever reads"
        assert ask(attacked.port, "/api/v1/usage").status == 200


def first_answer(site: Site, path: str, *, length: int = 100_000) -> bytes:
    """What comes while the client still waits to be asked for its body."""
    with opened(site.port, head(path, "Expect: 100-continue", length=length)) as connection:
        raw = b""
        while not raw.endswith((b"}", b"100 Continue\r\n\r\n")):
            raw += connection.recv(65536)
    return raw


@pytest.mark.parametrize("path", UPLOADS)
@pytest.mark.parametrize("status", [401, 403])
def test_who_may_not_upload_is_told_before_the_body(site: Site, path: str, status: int) -> None:
    challenge = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    site.gateway.access = Answer(status, {**REFUSED, **challenge})
    raw = first_answer(site, path)
    assert raw.startswith(b"HTTP/1.1 %d " % status)
    assert b"Content-Type: application/problem+json\r\n" in raw
    assert b'"code":"token_expired"' in raw
    assert b'"title":"The token has expired"' in raw
    assert (b"WWW-Authenticate: Bearer\r\n" in raw) is (status == 401)
    assert b"X-Content-Type-Options: nosniff\r\n" in raw
    assert site.nobody_was_asked()


@pytest.mark.parametrize("answer", [Answer(503), Answer(hang_up=True), Answer(429)])
def test_without_an_answer_nothing_is_taken(site: Site, answer: Answer) -> None:
    site.gateway.access = answer
    reply = ask(site.port, "/api/v1/images", method="POST", body=b"x" * 1000)
    assert (reply.status, reply.header("Retry-After")) == (503, "2")
    assert problem_of(reply)["code"] == "upstream_unavailable"
    assert site.nobody_was_asked()


def test_what_is_too_large_is_told_before_the_body(site: Site) -> None:
    raw = first_answer(site, "/api/v1/images", length=99_000_000)
    assert raw.startswith(b"HTTP/1.1 413 ")


def test_who_may_is_asked_for_the_body(site: Site) -> None:
    assert first_answer(site, "/api/v1/images") == b"HTTP/1.1 100 Continue\r\n\r\n"


def test_reading_the_list_asks_nobody_for_leave(site: Site) -> None:
    site.gateway.access = Answer(401, REFUSED)
    assert ask(site.port, "/api/v1/images").status == 200
    assert not site.gateway.asked.is_set()


def test_the_question_carries_the_token_and_no_body(site: Site) -> None:
    site.gateway.access = Answer(401, REFUSED)
    first_answer(site, "/api/v1/images")
    assert site.gateway.asked.is_set()
    assert ask(site.port, "/internal/v1/upload-access", method="POST").status == 404
