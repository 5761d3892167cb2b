"""The object store behind Django's ``STORAGES["objects"]``: S3 or files, under keys derived here.

A key derives from what it holds, so a second run of a job writes the same thing to the same place.
Knows nothing of rows.
"""

import io
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Final, cast
from uuid import UUID

import structlog
from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from django.core.files.storage import Storage, storages

from images import metrics
from images.errors import StorageUnavailable
from images.presigning import presigner_of
from images.signed_puts import put

log = structlog.get_logger(__name__)

CHUNK_BYTES: Final = 256 * 1024
LOCATION_LIFETIME_S: Final = 60
READING: Final = ("open", "read")
PROBE_KEY: Final = "originals/.probe"


class ObjectMissing(Exception):
    """There is no object under the key."""


def original_key(image_id: UUID) -> str:
    """Where the original of an image is."""
    return f"originals/{image_id}"


def rendition_key(image_id: UUID, *, spec: str) -> str:
    """What the row of a rendition names until it is made; a worker of release 0.1 stores it there.

    ``spec`` is canonical and ends in the extension of its format.
    """
    return f"renditions/{image_id}/{spec}"


def content_key(image_id: UUID, *, checksum: str, extension: str) -> str:
    """Where the renditions of an image are that have the bytes of SHA-256 ``checksum``.

    Boxes larger than the picture all give the same bytes, which are one object.
    """
    return f"renditions/{image_id}/{checksum}.{extension}"


def object_put(
    key: str, source: BinaryIO, *, size: int, content_type: str, sha256: str | None = None
) -> None:
    """Store ``size`` bytes of ``source`` under exactly ``key``. Raises `StorageUnavailable`.

    ``sha256`` of the bytes in hexadecimal spares hashing them once more, where it is known.
    A store that does not overwrite gives a second writer another name. Then an object of the same
    size is taken for the same bytes, since keys derive from content, and one of another size for
    the incomplete file of a writer that died.
    """
    with translated("put"):
        store: Any = object_store()
        # Only the S3 storage has a bucket; its class is not imported where objects are files.
        if hasattr(store, "bucket"):
            put(
                store.bucket.meta.client,
                store.bucket.name,
                s3_name(store, key),
                source,
                size=size,
                content_type=content_type,
                sha256=sha256,
            )
            return
        saved = store.save(key, _file(source, size, content_type))
        if saved == key:
            return
        if store.size(key) != size:
            store.delete(key)
            source.seek(0)
            store.save(key, _file(source, size, content_type))
        store.delete(saved)


def bytes_put(key: str, content: bytes, *, content_type: str, sha256: str | None = None) -> None:
    """`object_put` for bytes in memory."""
    source = io.BytesIO(content)
    object_put(key, source, size=len(content), content_type=content_type, sha256=sha256)


def object_delete(key: str) -> None:
    """Delete the object; one that is not there is no error. Raises `StorageUnavailable`."""
    with translated("delete"):
        try:
            object_store().delete(key)
        except FileNotFoundError:
            return


def renditions_delete(image_id: UUID) -> None:
    """Delete whatever lies among the renditions of an image, whether or not a row tells of it.

    Raises `StorageUnavailable`.
    """
    folder = f"renditions/{image_id}"
    with translated("delete"):
        store = object_store()
        # Listed and not taken from rows: a run that was superseded may have stored an object whose
        # row went before it.
        try:
            _folders, names = store.listdir(folder)
        except FileNotFoundError:
            return
        for name in names:
            store.delete(f"{folder}/{name}")


def object_open(key: str, *, start: int = 0, length: int | None = None) -> BinaryIO:
    """The object from byte ``start``, as a stream that the caller closes.

    From S3 only the asked range travels (``length`` bytes, or all the rest); a file is positioned
    and may be read beyond it. Raises `ObjectMissing` or `StorageUnavailable`.
    """
    with translated("open"):
        store = object_store()
        if hasattr(store, "bucket"):
            return _s3_stream(store, key, start, length)
        stream: Any = store.open(key, "rb")
        stream.seek(start)
        return cast("BinaryIO", stream)


