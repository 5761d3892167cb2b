from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from images.errors import ImageNotFound
from images.models import Image, Job, Tag
from images.selectors.images import (
    IMAGE_COLUMNS,
    JOB_COLUMNS,
    RENDITION_COLUMNS,
    SHOWN_STATES,
    TAG_COLUMNS,
    ImageFilter,
    image_count,
    image_for_owner,
    image_row,
    image_with_bytes,
    images_of_owner,
    images_paged,
    renditions_of,
)
from tests.images.people import Person
from tests.images.rows import image_rows

pytestmark = pytest.mark.django_db(transaction=True)


def found(person: Person, **narrowed: Any) -> list[str]:
    """By the query set, once it is found by the page and the count as well."""
    wanted = ImageFilter(**narrowed)
    images = images_of_owner(owner_id=person.id, narrowed=wanted)
    page = images_paged(owner_id=person.id, narrowed=wanted, limit=50, cursor=None)
    assert {row.id for row in page.items} == {image.id for image in images}
    assert image_count(owner_id=person.id, narrowed=wanted) == len(images)
    return sorted(image.filename.removesuffix(".jpg") for image in images)


def test_a_filter_narrows_to_what_it_says(alice: Person, bob: Person) -> None:
    beach, _city = image_rows(alice, "beach", "city", title="Summer")
    image_rows(alice, "icon", format="png", state="failed")
    image_rows(alice, "gone", trashed_at=timezone.now())
    image_rows(alice, "purged", state="purged")
    image_rows(bob, "bobs")
    Tag.objects.create(
        image=beach, name="sea", owner_id=beach.owner_id, image_created_at=beach.created_at
    )
    assert found(alice) == ["beach", "city", "icon"]
    assert found(alice, tag="sea") == ["beach"]
    assert found(alice, words="SUMMER") == ["beach", "city"]
    assert found(alice, words="icon.j") == ["icon"]
    assert found(alice, format="png") == found(alice, state="failed") == ["icon"]
    assert found(alice, trashed=True) == found(alice, trashed=True, state="trashed") == ["gone"]


def test_bob_cannot_see_alices_image(alice: Person, bob: Person) -> None:
    (image,) = image_rows(alice, "a")
    assert image_for_owner(image_id=image.id, owner_id=alice.id) == image
    for image_id, owner_id in ((image.id, bob.id), (uuid4(), alice.id)):
        with pytest.raises(ImageNotFound):
            image_for_owner(image_id=image_id, owner_id=owner_id)


def test_a_purged_image_exists_for_nobody(alice: Person) -> None:
    (image,) = image_rows(alice, "a", state=Image.State.PURGED)
    with pytest.raises(ImageNotFound):
        image_for_owner(image_id=image.id, owner_id=alice.id)
    assert "purged" not in SHOWN_STATES
    assert image_with_bytes(owner_id=alice.id, sha256=image.sha256) is None


def test_an_image_brings_along_all_that_an_answer_shows_by_one_statement(
    ready_picture: dict[str, Any], alice: Person, django_assert_num_queries: Any
) -> None:
    (row,), (job,) = Image.objects.all(), Job.objects.all()
    Tag.objects.create(image=row, name="sea")
    with django_assert_num_queries(1):
        image = image_row(image_id=row.id, owner_id=alice.id)
    assert (image.id, image.created_at, image.version) == (row.id, row.created_at, row.version)
    shown = IMAGE_COLUMNS.read(image.columns)
    assert shown == {**Image.objects.values(*shown).get(), "id": str(row.id)}
    assert [tag["name"] for tag in TAG_COLUMNS.read_all(image.tags)] == ["sea"]
    renditions = {each["id"]: each for each in RENDITION_COLUMNS.read_all(image.renditions)}
    assert renditions == {
        str(each.id): {
            **{name: getattr(each, name) for name in renditions[str(each.id)]},
            "id": str(each.id),
        }
        for each in renditions_of(image_id=row.id)
    }
    assert len(renditions) == 8
    assert image.job is not None
    assert JOB_COLUMNS.read(image.job) == {"id": str(job.id), "state": "succeeded"}


def test_of_the_jobs_of_an_image_the_newest_is_shown(alice: Person) -> None:
    image, other = image_rows(alice, "a", "b")
    jobs = [
        Job.objects.create(image=each, owner_id=alice.id, queue="bulk", state=state)
        for each, state in ((image, "failed"), (image, "queued"), (other, "running"))
    ]
    found = image_row(image_id=image.id, owner_id=alice.id)
    assert found.job is not None
    assert JOB_COLUMNS.read(found.job) == {"id": str(jobs[1].id), "state": "queued"}


def test_an_image_without_anything_shows_that(alice: Person, bob: Person) -> None:
    (image,) = image_rows(alice, "a")
    found = image_row(image_id=image.id, owner_id=alice.id)
    assert TAG_COLUMNS.read_all(found.tags) == RENDITION_COLUMNS.read_all(found.renditions) == []
    assert found.job is None
    image_rows(bob, "b", state=Image.State.PURGED)
    for image_id in Image.objects.values_list("id", flat=True):
        with pytest.raises(ImageNotFound):
            image_row(image_id=image_id, owner_id=bob.id)


def test_the_same_bytes_are_found_outside_of_the_trash(alice: Person, bob: Person) -> None:
    image_rows(alice, "a", trashed_at=timezone.now())
    sha256 = f"{'a':0>64}"
    assert image_with_bytes(owner_id=alice.id, sha256=sha256) is None
    (image,) = image_rows(alice, "a")
    assert image_with_bytes(owner_id=alice.id, sha256=sha256) == image
    assert image_with_bytes(owner_id=bob.id, sha256=sha256) is None


def test_renditions_are_those_that_are_asked_for(ready_picture: dict[str, Any]) -> None:
    image_id = Image.objects.get().id
    assert len(renditions_of(image_id=image_id)) == 8
    asked = ["w_200,h_200,fit_inside,q_82.jpg", "fit_inside.png"]
    assert [row.spec for row in renditions_of(image_id=image_id, specs=asked)] == asked[:1]
