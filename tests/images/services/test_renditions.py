"""Requests for renditions by their service; what the API makes of them is tested with it."""

from typing import Any

import pytest
from django.utils import timezone

from images.errors import ImageNotFound, ImageTrashed, TooManyRenditions, UnknownPreset
from images.models import Image, Job, Rendition
from images.renditions import RenditionSpec
from images.services import renditions
from images.services.renditions import operations_request, preset_request
from tests.images.conftest import Broker
from tests.images.people import Person

pytestmark = pytest.mark.django_db(transaction=True)
AVIF = RenditionSpec(20, 20, format="avif")


@pytest.fixture
def image(ready_picture: dict[str, Any], broker: Broker) -> Image:
    return Image.objects.get()


def test_what_is_there_needs_no_job(image: Image, alice: Person, broker: Broker) -> None:
    outcome = preset_request(image_id=image.id, owner_id=alice.id, preset="thumb")
    assert outcome.job is None
    assert {row.preset for row in outcome.renditions} == {"thumb"}
    assert broker.sent == []


def test_what_is_new_is_made_once_in_the_queue_of_its_format(
    image: Image, alice: Person, broker: Broker
) -> None:
    first, second = (
        operations_request(image_id=image.id, owner_id=alice.id, spec=AVIF) for _ in range(2)
    )
    assert first.job is not None
    assert first.job == second.job
    assert (first.job.queue, first.job.specs) == ("bulk", [str(AVIF)])
    assert [queue for *_, queue in broker.sent] == ["bulk"]
    assert Image.objects.get().state == Image.State.PROCESSING


def test_what_failed_is_tried_again(image: Image, alice: Person) -> None:
    Rendition.objects.filter(preset="thumb", format="webp").update(state="failed")
    outcome = preset_request(image_id=image.id, owner_id=alice.id, preset="thumb")
    assert outcome.job is not None
    assert outcome.job.specs == ["w_200,h_200,fit_inside,q_80.webp"]
    assert outcome.job.queue == "interactive"


def test_a_refusal_makes_nothing(
    image: Image, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs, rows = Job.objects.count(), Rendition.objects.count()
    with pytest.raises(ImageNotFound):
        operations_request(image_id=image.id, owner_id=bob.id, spec=AVIF)
    with pytest.raises(UnknownPreset):
        preset_request(image_id=image.id, owner_id=alice.id, preset="huge")
    with monkeypatch.context() as patch:
        patch.setattr(renditions, "RENDITIONS_MAX", rows)
        with pytest.raises(TooManyRenditions):
            operations_request(image_id=image.id, owner_id=alice.id, spec=AVIF)
    Image.objects.update(trashed_at=timezone.now())
    with pytest.raises(ImageTrashed):
        operations_request(image_id=image.id, owner_id=alice.id, spec=AVIF)
    assert (Job.objects.count(), Rendition.objects.count()) == (jobs, rows)
