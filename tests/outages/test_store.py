"""A store whose connections are reset, as when its pod is killed, over a real proxy."""

from collections.abc import Iterator
from importlib import reload
from urllib.parse import urlsplit

import pytest
from django.core.files.storage import storages
from pytest_django import Settings

from images import storage
from tests.servers.proxy import Proxy, proxy
from tests.servers.s3 import ACCESS_KEY, SECRET_KEY, ObjectStore


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    server = ObjectStore(tmp_path_factory.mktemp("store"), bucket="images-of-outages")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def front(
    store: ObjectStore, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Proxy]:
    """The store as the settings of images have it, but through a proxy."""
    with proxy(urlsplit(store.endpoint).port or 0) as running:
        monkeypatch.setenv("S3_BUCKET", store.bucket)
        monkeypatch.setenv("S3_ENDPOINT_URL", f"http://127.0.0.1:{running.port}")
        monkeypatch.setenv("S3_ACCESS_KEY_ID", ACCESS_KEY)
        monkeypatch.setenv("S3_SECRET_ACCESS_KEY", SECRET_KEY)
        from platform_site.settings.parts import object_store  # noqa: PLC0415 - reads at import

        part = reload(object_store)
        settings.STORAGES = {**settings.STORAGES, **part.OBJECT_STORES}
        yield running
    storages._storages.clear()  # type: ignore[attr-defined]


def kept(key: str) -> bytes:
    storage.bytes_put(key, b"a picture", content_type="image/png")
    stream = storage.object_open(key)
    try:
        return stream.read()
    finally:
        stream.close()


def test_connections_that_were_reset_lose_nothing(front: Proxy) -> None:
    for number in range(3):
        assert kept(f"originals/reset-{number}") == b"a picture"
        front.reset()
    assert kept("originals/reset") == b"a picture"
