"""Where files are kept under names: a directory, or a bucket of any S3-compatible store."""

import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol, cast
from urllib.parse import urlsplit

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from platform_site.backup.errors import BackupError
from platform_site.backup.piece_streams import PieceStream

ABSENT: Final = frozenset({"404", "NoSuchKey", "NotFound"})
AT_ONCE_BYTES: Final = 8 * 1024 * 1024
"""What is smaller goes in one request; of what is larger one such part is held in memory."""
DELETED_AT_ONCE: Final = 1_000
FEW: Final = 64
"""Files that are settled one by one; of more the whole machine is, which is faster for them."""


class NotThere(Exception):
    """There is no file of this name."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file as a listing tells of it."""

    name: str
    size: int
    written_at: datetime


class FileStore(Protocol):
    """Files under names with slashes; a file appears whole or not at all."""

    @property
    def address(self) -> str:
        """What a person calls it."""

    def files(self, folder: str = "") -> Iterator[KeptFile]:
        """Every file below ``folder`` (which ends in a slash), in no order."""

    def names(self, folder: str) -> Iterator[str]:
        """Their names alone, which may cost less."""

    def read(self, name: str) -> "closing[BinaryIO]":
        """The file as a stream, for a ``with``. Raises `NotThere`."""

    def write(self, name: str, pieces: Iterable[bytes], *, content_type: str = "") -> int:
        """Keep ``pieces`` as ``name``, in the place of what was there; how many bytes."""

    def delete(self, names: Iterable[str]) -> None:
        """Delete these; one that is not there is no error."""

    def settle(self) -> None:
        """Return once what was written survives a loss of power."""


@dataclass(frozen=True, slots=True)
class DirectoryStore:
    """Files of the machine, readable by their owner only."""

    path: Path
    _unsettled: list[Path] = field(default_factory=list, repr=False, compare=False)
    """What was written and may be lost with the power."""

    @property
    def address(self) -> str:
        """What a person calls it."""
        return str(self.path)

    def files(self, folder: str = "") -> Iterator[KeptFile]:
        """As `FileStore`."""
        for name, entry in _entries(self.path / folder, folder):
            with suppress(FileNotFoundError):  # deleted meanwhile
                found = entry.stat()
                written_at = datetime.fromtimestamp(found.st_mtime, UTC)
                yield KeptFile(name, found.st_size, written_at)

    def names(self, folder: str) -> Iterator[str]:
        """As `FileStore`: nothing of a file is looked at."""
        return (name for name, _entry in _entries(self.path / folder, folder))

    def read(self, name: str) -> "closing[BinaryIO]":
        """As `FileStore`."""
        try:
            return closing(cast("BinaryIO", self._path(name).open("rb")))
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise NotThere(name) from None

    def write(self, name: str, pieces: Iterable[bytes], *, content_type: str = "") -> int:
        """As `FileStore`."""
        del content_type  # a directory has no place for it
        file = self._path(name)
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = file.with_name(f".{secrets.token_hex(8)}")
        try:
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                size = sum(stream.write(piece) for piece in pieces)
            unfinished.replace(file)
            self._unsettled.append(file)
        except OSError as exc:
            raise BackupError(f"{self.path} cannot be written to: {exc.strerror}.") from exc
        finally:
            unfinished.unlink(missing_ok=True)
        return size

    def delete(self, names: Iterable[str]) -> None:
        """As `FileStore`."""
        for name in names:
            self._path(name).unlink(missing_ok=True)

    def settle(self) -> None:
        """As `FileStore`; a few files by name, so that nobody waits for what others wrote."""
        files = {file for file in self._unsettled if file.exists()}
        self._unsettled.clear()
        if len(files) > FEW:
            os.sync()
            return
        above = {folder for file in files for folder in file.parents if self._is_ours(folder)}
        for path in (*files, *above):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def _is_ours(self, folder: Path) -> bool:
        return folder == self.path.parent or folder.is_relative_to(self.path)

    def _path(self, name: str) -> Path:
        file = self.path / name
        if ".." in file.parts:
            raise BackupError(f"{name} is no name of a file below {self.path}.")
        return file


