"""When a request is given to a thread: as soon as nothing has to be waited for, and no sooner."""

import socket
from contextlib import closing
from unittest.mock import Mock

import pytest
from gunicorn.http.body import LengthReader

from platform_site.web.connections import SMALL_BODY_BYTES, PacedUnreader, awaits_body, is_whole

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    ("received", "whole"),
    [
        (b"", False),
        (HEAD, False),
        (HEAD + b"\r\n", True),
        (HEAD + b"Content-Length: 3\r\n\r\n", False),
        (HEAD + b"Content-Length: 3\r\n\r\nab", False),
        (HEAD + b"Content-Length: 3\r\n\r\nabc", True),
        (HEAD + b"CONTENT-LENGTH:  3 \r\n\r\nabc", True),
        (HEAD + f"Content-Length: {SMALL_BODY_BYTES}\r\n\r\n".encode(), False),
        (HEAD + f"Content-Length: {SMALL_BODY_BYTES + 1}\r\n\r\n".encode(), True),
        (HEAD + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n", True),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", True),
        (HEAD + b"Content-Length: three\r\n\r\n", True),
    ],
    ids=[
        *("nothing", "half a head", "no body", "no byte of it", "not all of it", "all of it"),
        *("in capitals", "small and absent", "large: read by the thread", "awaits our word"),
        *("chunks: refused", "malformed: refused"),
    ],
)
def test_a_thread_gets_what_it_need_not_wait_for(received: bytes, whole: bool) -> None:  # noqa: FBT001
    assert is_whole(bytearray(received)) is whole


@pytest.mark.parametrize(
    ("received", "awaits"),
    [
        (HEAD + b"\r\n", False),
        (HEAD + b"Content-Length: 3\r\n\r\nabc", False),
        (HEAD + b"CONTENT-LENGTH: 3\r\nExpect: 100-continue\r\n\r\n", True),
        (HEAD + b"Content-Length: 90000\r\n\r\nabc", True),
        (HEAD + b"Content-Length: 90000\r\nTransfer-Encoding: chunked\r\n\r\n", False),
        (b"GET / HTTP/1.1\r\nContent-Length: 90000\r\n\r\n", False),
    ],
)
def test_a_turn_is_for_a_body_that_is_still_to_come(received: bytes, awaits: bool) -> None:  # noqa: FBT001
    assert awaits_body(bytearray(received)) is awaits


def test_of_a_long_body_no_more_is_taken_than_is_read() -> None:
    """What is taken and not read is copied for every piece that is read before it."""
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        received = Mock(wraps=ours)
        reader = PacedUnreader(received)
        reader.begin(b"")
        theirs.sendall(b"x" * 100_000)
        body = LengthReader(reader, 5_000_000)
        assert body.read(65_536) == b"x" * 65_536
        assert {call.args[0] for call in received.recv.call_args_list} == {65_536}
