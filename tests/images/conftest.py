"""The images role under test: its own URLs, an empty store, and a broker that keeps a list."""

import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from django.test import Client
from kombu.exceptions import OperationalError
from pytest_django import Settings

from images import queue
from images.apps import ImagesConfig
from images.models import Job
from images.services.job_execution import job_run
from tests.images.people import Person, caller
from tests.images.pictures import form, jpeg
from tests.servers.proxy import Proxy, proxy
from tests.servers.s3 import ACCESS_KEY, SECRET_KEY, ObjectStore


@dataclass
class Broker:
    """Stands in for the broker: keeps what was sent, and works it off when told to."""

    sent: list[tuple[str, UUID, UUID, str]] = field(default_factory=list)
    is_down: bool = False

    def send_task(
        self, name: str, *, args: list[str], task_id: str, queue: str, retry: bool
    ) -> None:
        assert args[1] == task_id
        assert retry is False
        if self.is_down:
            raise OperationalError("connection refused")
        self.sent.append((name, UUID(args[0]), UUID(args[1]), queue))

    def depths(self) -> dict[str, int] | None:
        if self.is_down:
            return None
        queues = [queue for *_, queue in self.sent]
        return {name: queues.count(name) for name in ImagesConfig.queues}

    def work(self) -> None:
        """Give each message out once, in order, as a worker takes them."""
        while self.sent:
            _, job_id, dispatch_id, _ = self.sent.pop(0)
            job_run(job_id=job_id, dispatch_id=dispatch_id)


@pytest.fixture(autouse=True)
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    made = Broker()
    monkeypatch.setattr(queue, "_sender", lambda: made)
    monkeypatch.setattr(queue, "depths", made.depths)
    return made


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path) -> Path:
    """The directory of the object store."""
    settings.ROOT_URLCONF = "platform_site.urls.images"
    settings.STORAGES = {
        **settings.STORAGES,
        "objects": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "objects"},
        },
    }
    return tmp_path / "objects"


ACCESS: Any = {
    "aws_access_key_id": ACCESS_KEY,
    "aws_secret_access_key": SECRET_KEY,
    "region_name": "us-east-1",
}


@pytest.fixture(scope="session")
def s3_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An S3 server."""
    server = ObjectStore(tmp_path_factory.mktemp("s3"), bucket=f"images-{secrets.token_hex(4)}")
    server.start()
    yield server.endpoint
    server.client().delete_bucket(Bucket=server.bucket)
    server.stop()


@pytest.fixture
def bucket(
    s3_url: str, store: Path, settings: Settings, request: pytest.FixtureRequest
) -> Iterator[Any]:
    """A bucket of that server, as the object store in place of files."""
    made = boto3.resource("s3", endpoint_url=s3_url, **ACCESS).Bucket(
        f"bucket-{secrets.token_hex(8)}"
    )
    made.create()
    settings.STORAGES = {
        **settings.STORAGES,
        "objects": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": made.name,
                "endpoint_url": s3_url,
                "access_key": ACCESS["aws_access_key_id"],
                "secret_key": ACCESS["aws_secret_access_key"],
                "region_name": ACCESS["region_name"],
                "file_overwrite": getattr(request, "param", True),
            },
        },
    }
    yield made
    with suppress(ClientError):  # a test may have taken it away
        made.objects.all().delete()
        made.delete()


@pytest.fixture
def link(bucket: Any, s3_url: str, settings: Settings) -> Iterator[Proxy]:
    """The way of the role to ``bucket``, which a test breaks; the role asks twice at most."""
    port = urlsplit(s3_url).port
    assert port is not None
    objects: Any = settings.STORAGES["objects"]
    with proxy(port) as between:
        options = {
            **objects["OPTIONS"],
            "endpoint_url": f"http://127.0.0.1:{between.port}",
            "client_config": Config(retries={"total_max_attempts": 1}),
        }
        settings.STORAGES = {**settings.STORAGES, "objects": {**objects, "OPTIONS": options}}
        yield between


def stored_keys(store: Path) -> list[str]:
    return sorted(str(path.relative_to(store)) for path in store.rglob("*") if path.is_file())


@pytest.fixture
def alice() -> Person:
    return Person()


@pytest.fixture
def bob() -> Person:
    return Person()


@pytest.fixture
def as_alice(alice: Person) -> Client:
    return caller(alice)


@pytest.fixture
def as_bob(bob: Person) -> Client:
    return caller(bob)


@pytest.fixture
def as_charlie() -> Client:
    return caller()


@pytest.fixture
def as_gateway() -> Client:
    return caller()


@pytest.fixture
def picture(transactional_db: None, as_alice: Client) -> dict[str, object]:
    """Alice's picture, uploaded and not yet worked on."""
    reply = as_alice.post("/internal/v1/images", form(jpeg()))
    assert reply.status_code == 202, reply.content
    body: dict[str, object] = reply.json()["image"]
    return body


@pytest.fixture
def ready_picture(
    picture: dict[str, object], as_alice: Client, broker: Broker
) -> dict[str, object]:
    """Alice's picture with all its renditions."""
    broker.work()
    assert Job.objects.get().state == Job.State.SUCCEEDED
    body: dict[str, object] = as_alice.get(f"/internal/v1/images/{picture['id']}").json()
    return body
