"""Answers, whole and broken, in one piece and byte by byte."""

import pytest

from platform_site.kit.upstream.replies import (
    HEAD_BYTES_MAX,
    HEADERS_MAX,
    REPLY_BYTES_MAX,
    BrokenReply,
    Reply,
    ReplyReader,
)

HELLO = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: x\r\n\r\n"
)
WITHOUT_LENGTH = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nall of it"


def read(*pieces: bytes, method: str = "GET") -> tuple[Reply, bool]:
    """The answer, and whether its connection can be used again."""
    reader = ReplyReader()
    reader.begin(method)
    for piece in pieces:
        assert not reader.is_complete
        reader.feed(piece)
    assert reader.is_complete
    return reader.reply(), reader.keeps_alive


def test_an_answer_of_known_length_leaves_the_connection_open() -> None:
    reply, is_kept = read(HELLO)
    assert (reply.status, reply.body, is_kept) == (200, b"{}", True)
    assert dict(reply.headers) == {"content-type": "application/json", "content-length": "2"}


@pytest.mark.parametrize(
    ("raw", "body"), [(HELLO, b"{}"), (CHUNKED, b"abcde")], ids=["length", "chunked"]
)
def test_an_answer_may_come_byte_by_byte(raw: bytes, body: bytes) -> None:
    reply, is_kept = read(*(bytes([byte]) for byte in raw))
    assert (reply.body, is_kept) == (body, True)
    assert "X-Trailer" not in reply.headers


def test_one_reader_reads_one_answer_after_the_other() -> None:
    reader = ReplyReader()
    whole, head = ("GET", HELLO, b"{}"), ("HEAD", HELLO[:-2], b"")
    for method, raw, body in (whole, head, head, whole):
        reader.begin(method)
        reader.feed(raw)
        assert reader.is_complete
        assert reader.keeps_alive
        assert reader.reply().body == body


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_some_answers_have_no_body_whatever_their_length_says(status: bytes) -> None:
    reply, is_kept = read(b"HTTP/1.1 " + status + b"\r\nContent-Length: 5\r\nETag: a\r\n\r\n")
    assert (reply.body, reply.headers["etag"], is_kept) == (b"", "a", True)


def test_an_answer_without_a_length_ends_with_the_connection() -> None:
    reply, is_kept = read(WITHOUT_LENGTH, b"", method="GET")
    assert (reply.body, is_kept) == (b"all of it", False)


def test_interim_answers_are_passed_over() -> None:
    early = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
    reply, is_kept = read(early + HELLO)
    assert (reply.status, reply.body, is_kept) == (200, b"{}", True)
    assert "link" not in reply.headers
    assert read(early, HELLO)[0].status == 200


def test_a_connection_that_is_to_be_closed_is_not_kept() -> None:
    closing = HELLO.replace(b"Content-Length", b"Connection: close\r\nContent-Length")
    assert read(closing)[1] is False
    assert read(HELLO.replace(b"HTTP/1.1", b"HTTP/1.0"))[1] is False


@pytest.mark.parametrize("surplus", [b"H", HELLO, b"\x00", b"{}", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_what_follows_an_answer_is_nobodys_and_ends_the_connection(surplus: bytes) -> None:
    reply, is_kept = read(HELLO + surplus)
    assert (reply.status, reply.body, is_kept) == (200, b"{}", False)
    assert reply.headers["content-length"] == "2"


def test_a_head_that_comes_with_a_body_ends_the_connection() -> None:
    reply, is_kept = read(HELLO, method="HEAD")
    assert (reply.body, reply.headers["Content-Length"], is_kept) == (b"", "2", False)


def test_names_compare_without_case_and_repeated_headers_are_joined() -> None:
    reply, _ = read(HELLO.replace(b"Content-Type", b"vary: a\r\nVARY:   b  \r\nX-L: \xe9\r\nA"))
    assert (reply.headers["Vary"], reply.headers["x-l"]) == ("a, b", "é")
    assert "VARY" in reply.headers
    assert reply.headers.get("Nothing") is None
    assert len(reply.headers) == 4


BROKEN = {
    "nothing": b"",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-",
    "half a body": HELLO[:-1],
    "half a chunk": CHUNKED[:60],
    "no last chunk": CHUNKED[: CHUNKED.index(b"0\r\n")],
    "garbage": b"\x16\x03\x01\x02\x00\x01",
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "a request": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "two lengths": HELLO.replace(b"Content-Type: application/json", b"Content-Length: 3"),
    "a length below nothing": HELLO.replace(b": 2", b": -2"),
    "a length that is no number": HELLO.replace(b": 2", b": two"),
    "both ways to say it": CHUNKED.replace(b"Transfer", b"Content-Length: 3\r\nTransfer"),
    "a chunk that is no number": CHUNKED.replace(b"3;a=b", b"xyz"),
    "a space before the colon": HELLO.replace(b"Length:", b"Length :"),
    "a line end in a header": HELLO.replace(b"json", b"js\non"),
    "another protocol to go on with": b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
    b"Upgrade: websocket\r\n\r\n",
}


@pytest.mark.parametrize("in_pieces_of", [1, 10_000])
@pytest.mark.parametrize("raw", BROKEN.values(), ids=BROKEN.keys())
def test_an_answer_that_is_cut_short_or_makes_no_sense_is_none(
    raw: bytes, in_pieces_of: int
) -> None:
    pieces = [raw[start : start + in_pieces_of] for start in range(0, len(raw), in_pieces_of)]
    with pytest.raises(BrokenReply):
        read(*pieces, b"")


def test_a_head_without_end_is_not_read_to_its_end() -> None:
    for line in (b"X-A: b\r\n", b"x"):
        piece = line * (4096 // len(line))
        pieces = [b"HTTP/1.1 200 OK\r\n", *[piece] * (2 * HEAD_BYTES_MAX // len(piece))]
        with pytest.raises(BrokenReply, match="too long"):
            read(*pieces)


def test_too_many_headers_are_not_read() -> None:
    lines = b"".join(b"X-%d: a\r\n" % number for number in range(HEADERS_MAX + 1))
    raw = b"HTTP/1.1 204 No Content\r\n" + lines + b"\r\n"
    with pytest.raises(BrokenReply):
        read(raw)
    assert read(raw.replace(b"X-0: a\r\n", b""))[0].status == 204


def test_an_answer_without_end_is_not_held() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    piece = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    with pytest.raises(BrokenReply, match="too long"):
        read(head, *[piece] * (REPLY_BYTES_MAX // 0x100000 + 1))
