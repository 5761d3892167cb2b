"""gunicorn's request and response, quicker for what is ordinary.

Whatever is out of the ordinary goes to gunicorn's own code, which alone decides what is refused
and in which words: nothing is taken here that it would not take.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from gunicorn import util
from gunicorn.http.message import (
    RFC9110_5_3_SINGLETON_FIELDS,
    RFC9110_5_5_INVALID_AND_DANGEROUS,
    TOKEN_RE,
    Request,
)
from gunicorn.http.wsgi import HEADER_VALUE_RE, Response

JOINED_BYTES: Final = 64 * 1024
"""The longest content that is sent together with its head; a copy costs less than a call."""


class LookedUpOnce:
    """gunicorn's configuration, which looks up and casts each value anew: here once."""

    def __init__(self, configuration: Any) -> None:
        self._configuration = configuration

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._configuration, name)
        setattr(self, name, found)
        return found


class OrdinaryRequest(Request):  # type: ignore[misc]  # gunicorn has no types
    """A request, whose headers are taken in one pass if nothing about them needs a word."""

    def parse_headers(self, data: bytes, from_trailer: bool = False) -> list[tuple[str, str]]:  # noqa: FBT001, FBT002 - gunicorn's
        """The headers by their names in capitals."""
        found = None if from_trailer else self._ordinary(data)
        if found is None:
            whole: list[tuple[str, str]] = super().parse_headers(data, from_trailer)
            return whole
        return found

    def _ordinary(self, data: bytes) -> list[tuple[str, str]] | None:
        """The headers; ``None`` when gunicorn has to look."""
        lines = data.decode("latin-1").split("\r\n")
        longest = self.limit_request_field_size - len("\r\n")
        if len(lines) > self.limit_request_fields:
            return None
        scheme_headers, forwarder_headers = self._peer_trusted_for_forwarded()
        headers, scheme_state, seen = [], [False], set[str]()
        for line in lines:
            name, _, value = line.partition(":")
            # A line that continues another, or has a space before the colon, begins with no token.
            token = _token(name)
            if not token or len(line) > longest or len(name) == len(line):
                return None
            if RFC9110_5_5_INVALID_AND_DANGEROUS.search(value):
                return None
            header: tuple[str, str] | None = (token, value.strip(" \t"))
            if token in WATCHED or token in scheme_headers or "_" in token:
                header = self._apply_header_policy(
                    *(*(token, value.strip(" \t")), scheme_state, seen),
                    *(scheme_headers, forwarder_headers),
                )
            if header is not None:
                headers.append(header)
        return headers


WATCHED: Final = RFC9110_5_3_SINGLETON_FIELDS | {"EXPECT"}
"""Names about which gunicorn has a rule, beside those with an underscore or of a scheme."""


@lru_cache(maxsize=1024)
def _token(name: str) -> str:
    """``name`` in capitals; empty when it is none that a header may have."""
    return name.upper() if TOKEN_RE.fullmatch(name) else ""


class OneWriteResponse(Response):  # type: ignore[misc]
    """A response whose head and content leave in one call, if both are there and not long."""

    headers_sent: bool
    sent: int

    def process_headers(self, headers: Iterable[tuple[str, str]]) -> None:
        """Keep ``headers``. Raises what gunicorn raises for one that may not be sent."""
        for name, value in headers:
            if _is_ordinary(name) and type(value) is str and HEADER_VALUE_RE.fullmatch(value):
                self.headers.append((name, value.strip(" \t")))
            else:
                super().process_headers([(name, value)])

    def write(self, arg: bytes) -> None:
        """Send ``arg``, after the head if that was not sent yet."""
        is_short = type(arg) is bytes and len(arg) <= min(self.response_length or 0, JOINED_BYTES)
        if self.headers_sent or self.chunked or self._omits_body or not is_short:
            super().write(arg)
            return
        head = [*self.default_headers(), *(f"{name}: {value}\r\n" for name, value in self.headers)]
        util.write(self.sock, b"".join(("".join(head).encode("latin-1"), b"\r\n", arg)))
        self.headers_sent, self.sent = True, len(arg)


@lru_cache(maxsize=1024)
def _is_ordinary(name: str) -> bool:
    """Whether it is a header of content or of the application, and none of the connection."""
    is_length = isinstance(name, str) and name.lower() == "content-length"
    return bool(
        isinstance(name, str)
        and TOKEN_RE.fullmatch(name)
        and not is_length
        and not util.is_hoppish(name)
    )
