"""Objects that are stored part by part over several runs: S3's multipart upload, or a growing file.

Nobody can read such an object before it is finished. Whoever makes it keeps what `part_put` gives.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

from botocore.exceptions import ClientError

from images.storage import CHUNK_BYTES, object_delete, object_store, s3_name, translated

UNFINISHED: Final = ".part"
FILE: Final = "file"
LOST: Final = frozenset({"NoSuchUpload", "InvalidPart", "InvalidPartOrder", "EntityTooSmall"})


class PartsLost(Exception):
    """The store does not have the parts any more, or others: the object has to begin anew."""


def parts_begin(key: str, *, content_type: str) -> str:
    """Begin the object ``key``: by what the store calls this. Raises `StorageUnavailable`."""
    with translated("put"):
        store: Any = object_store()
        if not hasattr(store, "bucket"):
            path = _unfinished(store, key)
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            return FILE
        begun = store.bucket.meta.client.create_multipart_upload(
            **_named(store, key), ContentType=content_type
        )
        return str(begun["UploadId"])


def part_put(key: str, upload_id: str, *, number: int, start: int, source: BinaryIO) -> str:
    """Store all of ``source`` as part ``number`` (from 1), byte ``start``; what the store calls it.

    A part that is there already is replaced. Raises `PartsLost` or `StorageUnavailable`.
    """
    source.seek(0)
    with translated("put"), _noticing_loss():
        store: Any = object_store()
        if not hasattr(store, "bucket"):
            with _unfinished(store, key).open("r+b") as file:
                # What stands behind it is of a run that died before it had said so.
                file.truncate(start)
                file.seek(start)
                shutil.copyfileobj(source, file, CHUNK_BYTES)
            return str(number)
        stored = store.bucket.meta.client.upload_part(
            **_named(store, key), UploadId=upload_id, PartNumber=number, Body=source
        )
        return str(stored["ETag"])


def parts_finish(key: str, upload_id: str, *, names: Sequence[str], size: int) -> None:
    """Make an object of the parts, which are ``size`` bytes together; it may be one already.

    Raises `PartsLost` or `StorageUnavailable`.
    """
    with translated("put"):
        store: Any = object_store()
        if not hasattr(store, "bucket"):
            _file_finish(store, key, size)
            return
        parts = [{"ETag": name, "PartNumber": at} for at, name in enumerate(names, start=1)]
        try:
            store.bucket.meta.client.complete_multipart_upload(
                **_named(store, key), UploadId=upload_id, MultipartUpload={"Parts": parts}
            )
        except ClientError as exc:
            # A run that died after this call, and before it had said so, finished it.
            if _code(exc) not in LOST or _size(store, key) != size:
                raise _loss(exc) from exc


def parts_abandon(key: str, upload_id: str) -> None:
    """Leave nothing of the object behind, finished or not. Raises `StorageUnavailable`."""
    with translated("delete"):
        store: Any = object_store()
        if not hasattr(store, "bucket"):
            _unfinished(store, key).unlink(missing_ok=True)
        elif upload_id:
            try:
                store.bucket.meta.client.abort_multipart_upload(
                    **_named(store, key), UploadId=upload_id
                )
            except ClientError as exc:
                if _code(exc) not in LOST:
                    raise
    object_delete(key)


def _file_finish(store: Any, key: str, size: int) -> None:
    unfinished, path = _unfinished(store, key), Path(store.path(key))
    found = next((each for each in (unfinished, path) if each.exists()), None)
    if found is None or found.stat().st_size != size:
        raise PartsLost(key)
    found.replace(path)


def _unfinished(store: Any, key: str) -> Path:
    return Path(store.path(f"{key}{UNFINISHED}"))


def _named(store: Any, key: str) -> dict[str, str]:
    return {"Bucket": store.bucket.name, "Key": s3_name(store, key)}


def _size(store: Any, key: str) -> int | None:
    try:
        return int(store.bucket.meta.client.head_object(**_named(store, key))["ContentLength"])
    except ClientError as exc:
        if _code(exc) not in {"404", "NoSuchKey", "NotFound"}:
            raise
        return None


@contextmanager
def _noticing_loss() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as exc:
        raise PartsLost from exc
    except ClientError as exc:
        raise _loss(exc) from exc


def _loss(exc: ClientError) -> Exception:
    return PartsLost(_code(exc)) if _code(exc) in LOST else exc


def _code(exc: ClientError) -> str:
    return str(exc.response.get("Error", {}).get("Code"))
