"""The body of an upload as a stream: measured, hashed and counted while it passes through."""

import hashlib
import re
from typing import Final, Protocol

from django.conf import settings
from django.http import HttpRequest, UnreadablePostError
from django.utils.http import parse_header_parameters

from gateway.errors import (
    UploadFormRequired,
    UploadInterrupted,
    UploadLengthRequired,
    UploadTooLarge,
)
from gateway.metrics import UPLOAD_BYTES

CHUNK_BYTES: Final = 64 * 1024
BOUNDARY: Final = re.compile(r"[ -~]{1,70}")  # RFC 2046 5.1.1 allows 70 characters


class Readable(Protocol):
    """What is read from: the request."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes."""


class BodyHash:
    """SHA-256 of a multipart body in which the boundary counts as one fixed mark.

    A client that repeats a request makes a new random boundary; the body is the same all the same.
    """

    def __init__(self, boundary: str) -> None:
        self._mark = b"--" + boundary.encode("latin-1")
        self._hash = hashlib.sha256()
        self._tail = b""

    def update(self, chunk: bytes) -> None:
        """Take the next piece; a boundary may be cut by its end."""
        *whole, rest = (self._tail + chunk).split(self._mark)
        for piece in whole:
            self._hash.update(piece)
            self._hash.update(b"\0boundary\0")
        # Its first bytes may be the last of this piece, so they wait for the next one.
        keep = len(self._mark) - 1
        cut = max(0, len(rest) - keep)
        self._hash.update(rest[:cut])
        self._tail = rest[cut:]

    def hexdigest(self) -> str:
        """The digest of everything so far."""
        final = self._hash.copy()
        final.update(self._tail)
        return final.hexdigest()


class UploadBody:
    """A request body that is handed on in bounded pieces and never held whole."""

    def __init__(self, source: Readable, *, length: int, content_type: str, boundary: str) -> None:
        self.length = length
        self.content_type = content_type
        self._source = source
        self._left = length
        self._hash: BodyHash | None = None
        self._boundary = boundary

    def hash_on_the_way(self) -> None:
        """Work out the digest while the body passes. To be called before the first read."""
        self._hash = BodyHash(self._boundary)

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes and never more than a chunk; none at the end.

        Raises `UploadInterrupted` when the client goes away, which is no fault of the role that
        the body is relayed to and must not count against it.
        """
        wanted = min(size if size > 0 else CHUNK_BYTES, CHUNK_BYTES, self._left)
        if wanted == 0:
            return b""
        try:
            chunk = self._source.read(wanted)
        except (UnreadablePostError, OSError) as exc:
            raise UploadInterrupted from exc
        if not chunk:
            raise UploadInterrupted(f"{self._left} bytes of {self.length} are missing.")
        self._left -= len(chunk)
        UPLOAD_BYTES.inc(len(chunk))
        if self._hash is not None:
            self._hash.update(chunk)
        return chunk

    def digest(self) -> str:
        """The digest of the whole body; what nobody has read yet is read now and thrown away."""
        while self.read(CHUNK_BYTES):
            pass
        return self._hash.hexdigest() if self._hash is not None else ""


def upload_body(request: HttpRequest) -> UploadBody:
    """The body of ``request``, of which nothing has been read yet.

    Raises `UploadFormRequired`, `UploadLengthRequired` or `UploadTooLarge` from the headers alone.
    """
    content_type = request.META.get("CONTENT_TYPE", "")
    main, parameters = parse_header_parameters(content_type)
    boundary = parameters.get("boundary", "")
    if main != "multipart/form-data" or not BOUNDARY.fullmatch(boundary):
        raise UploadFormRequired
    if parameters.get("charset", "utf-8").lower() != "utf-8":
        raise UploadFormRequired("The form is read as UTF-8 and as nothing else.")
    length = _length(request)
    if length > settings.UPLOAD_MAX_BYTES + settings.UPLOAD_FORM_ALLOWANCE_BYTES:
        raise UploadTooLarge(f"The largest accepted file has {settings.UPLOAD_MAX_BYTES} bytes.")
    return UploadBody(request, length=length, content_type=content_type, boundary=boundary)


def _length(request: HttpRequest) -> int:
    raw = request.META.get("CONTENT_LENGTH", "")
    if not (raw.isascii() and raw.isdigit()) or request.META.get("HTTP_TRANSFER_ENCODING"):
        raise UploadLengthRequired
    return int(raw)
