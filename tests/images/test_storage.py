"""The object store, as files and as an S3 server on this machine."""

import io
import os
import socket
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import urllib3
from botocore.config import Config
from pytest_django import Settings
from storages.backends.s3 import S3Storage

from images import storage
from images.errors import StorageUnavailable
from tests.images.conftest import stored_keys

KEY = "renditions/x/w_200,fit_inside,q_80.webp"


def read(key: str, **part: int) -> bytes:
    stream = storage.object_open(key, **part)
    try:
        return stream.read()
    finally:
        stream.close()


def test_keys_derive_from_what_they_hold() -> None:
    image_id = UUID("01890000-0000-7000-8000-000000000000")
    assert storage.original_key(image_id) == f"originals/{image_id}"
    assert storage.rendition_key(image_id, spec="w_9,fit_inside.png") == (
        f"renditions/{image_id}/w_9,fit_inside.png"
    )
    assert storage.content_key(image_id, checksum="0123", extension="png") == (
        f"renditions/{image_id}/0123.png"
    )


def test_a_second_put_writes_the_same_thing_to_the_same_place(store: Path) -> None:
    storage.bytes_put(KEY, b"picture", content_type="image/webp")
    storage.bytes_put(KEY, b"picture", content_type="image/webp")
    assert stored_keys(store) == [KEY]
    assert read(KEY) == b"picture"


def test_the_torso_of_a_writer_that_died_is_replaced(store: Path) -> None:
    (store / KEY).parent.mkdir(parents=True)
    (store / KEY).write_bytes(b"pic")
    storage.bytes_put(KEY, b"picture", content_type="image/webp")
    assert stored_keys(store) == [KEY]
    assert read(KEY) == b"picture"


def test_a_deleted_object_is_missing_and_deleting_it_again_is_no_error(store: Path) -> None:
    storage.bytes_put(KEY, b"picture", content_type="image/webp")
    storage.object_delete(KEY)
    storage.object_delete(KEY)
    with pytest.raises(storage.ObjectMissing):
        storage.object_open(KEY)


def test_an_object_is_read_from_a_file_that_outlives_no_worker(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "temporary"
    directory.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(directory))
    storage.bytes_put(KEY, b"picture", content_type="image/webp")
    with storage.object_on_disk(KEY) as local:
        assert local.read() == b"picture"
        assert os.fstat(local.fileno()).st_size == len(b"picture")
        assert list(directory.iterdir()) == []


def test_a_store_that_fails_is_unavailable(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "occupied").write_bytes(b"")
    settings.STORAGES = {
        **settings.STORAGES,
        "objects": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "occupied"},
        },
    }
    with pytest.raises(StorageUnavailable) as refused:
        storage.bytes_put(KEY, b"picture", content_type="image/webp")
    assert refused.value.headers == {"Retry-After": "5"}


@pytest.mark.parametrize("bucket", [True, False], indirect=True, ids=["overwrites", "renames"])
def test_a_bucket_holds_one_object_after_two_puts(bucket: Any) -> None:
    source = io.BytesIO(b"picture")
    storage.object_put(KEY, source, size=7, content_type="image/webp")
    assert source.closed is False
    storage.object_put(KEY, source, size=7, content_type="image/webp")
    assert [item.key for item in bucket.objects.all()] == [KEY]
    assert bucket.Object(KEY).content_type == "image/webp"
    storage.bytes_put(KEY, b"another picture", content_type="image/webp")
    assert read(KEY) == b"another picture"
    assert [item.key for item in bucket.objects.all()] == [KEY]


def test_only_the_asked_range_travels_from_a_bucket(bucket: Any) -> None:
    storage.bytes_put(KEY, b"0123456789", content_type="image/webp")
    assert read(KEY, start=2, length=3) == b"234"
    assert read(KEY, start=7) == b"789"
    assert read(KEY) == b"0123456789"
    with storage.object_on_disk(KEY) as local:
        assert local.read() == b"0123456789"


def test_the_location_of_an_object_is_open_to_who_has_it(bucket: Any, s3_url: str) -> None:
    storage.bytes_put(KEY, b"picture", content_type="image/webp")
    location = storage.object_location(KEY)
    assert location.startswith(
        f"/_store/{bucket.name}/renditions/x/w_200%2Cfit_inside%2Cq_80.webp?"
    )
    asked = urllib3.request("GET", s3_url + location.removeprefix("/_store"))
    assert (asked.status, asked.data) == (200, b"picture")


def test_saying_where_an_object_is_takes_no_client(
    bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("a client was made")

    monkeypatch.setattr(S3Storage, "_create_session", refused)
    assert storage.object_location(KEY).startswith("/_store/")


def test_what_a_bucket_does_not_hold_is_missing(bucket: Any) -> None:
    with pytest.raises(storage.ObjectMissing):
        storage.object_open(KEY)
    storage.object_delete(KEY)
    storage.store_check()


def test_a_bucket_that_is_not_there_is_unavailable(bucket: Any) -> None:
    bucket.delete()
    with pytest.raises(StorageUnavailable):
        storage.bytes_put(KEY, b"picture", content_type="image/webp")
    with pytest.raises(StorageUnavailable):
        storage.store_check()


def test_a_store_that_hangs_is_asked_once_by_those_who_only_look(
    settings: Settings, bucket: Any
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        objects = settings.STORAGES["objects"]
        hanging = {
            "endpoint_url": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "client_config": Config(read_timeout=0.2, retries={"total_max_attempts": 1}),
        }
        probe = {**objects, "OPTIONS": {**objects["OPTIONS"], **hanging}}
        settings.STORAGES = {**settings.STORAGES, "objects_probe": probe}
        with pytest.raises(StorageUnavailable):
            storage.store_check()
        silent.accept()[0].close()
        silent.setblocking(False)
        with pytest.raises(BlockingIOError):
            silent.accept()
    storage.bytes_put(KEY, b"picture", content_type="image/webp")
