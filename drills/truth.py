"""What is there in the end: the rows in PostgreSQL, the objects in the store, and what should be.

Read past the platform: rows by SQL, objects by listing and hashing the bucket, and the renditions
that an independent run of the same pure core gives for each picture.
"""

import hashlib
import io
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import psycopg
from psycopg.rows import class_row

from drills.history import Call
from drills.pictures import picture
from images.renditions import Limits, parse_spec, render

ACTIVE: Final = ("queued", "running")
READERS: Final = 8


@dataclass(frozen=True)
class ImageRow:
    """The row of an image."""

    id: str
    owner_id: str
    state: str
    sha256: str
    bytes: int
    storage_key: str
    trashed: bool = False


@dataclass(frozen=True)
class RenditionRow:
    """The row of a rendition."""

    image_id: str
    spec: str
    state: str
    checksum: str
    storage_key: str


@dataclass(frozen=True)
class JobRow:
    """The row of a job."""

    id: str
    owner_id: str
    kind: str
    state: str
    image_id: str | None
    attempt: int = 1
    error_code: str = ""


@dataclass(frozen=True)
class UsageRow:
    """What an owner is said to have."""

    owner_id: str
    bytes: int
    images: int


@dataclass(frozen=True)
class Truth:
    """Everything that is there.

    ``objects`` are the SHA-256 of all objects by key. ``renders`` are the SHA-256 that a rendition
    must have, by the SHA-256 of its original and its spec. ``settled`` says that no job was left to
    do when it was read; before, something may be missing that is yet to come.
    """

    images: tuple[ImageRow, ...] = ()
    renditions: tuple[RenditionRow, ...] = ()
    jobs: tuple[JobRow, ...] = ()
    usage: tuple[UsageRow, ...] = ()
    reserved: frozenset[str] = frozenset()
    objects: Mapping[str, str] = field(default_factory=dict)
    renders: Mapping[tuple[str, str], str] = field(default_factory=dict)
    settled: bool = True


class Bucket(Protocol):
    """What is read of a store; `tests.servers.s3.ObjectStore` is one."""

    bucket: str

    def client(self) -> Any:
        """A boto3 client for S3."""


ROWS: Final[dict[type[Any], str]] = {
    ImageRow: (
        "SELECT id::text, owner_id::text, state, sha256, bytes, storage_key,"
        " trashed_at IS NOT NULL AS trashed FROM images_image"
    ),
    RenditionRow: "SELECT image_id::text, spec, state, checksum, storage_key FROM images_rendition",
    JobRow: (
        "SELECT id::text, owner_id::text, kind, state, image_id::text, attempt, error_code"
        " FROM images_job"
    ),
    UsageRow: "SELECT owner_id::text, bytes, images FROM images_usage",
}


def truth_read(
    database_url: str, store: Bucket, calls: Iterable[Call] = (), *, settle_s: float = 60.0
) -> Truth:
    """Wait until no job is left to do, for at most ``settle_s``, then read everything.

    ``calls`` say which pictures were uploaded: what their renditions must be is rendered here.
    """
    settled = _settled(database_url, settle_s)
    with psycopg.connect(database_url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        rows = {
            kind: tuple(connection.cursor(row_factory=class_row(kind)).execute(query).fetchall())
            for kind, query in ROWS.items()
        }
        reserved = connection.execute("SELECT id::text FROM images_reservation").fetchall()
    return Truth(
        images=rows[ImageRow],
        renditions=rows[RenditionRow],
        jobs=rows[JobRow],
        usage=rows[UsageRow],
        reserved=frozenset(each for (each,) in reserved),
        objects=objects_of(store),
        renders=renders_of(calls, rows[ImageRow], rows[RenditionRow]),
        settled=settled,
    )


def _settled(database_url: str, settle_s: float) -> bool:
    deadline = time.monotonic() + settle_s
    waiting = "SELECT EXISTS (SELECT FROM images_job WHERE state = ANY(%s))"
    with psycopg.connect(database_url, autocommit=True) as connection:
        while connection.execute(waiting, [list(ACTIVE)]).fetchone() == (True,):
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.1)
    return True


def objects_of(store: Bucket) -> dict[str, str]:
    """The SHA-256 of every object in the bucket, by key."""
    client = store.client()
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=store.bucket)
    keys = [item["Key"] for page in pages for item in page.get("Contents", [])]

    def digest(key: str) -> str:
        body = client.get_object(Bucket=store.bucket, Key=key)["Body"]
        with body:
            found = hashlib.sha256()
            for chunk in body.iter_chunks(1 << 20):
                found.update(chunk)
        return found.hexdigest()

    with ThreadPoolExecutor(READERS) as threads:
        return dict(zip(keys, threads.map(digest, keys), strict=True))


def renders_of(
    calls: Iterable[Call], images: Iterable[ImageRow], renditions: Iterable[RenditionRow]
) -> dict[tuple[str, str], str]:
    """What each rendition must be: rendered here, from the picture that was sent.

    A rendition is a pure function of original and spec (docs/adr/0046), so its bytes are known to
    anybody who has the same release.
    """
    sent = {
        call.request["sha256"]: call.request["picture"]
        for call in calls
        if call.op == "upload" and call.request.get("picture")
    }
    original = {image.id: image.sha256 for image in images}
    wanted = {
        (original[row.image_id], row.spec)
        for row in renditions
        if row.state == "ready" and original.get(row.image_id) in sent
    }
    made = {}
    for sha256, spec in sorted(wanted):
        source = io.BytesIO(picture(sent[sha256]).content)
        content = render(source, parse_spec(spec), Limits()).content
        made[sha256, spec] = hashlib.sha256(content).hexdigest()
    return made