def object_location(key: str) -> str:
    """Where the proxy in front finds the object: a path that only it can follow.

    ``/_files/…`` below the directory of files, or ``/_store/…``, a URL in the store that is
    presigned for a minute. Asks nobody: the object may be missing.
    """
    store: Any = object_store()
    # By its name and not by its bucket: that is a client, which each thread would make for itself.
    if not hasattr(store, "bucket_name"):
        return f"/_files/{key}"
    target = presigner_of(store).target(
        s3_name(store, key), lifetime_s=LOCATION_LIFETIME_S, now_s=time.time()
    )
    return f"/_store{target}"


@contextmanager
def object_on_disk(key: str) -> Iterator[BinaryIO]:
    """A temporary file with the object's bytes, gone afterwards.

    It has no name, so it is gone as well after a worker that was killed while it rendered. Memory
    holds one chunk at a time. Raises `ObjectMissing` or `StorageUnavailable`.
    """
    # To the disk first: decoders seek, and each seek would be a request to the store.
    with tempfile.TemporaryFile() as local:
        stream = object_open(key)
        try:
            with translated("read"):
                shutil.copyfileobj(stream, local, CHUNK_BYTES)
        finally:
            stream.close()
        local.flush()
        local.seek(0)
        yield local


def store_check() -> None:
    """Ask the store one cheap question. Raises `StorageUnavailable` when it does not answer soon.

    Soon, where the settings have a store ``objects_probe``: that is the same one through a client
    that gives up early, so that a store that hangs does not hold up those who ask how it is.
    """
    with translated("check"):
        store: Any = (
            storages["objects_probe"] if "objects_probe" in storages.backends else object_store()
        )
        if hasattr(store, "bucket"):
            store.bucket.meta.client.head_bucket(Bucket=store.bucket.name)
        else:
            store.exists(PROBE_KEY)


class _BorrowedFile(File):  # type: ignore[type-arg]  # not generic when run
    """A file that the one who opened it closes: boto3 closes what it has uploaded."""

    def close(self) -> None:
        """Leave it open."""


def object_store() -> Storage:
    """Where objects are: S3, which has a ``bucket``, or files."""
    return storages["objects"]


def _file(source: BinaryIO, size: int, content_type: str) -> "File[bytes]":
    file: Any = _BorrowedFile(source, name="object")
    file.size = size
    file.content_type = content_type
    return file  # type: ignore[no-any-return]


def _s3_stream(store: Any, key: str, start: int, length: int | None) -> BinaryIO:
    end = "" if length is None else str(start + length - 1)
    span = {"Range": f"bytes={start}-{end}"} if start or length is not None else {}
    client, name = store.bucket.meta.client, s3_name(store, key)
    return client.get_object(Bucket=store.bucket.name, Key=name, **span)["Body"]  # type: ignore[no-any-return]


def s3_name(store: Any, key: str) -> str:
    """What the bucket of ``store`` calls the object ``key``."""
    return f"{store.location.rstrip('/')}/{key}".lstrip("/")


def _is_absent(exc: Exception) -> bool:
    if not isinstance(exc, ClientError):
        return isinstance(exc, FileNotFoundError)
    return str(exc.response.get("Error", {}).get("Code")) in {"404", "NoSuchKey", "NotFound"}


@contextmanager
def translated(operation: str) -> Iterator[None]:
    """Raise `StorageUnavailable` for what clients of the store raise; reading, `ObjectMissing`."""
    try:
        yield
    except (Boto3Error, BotoCoreError, ClientError, OSError) as exc:
        if operation in READING and _is_absent(exc):
            raise ObjectMissing(operation) from exc
        metrics.STORAGE_ERRORS_TOTAL.labels(operation).inc()
        log.warning("storage_failed", operation=operation, error=type(exc).__name__)
        raise StorageUnavailable from exc
