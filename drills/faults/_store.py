"""A server before the object store, which refuses some of what it is asked."""

import http.client
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tests.edge.upstreams import Answer, Received, serving

OF_THE_WAY: Final = frozenset({"connection", "transfer-encoding", "keep-alive", "expect"})
REFUSED: Final = Answer(
    500,
    {"Content-Type": "application/xml"},
    b"<Error><Code>InternalError</Code><Message>We are sorry.</Message></Error>",
)


@contextmanager
def failing_store(port: int, *, every: int) -> Iterator[int]:
    """The port of a server that hands on to ``port``, and answers each n-th request with 500."""
    numbers = itertools.count(1)

    def respond(request: Received) -> Answer:
        return REFUSED if next(numbers) % every == 0 else _asked(port, request)

    with serving() as server:
        server.respond = respond
        yield server.port


def _asked(port: int, request: Received) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.putrequest(
            request.method, request.path, skip_host=True, skip_accept_encoding=True
        )
        for name, value in request.headers.items():
            if name not in OF_THE_WAY and name != "content-length":
                connection.putheader(name, value)
        if request.body or "content-length" in request.headers:
            connection.putheader("content-length", str(len(request.body)))
        connection.endheaders(request.body or None)
        reply = connection.getresponse()
        headers = {
            name.title(): value
            for name, value in reply.getheaders()
            if name.lower() not in {*OF_THE_WAY, "date", "server"}
        }
        return Answer(reply.status, headers, reply.read())
    except (OSError, http.client.HTTPException):
        return Answer(hang_up=True)
    finally:
        connection.close()