@dataclass(frozen=True, slots=True)
class BucketStore:
    """Objects of a bucket below ``prefix``, which is empty or ends in a slash."""

    client: Any
    bucket: str
    prefix: str = ""

    @property
    def address(self) -> str:
        """What a person calls it."""
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    def files(self, folder: str = "") -> Iterator[KeptFile]:
        """As `FileStore`."""
        pages = self.client.get_paginator("list_objects_v2")
        with self._translated():
            for page in pages.paginate(Bucket=self.bucket, Prefix=f"{self.prefix}{folder}"):
                for item in page.get("Contents", []):
                    name = item["Key"].removeprefix(self.prefix)
                    yield KeptFile(name, item["Size"], item["LastModified"])

    def names(self, folder: str) -> Iterator[str]:
        """As `FileStore`."""
        return (file.name for file in self.files(folder))

    def read(self, name: str) -> "closing[BinaryIO]":
        """As `FileStore`."""
        with self._translated(name):
            return closing(self.client.get_object(**self._named(name))["Body"])

    def write(self, name: str, pieces: Iterable[bytes], *, content_type: str = "") -> int:
        """As `FileStore`."""
        kind = {"ContentType": content_type} if content_type else {}
        stream = PieceStream(pieces)
        head = stream.read(AT_ONCE_BYTES)
        with self._translated():
            if len(head) < AT_ONCE_BYTES:
                self.client.put_object(**self._named(name), Body=head, **kind)
                return len(head)
            stream.put_back(head)
            parts = TransferConfig(
                multipart_threshold=AT_ONCE_BYTES,
                multipart_chunksize=AT_ONCE_BYTES,
                use_threads=False,
            )
            place = self._named(name)
            self.client.upload_fileobj(
                stream, place["Bucket"], place["Key"], ExtraArgs=kind or None, Config=parts
            )
        return stream.given - len(head)  # those were given twice

    def delete(self, names: Iterable[str]) -> None:
        """As `FileStore`."""
        keys = [{"Key": f"{self.prefix}{name}"} for name in names]
        with self._translated():
            for at in range(0, len(keys), DELETED_AT_ONCE):
                some = keys[at : at + DELETED_AT_ONCE]
                self.client.delete_objects(
                    Bucket=self.bucket, Delete={"Objects": some, "Quiet": True}
                )

    def settle(self) -> None:
        """As `FileStore`."""

    def _named(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": f"{self.prefix}{name}"}

    @contextmanager
    def _translated(self, name: str = "") -> Iterator[None]:
        try:
            yield
        except ClientError as exc:
            code = str(exc.response.get("Error", {}).get("Code"))
            if name and code in ABSENT:
                raise NotThere(name) from exc
            raise BackupError(f"The store of {self.address} refuses: {code}.") from exc
        except BotoCoreError as exc:
            raise BackupError(f"The store of {self.address} gives no answer ({exc}).") from exc


def _entries(folder: Path | str, prefix: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """The files of ``folder`` and below; a link to another directory is none of them."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.is_dir():
            if not entry.is_symlink():
                yield from _entries(entry.path, f"{prefix}{entry.name}/")
        elif not entry.name.startswith("."):  # unfinished
            yield f"{prefix}{entry.name}", entry


def of_url(url: str, options: Mapping[str, str]) -> FileStore:
    """``s3://bucket/prefix`` with the ``options`` of its client, ``file:///…``, or a path."""
    parts = urlsplit(url)
    if parts.scheme == "s3":
        folder = parts.path.strip("/")
        return BucketStore(_client(options), parts.netloc, f"{folder}/" if folder else "")
    if parts.scheme not in {"", "file"} or not parts.path:
        raise BackupError(f"{url} is no place for backups: give s3://bucket/prefix or a directory.")
    return DirectoryStore(Path(parts.path).expanduser().absolute())


def of_storage(storage: Any) -> FileStore:
    """The place behind a storage of Django: S3, which has a bucket, or files."""
    if hasattr(storage, "bucket"):
        folder = storage.location.strip("/")
        name = storage.bucket.name
        return BucketStore(storage.bucket.meta.client, name, f"{folder}/" if folder else "")
    return DirectoryStore(Path(storage.path("")))


def _client(options: Mapping[str, str]) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=options.get("endpoint_url") or None,
        region_name=options.get("region_name") or None,
        aws_access_key_id=options.get("access_key") or None,
        aws_secret_access_key=options.get("secret_key") or None,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            connect_timeout=3,
            read_timeout=60,
            retries={"mode": "standard", "max_attempts": 5},
            max_pool_connections=32,
        ),
    )
