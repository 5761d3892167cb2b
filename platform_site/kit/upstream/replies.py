"""What another role answers, read from the bytes of a connection; llhttp decides where it ends.

Knows no socket, so that a broken or hostile answer can be tried byte by byte.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

HEAD_BYTES_MAX: Final = 64 * 1024
HEADERS_MAX: Final = 100
REPLY_BYTES_MAX: Final = 32 * 1024 * 1024
"""Many times the largest document of a role: whoever sends more has lost its way."""
SUCCESS: Final = 200
"""Below, an answer is an interim one, and the real one follows it."""


class BrokenReply(OSError):
    """The other end closed the connection before its answer was whole, or it makes no sense."""


class Headers(Mapping[str, str]):
    """The headers of one answer; names compare without case, repeated ones are joined by commas."""

    def __init__(self, raw: dict[bytes, bytes]) -> None:
        self._raw = raw

    def __getitem__(self, name: str) -> str:
        return self._raw[name.lower().encode("latin-1")].decode("latin-1")

    def get(self, name: str, default: Any = None) -> Any:
        """As of every mapping, without the exception on the way to what is not there."""
        value = self._raw.get(name.lower().encode("latin-1"))
        return default if value is None else value.decode("latin-1")

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower().encode("latin-1") in self._raw

    def __iter__(self) -> Iterator[str]:
        return (name.decode("latin-1") for name in self._raw)

    def __len__(self) -> int:
        return len(self._raw)

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> "Headers":
        """``headers`` under names that compare without case."""
        return cls({k.lower().encode("latin-1"): v.encode("latin-1") for k, v in headers.items()})


@dataclass(frozen=True, slots=True)
class Reply:
    """The whole response of the other role; header names compare without case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON. Raises ``ValueError`` when it is not."""
        return orjson.loads(self.body)


class ReplyReader:
    """Reads the answers of one connection, one after the other.

    ``keeps_alive`` says whether the connection is fit for another request once an answer is
    complete: not where it is to be closed, and not where more came than was asked for.
    """

    def __init__(self, bytes_max: int = REPLY_BYTES_MAX) -> None:
        self._bytes_max = bytes_max
        self._parser = HttpResponseParser(self)
        self.begin("GET")

    def begin(self, method: str) -> None:
        """Expect the answer to a request with ``method``."""
        self.is_complete = self.keeps_alive = False
        self._has_no_body = method == "HEAD"
        self._received_bytes = self._head_bytes = 0
        self._begin_head()

    def feed(self, data: bytes) -> None:
        """Take what was received; nothing means that the other end sends no more.

        Raises `BrokenReply`, also for an answer beyond the bounds of this module.
        """
        if not data:
            self._end()
            return
        self._received_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as exc:
            # What follows a whole answer is nobody's; the answer itself is good.
            self.keeps_alive = False
            if not self.is_complete:
                raise BrokenReply(str(exc)) from exc
        if not self.is_complete:
            self._require_bounds(len(data))

    def reply(self) -> Reply:
        """The answer, which is complete."""
        if self._has_no_body:
            # The parser waits for a body that a HEAD does not have.
            self._parser = HttpResponseParser(self)
        return Reply(self._status, Headers(self._headers), b"".join(self._body))

    def on_message_begin(self) -> None:
        """Told by the parser: an answer begins, and none is due after a whole one."""
        if self.is_complete:
            raise BrokenReply("There is more than one answer.")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Told by the parser; also of trailers, which nobody reads."""
        if self._is_in_head:
            key, value = name.lower(), value.strip()
            known = self._headers.get(key)
            self._headers[key] = value if known is None else known + b", " + value
            if len(self._headers) > HEADERS_MAX:
                raise BrokenReply("There are too many headers.")

    def on_headers_complete(self) -> None:
        """Told by the parser, which forgets at the end what the head said of the connection."""
        self._is_in_head = False
        self._status = self._parser.get_status_code()
        self.keeps_alive = self._parser.should_keep_alive()
        self.is_complete = self._has_no_body and self._status >= SUCCESS

    def on_body(self, piece: bytes) -> None:
        """Told by the parser."""
        if self._has_no_body:
            raise BrokenReply("A HEAD has no body.")
        self._body.append(piece)

    def on_message_complete(self) -> None:
        """Told by the parser: all of an answer, or of an interim one, is there."""
        if self._status < SUCCESS:
            self._begin_head()
        else:
            self.is_complete = True

    def _begin_head(self) -> None:
        self._is_in_head = True
        self._status = 0
        self._headers: dict[bytes, bytes] = {}
        self._body: list[bytes] = []

    def _end(self) -> None:
        """An answer that does not say how long it is ends with the connection; others do not."""
        says_where_it_ends = b"content-length" in self._headers or (
            b"transfer-encoding" in self._headers
        )
        if self._is_in_head or says_where_it_ends:
            raise BrokenReply("The connection was closed before the answer was whole.")
        self.is_complete, self.keeps_alive = True, False

    def _require_bounds(self, size: int) -> None:
        self._head_bytes += size if self._is_in_head else 0
        if self._head_bytes > HEAD_BYTES_MAX or self._received_bytes > self._bytes_max:
            raise BrokenReply("The answer is too long.")
