"""The platform's own code over the store: storage, PUTs signed by hand, objects made of parts."""

import hashlib
import io
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.test import override_settings

from images import storage
from images.errors import StorageUnavailable
from images.parted_objects import PartsLost, part_put, parts_abandon, parts_begin, parts_finish
from images.signed_puts import put
from tests.stores.contract.checks import Asked, check, send

GROUP = "The platform"
LONG = b"a" * (5 * 2**20)


def over(ask: Callable[[Asked], None]) -> Callable[[Asked], None]:
    """Ask with the store as the one of role images."""

    @wraps(ask)
    def asked(at: Asked) -> None:
        with _settings(at):
            ask(at)

    return asked


@contextmanager
def _settings(at: Asked) -> Iterator[None]:
    options = {
        "bucket_name": at.bucket, "endpoint_url": at.endpoint, "region_name": "us-east-1",
        "access_key": at.key_id, "secret_key": at.key, "default_acl": None,
        "client_config": at.client.meta.config,
    }  # fmt: skip
    backend = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    with override_settings(STORAGES={**settings.STORAGES, "objects": backend}):
        yield


def _read(key: str, **part: int) -> bytes:
    stream = storage.object_open(key, **part)
    try:
        return stream.read()
    finally:
        stream.close()


def _part(key: str, begun: str, number: int, start: int, body: bytes) -> str:
    return part_put(key, begun, number=number, start=start, source=io.BytesIO(body))


@check(GROUP, "an object is stored, read in part and whole, and deleted twice")
@over
def stored(at: Asked) -> None:
    key = storage.original_key(uuid4())
    storage.bytes_put(key, b"0123456789", content_type="image/png")
    assert (_read(key), _read(key, start=2, length=3), _read(key, start=8)) == (
        b"0123456789", b"234", b"89",
    )  # fmt: skip
    for _ in range(2):
        storage.object_delete(key)
    try:
        _read(key)
    except storage.ObjectMissing:
        return
    raise AssertionError("it is still there")


@check(GROUP, "a PUT signed by hand is taken at once, with every kind of key")
@over
def put_by_hand(at: Asked) -> None:
    body = b"a picture"
    sent: list[str] = []
    connections = at.client._endpoint.http_session  # type: ignore[attr-defined]

    class Noted:
        def send(self, request: Any) -> Any:
            sent.append(request.method)
            return connections.send(request)

    at.client._endpoint.http_session = Noted()  # type: ignore[attr-defined]
    try:
        for word in ("plain", "w_800,h_600 ü~+.webp", "(a)!*'&=;:@"):
            name = f"renditions/{secrets.token_hex(6)}/{word}"
            put(
                at.client, at.bucket, name, io.BytesIO(body), size=len(body),
                content_type="image/webp", sha256=hashlib.sha256(body).hexdigest(),
            )  # fmt: skip
            assert sent.pop() == "PUT"
            assert sent == [], "the client was asked as well"
            assert at.get(name) == body
            sent.clear()
    finally:
        at.client._endpoint.http_session = connections  # type: ignore[attr-defined]


@check(GROUP, "nginx reads where images says that an object is")
@over
def located(at: Asked) -> None:
    key = f"renditions/{uuid4()}/w_200,fit_inside,q_80.webp"
    storage.bytes_put(key, b"a picture", content_type="image/webp")
    answer = send("GET", at.endpoint + storage.object_location(key).removeprefix("/_store"))
    assert (answer.status, answer.data) == (200, b"a picture")


@check(GROUP, "the renditions of an image are all deleted, and no other's")
@over
def renditions_deleted(at: Asked) -> None:
    image, other = uuid4(), uuid4()
    for owner in (image, image, other):
        key = f"renditions/{owner}/{secrets.token_hex(8)}.jpg"
        storage.bytes_put(key, b"x", content_type="image/jpeg")
    storage.renditions_delete(image)
    assert at.names(f"renditions/{image}/") == []
    assert len(at.names(f"renditions/{other}/")) == 1


@check(GROUP, "an archive is made of parts over several runs, and finished twice")
@over
def archived(at: Asked) -> None:
    key = f"exports/{uuid4()}.zip"
    begun = parts_begin(key, content_type="application/zip")
    first = _part(key, begun, 1, 0, LONG)
    _part(key, begun, 2, len(LONG), b"of a run that died")
    names = [first, _part(key, begun, 2, len(LONG), b"end")]
    for _ in range(2):
        parts_finish(key, begun, names=names, size=len(LONG) + 3)
    assert _read(key, start=len(LONG) - 1) == b"aend"
    storage.object_delete(key)


@check(GROUP, "parts that the store has lost are noticed, and one that was replaced is not joined")
@over
def parts_lost(at: Asked) -> None:
    key = f"exports/{uuid4()}.zip"
    begun = parts_begin(key, content_type="application/zip")
    names = [_part(key, begun, 1, 0, b"all")]
    _part(key, begun, 1, 0, b"others")
    # A store may have kept what was replaced: then the object is of the parts that are named.
    assert _is_lost(key, begun, names) or _read(key) == b"all", "others are joined"
    parts_abandon(key, begun)
    assert _is_lost(key, begun, names), "it is not noticed"
    parts_abandon(key, begun)


def _is_lost(key: str, begun: str, names: list[str]) -> bool:
    try:
        parts_finish(key, begun, names=names, size=3)
    except PartsLost:
        return True
    return False


@check(GROUP, "readiness asks the bucket, and notices that it is gone")
@over
def readiness(at: Asked) -> None:
    storage.store_check()
    with _settings(replace(at, bucket=f"{at.bucket}-gone")):
        try:
            storage.store_check()
        except StorageUnavailable:
            return
    raise AssertionError("it is not noticed")
