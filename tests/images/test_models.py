import pytest
from django.db import IntegrityError
from django.utils import timezone

from images.models import ACTIVE_STATES, Image, Job, Rendition, Tag
from tests.images.people import Person
from tests.images.rows import image_rows

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_owner_has_the_same_bytes_once_outside_of_the_trash(alice: Person, bob: Person) -> None:
    image_rows(alice, "a")
    image_rows(bob, "a")
    image_rows(alice, "a", trashed_at=timezone.now())
    image_rows(alice, "a", trashed_at=timezone.now())
    with pytest.raises(IntegrityError):
        image_rows(alice, "a")
    assert Image.objects.count() == 4


def test_an_image_has_a_spec_and_a_tag_once(alice: Person) -> None:
    (image,) = image_rows(alice, "a")
    spec = {"image": image, "spec": "fit_inside.png", "format": "png", "storage_key": "key"}
    Rendition.objects.create(**spec)
    Tag.objects.create(image=image, name="tag")
    with pytest.raises(IntegrityError):
        Rendition.objects.create(**spec)
    with pytest.raises(IntegrityError):
        Tag.objects.create(image=image, name="tag")


def test_a_job_outlives_its_image_and_renditions_do_not(alice: Person) -> None:
    (image,) = image_rows(alice, "a")
    job = Job.objects.create(kind="delete", owner_id=alice.id, image=image, queue="maintenance")
    Rendition.objects.create(image=image, spec="fit_inside.png", format="png", storage_key="key")
    image.delete()
    job.refresh_from_db()
    assert job.image_id is None
    assert not Rendition.objects.exists()


def test_a_job_is_active_until_it_has_ended() -> None:
    ended = {"succeeded", "failed", "canceled"}
    assert set(Job.State.values) - set(ACTIVE_STATES) == ended


def test_ids_are_in_the_order_of_creation(alice: Person) -> None:
    images = image_rows(alice, "a", "b", "c")
    assert [image.id for image in images] == sorted(image.id for image in images)
