"""The bytes of a request to another role: a head that holds what it was given, and nothing else."""

import re
from collections.abc import Mapping
from typing import Final, Protocol, TypeGuard

WITHOUT_BODY: Final = frozenset({"GET", "HEAD", "DELETE", "OPTIONS"})
"""Methods that say nothing about a length where there is no body (RFC 9110, section 8.6)."""
NOT_IN_A_TARGET: Final = re.compile(r"[\x00-\x20\x7f]")
LINE_END: Final = "\r\n"


class SupportsRead(Protocol):
    """A body that is read piece by piece."""

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes; empty at the end."""
        ...


Body = bytes | SupportsRead | None


def is_stream(body: Body) -> TypeGuard[SupportsRead]:
    """Whether ``body`` is read while it is sent, so that it can be sent once only."""
    return not (body is None or isinstance(body, bytes))


def request_head(
    method: str, path: str, *, host: str, headers: Mapping[str, str], body: Body
) -> bytes:
    """The request up to its body. A stream has its ``Content-Length`` among ``headers``.

    Raises ``ValueError`` where a part has a character that would end it, or is not Latin-1.
    """
    if NOT_IN_A_TARGET.search(path):
        raise ValueError("A path has a control character or a space.")
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if isinstance(body, bytes) or (body is None and method not in WITHOUT_BODY):
        lines.append(f"Content-Length: {len(body or b'')}")
    text = LINE_END.join(lines)
    # Each line end is one of ours, or somebody's value goes on as a header of its own.
    ends = len(lines) - 1
    if text.count("\r") != ends or text.count("\n") != ends or "\x00" in text:
        raise ValueError("A header has a line end.")
    return f"{text}\r\n\r\n".encode("latin-1")
