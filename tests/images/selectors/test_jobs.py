from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from images.errors import JobNotFound
from images.models import Job
from images.selectors.jobs import (
    active_render_for,
    job_for_owner,
    jobs_of_owner,
    jobs_under_way,
    oldest_queued,
)
from tests.images.people import Person
from tests.images.rows import image_rows

pytestmark = pytest.mark.django_db(transaction=True)


def job(person: Person, **fields: object) -> Job:
    return Job.objects.create(
        **{"kind": "render", "owner_id": person.id, "queue": "interactive", **fields}
    )


def test_bob_cannot_see_alices_job(alice: Person, bob: Person) -> None:
    mine = job(alice)
    assert job_for_owner(job_id=mine.id, owner_id=alice.id) == mine
    for job_id, owner_id in ((mine.id, bob.id), (uuid4(), alice.id)):
        with pytest.raises(JobNotFound):
            job_for_owner(job_id=job_id, owner_id=owner_id)
    assert not jobs_of_owner(owner_id=bob.id).exists()


def test_jobs_are_narrowed_to_an_image_and_to_states(alice: Person) -> None:
    one, other = image_rows(alice, "a", "b")
    first, _second = job(alice, image=one), job(alice, image=other)
    failed = job(alice, image=one, state="failed")
    assert set(jobs_of_owner(owner_id=alice.id, image_id=one.id)) == {first, failed}
    assert list(jobs_of_owner(owner_id=alice.id, states=["failed"])) == [failed]


def test_the_newest_job_under_way_makes_a_rendition(alice: Person) -> None:
    (image,) = image_rows(alice, "a")
    job(alice, image=image, specs=["a"], state="succeeded")
    job(alice, image=image, specs=["a"])
    newest = job(alice, image=image, specs=["a", "b"], state="running")
    assert active_render_for(image_id=image.id, specs=["a"]) == newest
    assert active_render_for(image_id=image.id, specs=["c"]) is None


def test_a_job_that_was_put_off_does_not_wait_yet(alice: Person) -> None:
    now = timezone.now()
    job(alice, queued_at=now + timedelta(minutes=1), queue="bulk")
    job(alice, queued_at=now - timedelta(minutes=1))
    job(alice, queued_at=now - timedelta(minutes=2))
    job(alice, queued_at=now - timedelta(minutes=3), state="running")
    assert oldest_queued() == {"interactive": now - timedelta(minutes=2)}


def test_jobs_under_way_are_counted(alice: Person) -> None:
    assert jobs_under_way() == {"queued": 0, "running": 0}
    for state in ("failed", "running", "queued", "queued", "canceled"):
        job(alice, state=state)
    assert jobs_under_way() == {"queued": 2, "running": 1}
