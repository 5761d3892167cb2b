import pytest
from django.utils import timezone

from images.errors import ImageExists, ImageNotFound, PreconditionFailed
from images.models import Image
from images.services.edit import (
    image_edit,
    image_restore,
    image_trash,
    owner_release,
    owner_withhold,
)
from tests.images.people import Person
from tests.images.rows import image_rows

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_left_out_stays_and_tags_keep_their_order(alice: Person) -> None:
    (image,) = image_rows(alice, "a", title="old")
    image_edit(image_id=image.id, owner_id=alice.id, versions=None, tags=["z", "a"])
    changed = image_edit(image_id=image.id, owner_id=alice.id, versions=None, title="new")
    assert (changed.title, changed.version) == ("new", 3)
    assert [tag.name for tag in changed.tags.order_by("id")] == ["z", "a"]


def test_another_version_changes_nothing(alice: Person) -> None:
    (image,) = image_rows(alice, "a", title="old")
    before = Image.objects.values().get()
    with pytest.raises(PreconditionFailed):
        image_edit(image_id=image.id, owner_id=alice.id, versions={7}, title="new", tags=["t"])
    with pytest.raises(PreconditionFailed):
        image_trash(image_id=image.id, owner_id=alice.id, versions={7})
    assert Image.objects.values().get() == before
    assert not image.tags.exists()


def test_bob_changes_nothing_of_alices(alice: Person, bob: Person) -> None:
    (image,) = image_rows(alice, "a", title="old")
    before = Image.objects.values().get()
    for act in (
        lambda: image_edit(image_id=image.id, owner_id=bob.id, versions=None, title="mine"),
        lambda: image_trash(image_id=image.id, owner_id=bob.id, versions=None),
        lambda: image_restore(image_id=image.id, owner_id=bob.id),
    ):
        with pytest.raises(ImageNotFound):
            act()
    owner_withhold(owner_id=bob.id)
    assert Image.objects.values().get() == before


def test_into_the_trash_twice_is_once(alice: Person) -> None:
    (image,) = image_rows(alice, "a")
    image_trash(image_id=image.id, owner_id=alice.id, versions={1})
    trashed = Image.objects.get()
    image_trash(image_id=image.id, owner_id=alice.id, versions={2})
    assert Image.objects.get() == trashed
    assert (trashed.trashed_at is not None, trashed.version) == (True, 2)
    with pytest.raises(ImageNotFound):
        image_edit(image_id=image.id, owner_id=alice.id, versions=None, title="new")


def test_what_is_there_again_is_not_restored(alice: Person) -> None:
    (old,) = image_rows(alice, "a", trashed_at=timezone.now())
    assert image_restore(image_id=old.id, owner_id=alice.id).trashed_at is None
    image_trash(image_id=old.id, owner_id=alice.id, versions=None)
    image_rows(alice, "a")
    with pytest.raises(ImageExists):
        image_restore(image_id=old.id, owner_id=alice.id)
    assert Image.objects.get(id=old.id).trashed_at is not None


def test_what_is_withheld_comes_back_as_it_was(alice: Person) -> None:
    image_rows(alice, "a", "b")
    before = list(Image.objects.order_by("id").values())
    owner_withhold(owner_id=alice.id)
    assert not Image.objects.filter(withheld_at=None).exists()
    owner_release(owner_id=alice.id)
    assert list(Image.objects.order_by("id").values()) == before
