import pytest
from django.utils import timezone

from images.models import Usage, WorkerHeartbeat
from images.selectors.usage import usage_of, worker_heartbeats
from tests.images.people import Person

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_has_never_stored_anything_uses_nothing_and_gets_no_row(alice: Person) -> None:
    usage = usage_of(owner_id=alice.id)
    assert (usage.bytes, usage.reserved_bytes, usage.images) == (0, 0, 0)
    assert not Usage.objects.exists()


def test_workers_are_in_the_order_of_their_names() -> None:
    now = timezone.now()
    for name in ("b", "a"):
        WorkerHeartbeat.objects.create(
            name=name, started_at=now, last_seen_at=now, concurrency=1, version="1"
        )
    assert [worker.name for worker in worker_heartbeats()] == ["a", "b"]
