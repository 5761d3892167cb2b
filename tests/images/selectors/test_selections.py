import pytest
from django.utils import timezone

from images.models import Image, Tag
from images.selectors.images import ImageFilter
from images.selectors.selections import (
    Selection,
    images_selected,
    lacking_tags,
    tags_fit,
    with_twin,
    without_twin,
)
from tests.images.people import Person
from tests.images.rows import image_rows

pytestmark = pytest.mark.django_db(transaction=True)


def names(images: object) -> list[str]:
    return sorted(image.filename.removesuffix(".jpg") for image in images)  # type: ignore[attr-defined]


def test_a_selection_is_of_the_owner_and_of_nothing_purged(alice: Person, bob: Person) -> None:
    moment = timezone.now()
    one, other = image_rows(alice, "one", "other")
    gone, purged = (
        image_rows(alice, "gone", trashed_at=moment),
        image_rows(alice, "purged", state=Image.State.PURGED, trashed_at=moment),
    )
    theirs = image_rows(bob, "theirs")
    ids = [image.id for image in (one, *gone, *purged, *theirs)]

    def selected(selection: Selection) -> list[str]:
        return names(images_selected(owner_id=alice.id, selection=selection))

    assert selected(Selection(ids=ids)) == ["gone", "one"]
    assert selected(Selection(trashed_at=moment)) == ["gone"]
    assert selected(Selection(narrowed=ImageFilter(), except_ids=[other.id])) == ["one"]


def test_a_twin_has_the_same_bytes_outside_of_the_trash(alice: Person, bob: Person) -> None:
    image_rows(alice, "again")
    image_rows(bob, "lone")
    image_rows(alice, "again", "lone", trashed_at=timezone.now())
    trash = Image.objects.filter(owner_id=alice.id, trashed_at__isnull=False)
    assert names(with_twin(trash)) == ["again"]
    assert names(without_twin(trash)) == ["lone"]


def test_tags_are_counted_by_image(alice: Person) -> None:
    has_both, has_one, has_none = image_rows(alice, "both", "one", "none")
    for image, tags in ((has_both, "ab"), (has_one, "ax"), (has_none, "xy")):
        Tag.objects.bulk_create(Tag(image=image, name=tag) for tag in tags)
    images = Image.objects.all()
    assert names(lacking_tags(images, names=["a", "b"])) == ["none", "one"]
    assert names(tags_fit(images, names=["a", "b"], most=3)) == ["both", "one"]
