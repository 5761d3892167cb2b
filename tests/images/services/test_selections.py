"""Actions on many images by their services; what the API makes of them is tested with it."""

from uuid import uuid4

import pytest
from django.utils import timezone

from images.errors import SelectionChanged
from images.models import Image, ImageAct, Job, Tag
from images.selectors.images import ImageFilter
from images.selectors.selections import Selection
from images.services import selections
from images.services.selections import (
    TAGS_MAX,
    selection_delete,
    selection_restore,
    selection_tag,
    selection_trash,
)
from tests.images.people import Person
from tests.images.rows import image_rows

pytestmark = pytest.mark.django_db(transaction=True)


def of(images: list[Image]) -> Selection:
    return Selection(ids=[image.id for image in images])


def test_what_goes_at_once_comes_back_at_once(alice: Person) -> None:
    images = image_rows(alice, "a", "b", "c")
    gone = selection_trash(owner_id=alice.id, selection=of(images[:2]))
    assert (gone.matched, gone.changed, gone.remaining) == (2, 2, 0)
    assert gone.trashed_at is not None
    back = selection_restore(owner_id=alice.id, selection=Selection(trashed_at=gone.trashed_at))
    assert (back.matched, back.changed) == (2, 2)
    assert not Image.objects.filter(trashed_at__isnull=False).exists()


def test_another_count_than_was_shown_changes_nothing(alice: Person) -> None:
    image_rows(alice, "a", "b")
    shown = Selection(narrowed=ImageFilter(), expected_count=1)
    for act in (selection_trash, selection_delete):
        with pytest.raises(SelectionChanged) as refusal:
            act(owner_id=alice.id, selection=shown)
        assert refusal.value.count == 2
    assert not Image.objects.filter(trashed_at__isnull=False).exists()
    assert not Job.objects.exists()
    assert not ImageAct.objects.exists()


def test_of_the_same_bytes_in_the_trash_the_last_comes_back(alice: Person) -> None:
    older, newer = (image_rows(alice, "a", trashed_at=timezone.now())[0] for _ in range(2))
    outcome = selection_restore(owner_id=alice.id, selection=of([older, newer]))
    assert (outcome.changed, outcome.skipped) == (1, {"image_exists": 1})
    assert Image.objects.get(trashed_at=None) == newer


def test_tags_are_added_up_to_the_bound(alice: Person) -> None:
    full, free = image_rows(alice, "full", "free")
    Tag.objects.bulk_create(Tag(image=full, name=f"t{number}") for number in range(TAGS_MAX))
    outcome = selection_tag(owner_id=alice.id, selection=of([full, free]), names=["new"])
    assert (outcome.matched, outcome.changed, outcome.skipped) == (2, 1, {"too_many_tags": 1})
    assert list(free.tags.values_list("name", flat=True)) == ["new"]
    again = selection_tag(owner_id=alice.id, selection=of([free]), names=["new"])
    assert (again.matched, again.changed, again.skipped) == (1, 0, {})


def test_what_is_deleted_goes_by_one_job_of_the_owner(alice: Person, bob: Person) -> None:
    mine, theirs = image_rows(alice, "a", "b"), image_rows(bob, "a")
    outcome = selection_delete(owner_id=alice.id, selection=of([*mine, *theirs]))
    assert (outcome.matched, outcome.changed) == (2, 2)
    assert outcome.job is not None
    assert (outcome.job.kind, outcome.job.queue) == (Job.Kind.DELETE, "maintenance")
    assert sorted(outcome.job.specs) == sorted(str(image.id) for image in mine)
    assert Image.objects.get(state=Image.State.READY).owner_id == bob.id
    act = ImageAct.objects.get()
    assert (act.owner_id, act.by_id, act.target) == (alice.id, alice.id, "")
    ids = " ".join(sorted(outcome.job.specs))
    assert act.details == {"images": "2", "ids": ids, "job": str(outcome.job.id)}


def test_the_audit_has_the_id_of_each_image_that_is_deleted(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selections, "NAMED_IMAGES", 2)
    images = image_rows(alice, "a", "b", "c", "d", "e")
    job = selection_delete(owner_id=alice.id, selection=of(images)).job
    assert job is not None
    details = list(ImageAct.objects.order_by("id").values_list("details", flat=True))
    assert [(one["images"], one["job"]) for one in details] == [(n, str(job.id)) for n in "221"]
    named = [image_id for one in details for image_id in one["ids"].split(" ")]
    assert named == sorted(str(image.id) for image in images)


def test_nothing_selected_makes_no_job(alice: Person) -> None:
    outcome = selection_delete(owner_id=alice.id, selection=Selection(ids=[uuid4()]))
    assert (outcome.matched, outcome.job) == (0, None)
    assert not Job.objects.exists()
