"""The quota: reserved, spent, released and refunded, each once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from images import storage
from images.errors import QuotaExceeded, StorageUnavailable, UploadExpired
from images.models import Reservation, Usage
from images.services.quota import (
    quota_refund,
    quota_release,
    quota_reserve,
    quota_spend,
    reservations_expire,
)
from platform_site.kit.identifiers import uuid7
from tests.images.conftest import stored_keys
from tests.images.people import Person

pytestmark = pytest.mark.django_db(transaction=True)


def usage_numbers(person: Person) -> tuple[int, int, int]:
    usage = Usage.objects.get(owner_id=person.id)
    return usage.bytes, usage.reserved_bytes, usage.images


def test_what_is_reserved_is_spent_and_refunded(alice: Person) -> None:
    reservation = quota_reserve(owner_id=alice.id, image_id=uuid7(), size=10)
    assert usage_numbers(alice) == (0, 10, 0)
    quota_spend(reservation=reservation)
    assert usage_numbers(alice) == (10, 0, 1)
    quota_refund(owner_id=alice.id, size=10)
    assert usage_numbers(alice) == (0, 0, 0)


def test_reservations_count_against_the_quota_to_the_last_byte(
    alice: Person, settings: Any
) -> None:
    settings.QUOTA_BYTES = 20
    quota_reserve(owner_id=alice.id, image_id=uuid7(), size=15)
    with pytest.raises(QuotaExceeded):
        quota_reserve(owner_id=alice.id, image_id=uuid7(), size=6)
    assert usage_numbers(alice) == (0, 15, 0)
    assert Reservation.objects.count() == 1
    quota_reserve(owner_id=alice.id, image_id=uuid7(), size=5)
    assert usage_numbers(alice) == (0, 20, 0)


def test_of_many_who_end_one_reservation_one_does(alice: Person) -> None:
    reservation = quota_reserve(owner_id=alice.id, image_id=uuid7(), size=10)

    def release(_: int) -> bool:
        try:
            return quota_release(reservation=reservation)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(release, range(4))) == [False, False, False, True]
    assert usage_numbers(alice) == (0, 0, 0)


def test_a_reservation_that_was_given_up_cannot_be_spent(alice: Person) -> None:
    reservation = quota_reserve(owner_id=alice.id, image_id=uuid7(), size=10)
    assert usage_numbers(alice) == (0, 10, 0)
    assert quota_release(reservation=reservation) is True
    assert quota_release(reservation=reservation) is False
    with pytest.raises(UploadExpired):
        quota_spend(reservation=reservation)
    assert usage_numbers(alice) == (0, 0, 0)


def test_what_a_dead_upload_left_is_cleared_after_an_hour(alice: Person, store: Path) -> None:
    reservation = quota_reserve(owner_id=alice.id, image_id=uuid7(), size=10)
    storage.bytes_put(storage.original_key(reservation.id), b"0123456789", content_type="x/y")
    assert reservations_expire() == 0
    Reservation.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert reservations_expire() == 1
    assert stored_keys(store) == []
    assert not Reservation.objects.exists()
    assert usage_numbers(alice) == (0, 0, 0)


def test_a_dead_upload_is_not_forgotten_while_the_store_is_down(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    quota_reserve(owner_id=alice.id, image_id=uuid7(), size=10)
    Reservation.objects.update(created_at=timezone.now() - timedelta(hours=2))

    def broken() -> None:
        raise ConnectionError("no route")

    monkeypatch.setattr(storage, "object_store", broken)
    with pytest.raises(StorageUnavailable):
        reservations_expire()
    assert usage_numbers(alice) == (0, 0, 0)
    assert Reservation.objects.count() == 1
