"""Uploads when something is in the way: no quota, no store, no database, no time."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from images import storage
from images.errors import QuotaExceeded, StorageUnavailable, UploadExpired
from images.models import Image, Job, Reservation, Usage
from images.services import uploads
from images.services.sweeping import jobs_sweep
from images.services.uploads import UploadRequest, image_upload
from images.upload_handler import ReceivedFile
from tests.images.conftest import Broker, stored_keys
from tests.images.people import Person
from tests.images.pictures import form, jpeg, sha256
from tests.servers.proxy import Proxy

pytestmark = pytest.mark.django_db(transaction=True)
IMAGES = "/internal/v1/images"


def received(content: bytes) -> ReceivedFile:
    return ReceivedFile(io.BytesIO(content), len(content), sha256(content), "a.jpg")


def usage_numbers(person: Person) -> tuple[int, int, int]:
    usage = Usage.objects.get(owner_id=person.id)
    return usage.bytes, usage.reserved_bytes, usage.images


def nothing_is_kept(store: Path, person: Person) -> bool:
    return (
        stored_keys(store) == []
        and not Image.objects.exists()
        and not Job.objects.exists()
        and not Reservation.objects.filter(bytes__gt=0).exists()
        and usage_numbers(person) == (0, 0, 0)
    )


def test_a_file_that_does_not_fit_is_refused_and_one_that_just_fits_is_not(
    as_alice: Client, alice: Person, store: Path, settings: Any
) -> None:
    settings.QUOTA_BYTES = len(jpeg()) - 1
    reply = as_alice.post(IMAGES, form(jpeg()))
    assert (reply.status_code, reply.json()["code"]) == (403, "quota_exceeded")
    assert nothing_is_kept(store, alice)
    settings.QUOTA_BYTES = len(jpeg())
    assert as_alice.post(IMAGES, form(jpeg())).status_code == 202
    assert usage_numbers(alice) == (len(jpeg()), 0, 1)


def test_parallel_uploads_never_pass_the_quota(alice: Person, store: Path, settings: Any) -> None:
    pictures = [jpeg(f"#{n:02x}{n:02x}{n:02x}") for n in range(0, 200, 20)]
    sizes = sorted(len(content) for content in pictures)
    settings.QUOTA_BYTES = sum(sizes[:4])
    together = threading.Barrier(len(pictures))

    def upload(content: bytes) -> int:
        try:
            together.wait()
            outcome = image_upload(
                owner_id=alice.id, received=received(content), wanted=UploadRequest()
            )
        except QuotaExceeded:
            return 0
        finally:
            connection.close()
        return outcome.image.bytes

    with ThreadPoolExecutor(len(pictures)) as pool:
        taken = list(pool.map(upload, pictures))

    count = sum(1 for size in taken if size)
    assert 0 < count <= 4
    assert usage_numbers(alice) == (sum(taken), 0, count)
    assert sum(taken) <= settings.QUOTA_BYTES
    assert len(stored_keys(store)) == Image.objects.count() == count
    assert not Reservation.objects.exists()


def test_the_same_bytes_sent_in_parallel_become_one_image(alice: Person, store: Path) -> None:
    together = threading.Barrier(4)

    def upload(_: int) -> bool:
        try:
            together.wait()
            return image_upload(
                owner_id=alice.id, received=received(jpeg()), wanted=UploadRequest()
            ).is_duplicate
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        duplicates = sorted(pool.map(upload, range(4)))

    assert duplicates == [False, True, True, True]
    assert stored_keys(store) == [f"originals/{Image.objects.get().id}"]
    assert usage_numbers(alice) == (len(jpeg()), 0, 1)


def test_a_store_that_is_down_refuses_the_upload_for_now(
    as_alice: Client, alice: Person, store: Path, monkeypatch: pytest.MonkeyPatch, broker: Broker
) -> None:
    def broken() -> None:
        raise ConnectionError("no route")

    with monkeypatch.context() as outage:
        outage.setattr(storage, "object_store", broken)
        reply = as_alice.post(IMAGES, form(jpeg()))
    assert (reply.status_code, reply.json()["code"]) == (503, "storage_unavailable")
    assert reply.headers["Retry-After"] == "5"
    assert broker.sent == []
    assert nothing_is_kept(store, alice)


def test_what_the_store_kept_of_a_refused_upload_is_deleted(
    as_alice: Client, alice: Person, bucket: Any, link: Proxy
) -> None:
    link.loses_replies = True
    reply = as_alice.post(IMAGES, form(jpeg()))
    assert (reply.status_code, reply.json()["code"]) == (503, "storage_unavailable")
    (kept,) = bucket.objects.all()
    assert usage_numbers(alice) == (0, 0, 0)
    link.loses_replies = False
    jobs_sweep()
    assert list(bucket.objects.all()) == []

    # A store that took its time has it once more, an hour is long enough for that.
    bucket.put_object(Key=kept.key, Body=jpeg())
    jobs_sweep()
    Reservation.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert jobs_sweep().reservations == 1
    assert list(bucket.objects.all()) == []
    assert not Reservation.objects.exists()
    assert usage_numbers(alice) == (0, 0, 0)


def test_a_transaction_that_fails_takes_the_object_with_it(
    alice: Person, store: Path, monkeypatch: pytest.MonkeyPatch, broker: Broker
) -> None:
    def failing(**_: Any) -> None:
        raise DatabaseError("no connection")

    monkeypatch.setattr(uploads, "job_create", failing)
    with pytest.raises(DatabaseError):
        image_upload(owner_id=alice.id, received=received(jpeg()), wanted=UploadRequest())
    assert broker.sent == []
    assert nothing_is_kept(store, alice)
    assert not Reservation.objects.exists()


@pytest.mark.parametrize("error", [DatabaseError, UploadExpired])
def test_an_object_that_cannot_be_deleted_at_once_is_deleted_by_a_sweep(
    alice: Person, store: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    put = storage.object_put

    def unavailable(_key: str) -> None:
        raise StorageUnavailable

    def failing(**_: Any) -> None:
        raise DatabaseError("no connection")

    def an_hour_later(*arguments: Any, **named: Any) -> None:
        Reservation.objects.update(created_at=timezone.now() - timedelta(hours=2))
        jobs_sweep()
        put(*arguments, **named)

    with monkeypatch.context() as outage:
        if error is UploadExpired:
            outage.setattr(storage, "object_put", an_hour_later)
        else:
            outage.setattr(uploads, "quota_spend", failing)
        outage.setattr(storage, "object_delete", unavailable)
        with pytest.raises(error):
            image_upload(owner_id=alice.id, received=received(jpeg()), wanted=UploadRequest())
    assert len(stored_keys(store)) == 1
    jobs_sweep()
    assert nothing_is_kept(store, alice)


def test_an_upload_asks_the_database_nothing_twice(
    alice: Person, django_assert_num_queries: Any
) -> None:
    image_upload(owner_id=alice.id, received=received(jpeg()), wanted=UploadRequest())
    content = jpeg("#123456")
    # The bytes before; quota: 2 in a transaction; image, quota: 2, renditions: 2, job in another.
    with django_assert_num_queries(13):
        image_upload(owner_id=alice.id, received=received(content), wanted=UploadRequest())
