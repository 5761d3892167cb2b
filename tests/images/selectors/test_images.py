from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from images.errors import ImageNotFound
from images.models import Image, Job, Tag
from images.selectors.images import (
    SHOWN_STATES,
    ImageFilter,
    image_for_owner,
    image_with_bytes,
    images_of_owner,
    renditions_of,
)
from tests.images.people import Person
from tests.images.rows import image_rows

pytestmark = pytest.mark.django_db(transaction=True)


def found(person: Person, **narrowed: Any) -> list[str]:
    images = images_of_owner(owner_id=person.id, narrowed=ImageFilter(**narrowed))
    return sorted(image.filename.removesuffix(".jpg") for image in images)


def test_a_filter_narrows_to_what_it_says(alice: Person, bob: Person) -> None:
    beach, _city = image_rows(alice, "beach", "city", title="Summer")
    image_rows(alice, "icon", format="png", state="failed")
    image_rows(alice, "gone", trashed_at=timezone.now())
    image_rows(alice, "purged", state="purged")
    image_rows(bob, "bobs")
    Tag.objects.create(image=beach, name="sea")
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


def test_an_image_brings_along_all_that_an_answer_shows(
    ready_picture: dict[str, Any], alice: Person, django_assert_num_queries: Any
) -> None:
    (row,), (job,) = Image.objects.all(), Job.objects.all()
    with django_assert_num_queries(3):
        image: Any = image_for_owner(image_id=row.id, owner_id=alice.id)
        assert list(image.tags.all()) == []
        assert len(image.renditions.all()) == 8
        assert (image.job_id, image.job_state) == (job.id, "succeeded")


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
