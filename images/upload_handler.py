"""Receives the one file of an upload: spools it, hashes it and counts it while it arrives."""

import hashlib
import tempfile
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from images.errors import FileTooLarge
from platform_site.kit.rest.problems import FieldError, InvalidRequest

FIELD: Final = "file"
MEMORY_BYTES: Final = 1_000_000
WRITTEN_IN_FORMS: Final = (("%22", '"'), ("%0D", "\r"), ("%0A", "\n"))


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A whole file: ``sha256`` in hexadecimal, ``filename`` as the client named it, for display."""

    content: BinaryIO
    bytes: int
    sha256: str
    filename: str


class HashedFile(UploadedFile):  # type: ignore[type-arg]  # not generic when run
    """An uploaded file whose SHA-256 is known when its last byte has arrived."""

    def __init__(self, received: ReceivedFile) -> None:
        super().__init__(received.content, name=received.filename, size=received.bytes)
        self.received = received


class HashingUploadHandler(FileUploadHandler):
    """Takes one file in the field ``file``; on disk above 1 MB, in memory below.

    Raises `FileTooLarge` at the first byte beyond ``UPLOAD_MAX_BYTES``.
    """

    chunk_size = 256 * 1024

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._spool: BinaryIO | None = None
        self._hash = hashlib.sha256()
        self._count = 0

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        """Begin the file. Raises `InvalidRequest` for another field, and for a second file."""
        if field_name != FIELD:
            raise _refused(field_name, "unknown_field", "There is no file field of this name.")
        if self._spool is not None:
            raise _refused(field_name, "multiple_files", "Send one file at a time.")
        super().new_file(field_name, *args, **kwargs)
        self._spool = tempfile.SpooledTemporaryFile(  # type: ignore[assignment]  # noqa: SIM115 - the view closes
            max_size=MEMORY_BYTES, prefix="upload-"
        )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:  # noqa: ARG002
        """Take a chunk; no other handler sees it."""
        # By what has arrived, since the stated length is that of the whole form and may be a lie.
        self._count += len(raw_data)
        if self._count > settings.UPLOAD_MAX_BYTES:
            raise FileTooLarge(f"The largest accepted file has {settings.UPLOAD_MAX_BYTES} bytes.")
        self._hash.update(raw_data)
        self._opened().write(raw_data)
        return None

    def file_complete(self, file_size: int) -> HashedFile:  # noqa: ARG002 - counted here
        """The file, positioned at its start."""
        spool = self._opened()
        spool.seek(0)
        name = display_name(self.file_name or "")
        return HashedFile(ReceivedFile(spool, self._count, self._hash.hexdigest(), name))

    def close(self) -> None:
        """Let go of what has arrived, whether it was used or refused."""
        if self._spool is not None:
            self._spool.close()

    def _opened(self) -> BinaryIO:
        if self._spool is None:
            raise RuntimeError("A chunk arrived before its file began.")
        return self._spool


def display_name(raw: str) -> str:
    """``raw`` without control characters, 255 characters at most, never empty.

    Three characters arrive as browsers write them in a form, since they would end the name (HTML,
    "multipart/form-data encoding algorithm"); a per cent sign stands for itself.

    >>> display_name("12%22 of %41.jpg")
    '12" of %41.jpg'
    """
    for written, meant in WRITTEN_IN_FORMS:
        raw = raw.replace(written, meant)
    printable = "".join(character for character in raw if character.isprintable()).strip()
    return printable[-255:] or "unnamed"


def _refused(field: str, code: str, detail: str) -> InvalidRequest:
    error = InvalidRequest(detail, errors=[FieldError(f"/{field}", code, detail)])
    error.code = code
    return error
