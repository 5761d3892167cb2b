"""What is quicker here takes, keeps, refuses and sends what gunicorn does, byte by byte."""

from typing import Any

import pytest
from gunicorn import util
from gunicorn.config import Config
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader
from gunicorn.http.wsgi import Response

from platform_site.web.messages import LookedUpOnce, OneWriteResponse, OrdinaryRequest

PEER = ("127.0.0.1", 4321)
HEADS = {
    "ordinary": "Host: a\r\nAccept: */*\r\nX-Request-ID:  b \r\n",
    "none": "",
    "of a proxy": "Host: a\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 203.0.113.9\r\n",
    "schemes that differ": "X-Forwarded-Proto: https\r\nX-Forwarded-Ssl: off\r\n",
    "no value": "Host: a\r\nX-Empty:\r\n",
    "repeated": "Accept: a\r\nAccept: b\r\n",
    "two hosts": "Host: a\r\nHost: b\r\n",
    "two types": "Content-Type: a/b\r\nContent-Type: c/d\r\n",
    "awaits our word": "Expect: 100-Continue\r\nContent-Length: 3\r\n",
    "expects more": "Expect: a miracle\r\n",
    "an underscore": "X_Forwarded_For: 6.6.6.6\r\nHost: a\r\n",
    "a user that nginx names": "Remote_User: root\r\n",
    "no colon": "Host: a\r\nodd\r\n",
    "no name": ": a\r\n",
    "a space before the colon": "Host : a\r\n",
    "a line that goes on": "X-Long: a\r\n b\r\n",
    "a first line that goes on": " a: b\r\n",
    "a control character": "X-Odd: a\x00b\r\n",
    "a bare CR": "X-Odd: a\rb\r\n",
    "a tabulator": "X-Tab: a\tb\r\n",
    "no ASCII in the value": "X-Odd: \xe9\r\n",
    "no ASCII in the name": "X-\xe9: a\r\n",
    "a sharp s": "\xdf: a\r\n",
    "two lengths": "Content-Length: 3\r\nContent-Length: 4\r\n",
    "a coding": "Transfer-Encoding: chunked\r\n",
    "sixty-four": "".join(f"X-{number}: a\r\n" for number in range(64)),
    "too many": "".join(f"X-{number}: a\r\n" for number in range(65)),
    "just not too long": f"X-Long: {'a' * 8180}\r\n",
    "too long": f"X-Long: {'a' * 8181}\r\n",
}


def configuration(**settings: Any) -> Config:
    made = Config()
    made.set("limit_request_fields", 64)
    for name, value in settings.items():
        made.set(name, value)
    return made


def read(kind: type[Request], headers: str, cfg: Any) -> Any:
    """What becomes of a request: what it says, or the error it is refused with."""
    raw = f"GET /a?b HTTP/1.1\r\n{headers}\r\n".encode("latin-1")
    try:
        request = kind(cfg, IterUnreader([raw]), PEER, 1)
    except Exception as exc:  # noqa: BLE001 - whatever it is, it has to be the same
        return type(exc), str(exc)
    return request.headers, request.scheme, request._expected_100_continue, type(request.body)


@pytest.mark.parametrize("proxies", ["127.0.0.1", "10.0.0.1", "*"])
@pytest.mark.parametrize("name", HEADS)
def test_a_request_is_read_as_gunicorn_reads_it(name: str, proxies: str) -> None:
    cfg = configuration(forwarded_allow_ips=proxies)
    assert read(OrdinaryRequest, HEADS[name], cfg) == read(Request, HEADS[name], cfg)


def test_only_what_is_odd_is_left_to_gunicorn(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def ask(*_arguments: Any) -> list[tuple[str, str]]:
        asked.append(1)
        return []

    monkeypatch.setattr(Request, "parse_headers", ask)
    ordinary = ("ordinary", "of a proxy", "no value", "repeated", "awaits our word", "a tabulator")
    for name in ordinary:
        read(OrdinaryRequest, HEADS[name], configuration())
    assert asked == []
    read(OrdinaryRequest, HEADS["no colon"], configuration())
    assert asked == [1]


class Wire:
    """A socket that remembers what it was given, call by call."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def sendall(self, data: bytes) -> None:
        self.sent.append(bytes(data))


ANSWERS: dict[str, tuple[str, list[tuple[Any, Any]], list[bytes], str]] = {
    "ordinary": (
        "200 OK",
        [("Content-Type", "text/plain"), ("Content-Length", "2")],
        [b"ab"],
        "GET",
    ),
    "in pieces": ("200 OK", [("Content-Length", "4")], [b"ab", b"", b"cd"], "GET"),
    "longer than it said": ("200 OK", [("Content-Length", "1")], [b"ab", b"c"], "GET"),
    "empty": ("200 OK", [("Content-Length", "0")], [b""], "GET"),
    "of no stated length": ("200 OK", [("X-A", " b ")], [b"", b"ab", b"cd"], "GET"),
    "without content": ("304 Not Modified", [("ETag", '"1"')], [b""], "GET"),
    "of a HEAD": ("200 OK", [("Content-Length", "2")], [b""], "HEAD"),
    "of the connection": ("200 OK", [("Connection", "upgrade"), ("Server", "x")], [b"a"], "GET"),
    "long": ("200 OK", [("Content-Length", "200000")], [b"a" * 200_000], "GET"),
    "with a line break": ("200 OK", [("X-A", "a\r\nX-B: c")], [b"a"], "GET"),
    "with a break in a name": ("200 OK", [("X-A\r\nX-B", "a")], [b"a"], "GET"),
    "with a name that is none": ("200 OK", [("X A", "a")], [b"a"], "GET"),
    "with a number": ("200 OK", [("X-A", 1)], [b"a"], "GET"),
    "no bytes": ("200 OK", [("Content-Length", "2")], ["ab"], "GET"),  # type: ignore[list-item]
}


def sent(kind: type[Response], name: str) -> Any:
    """What leaves, call by call, and whether the connection ends; or the error."""
    status, headers, pieces, method = ANSWERS[name]
    cfg = configuration()
    request = Request(cfg, IterUnreader([f"{method} / HTTP/1.1\r\n\r\n".encode()]), PEER, 1)
    wire = Wire()
    response = kind(request, wire, cfg)
    try:
        response.start_response(status, headers)
        for piece in pieces:
            response.write(piece)
        response.close()
    except Exception as exc:  # noqa: BLE001 - as above
        return type(exc), str(exc), wire.sent
    return wire.sent, response.should_close()


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_sent_as_gunicorn_sends_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(util, "http_date", lambda: "Fri, 27 Nov 2026 00:00:00 GMT")
    ours, theirs = sent(OneWriteResponse, name), sent(Response, name)
    if isinstance(ours[0], list):
        assert (b"".join(ours[0]), *ours[1:]) == (b"".join(theirs[0]), *theirs[1:])
    else:
        assert ours == theirs


def test_head_and_content_leave_in_one_call() -> None:
    assert len(sent(OneWriteResponse, "ordinary")[0]) == 1
    assert len(sent(Response, "ordinary")[0]) == 2
    assert len(sent(OneWriteResponse, "long")[0]) == 2, "a long one is not copied"


def test_a_setting_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    cfg = configuration()
    remembered = LookedUpOnce(cfg)
    assert remembered.limit_request_fields == 64
    cfg.set("limit_request_fields", 7)
    assert remembered.limit_request_fields == 64
    with pytest.raises(AttributeError):
        _ = remembered.unheard_of
