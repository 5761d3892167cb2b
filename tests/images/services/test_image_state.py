from typing import Any

import pytest

from images.models import Image, Rendition
from images.services.image_state import image_settle, image_touch, renditions_expect

pytestmark = pytest.mark.django_db(transaction=True)
SPECS = ["w_10,fit_inside,q_80.webp", "w_10,fit_inside.png"]


@pytest.fixture
def image(picture: dict[str, Any]) -> Image:
    Rendition.objects.all().delete()
    return Image.objects.get()


@pytest.mark.parametrize(
    ("states", "follows"),
    [
        ([], "uploaded"),
        (["pending", "ready"], "processing"),
        (["pending", "failed"], "processing"),
        (["ready", "ready"], "ready"),
        (["ready", "failed"], "partially_ready"),
        (["failed", "failed"], "failed"),
    ],
)
def test_the_state_of_an_image_follows_from_its_renditions(
    image: Image, states: list[str], follows: str
) -> None:
    renditions_expect(image_id=image.id, specs=SPECS[: len(states)])
    for spec, state in zip(SPECS, states, strict=False):
        Rendition.objects.filter(spec=spec).update(state=state)
    image_settle(image_id=image.id)
    image.refresh_from_db()
    assert image.state == follows


def test_a_purged_image_stays_as_it_is(image: Image) -> None:
    Image.objects.update(state=Image.State.PURGED)
    before = Image.objects.values().get()
    image_settle(image_id=image.id)
    image_touch(image_id=image.id, title="back again")
    assert Image.objects.values().get() == before


def test_a_change_that_readers_see_is_a_version(image: Image) -> None:
    image_touch(image_id=image.id, title="new")
    again = Image.objects.get()
    assert (again.title, again.version) == ("new", image.version + 1)
    assert again.updated_at > image.updated_at


def test_what_is_expected_is_made_once_and_what_failed_begins_anew(image: Image) -> None:
    renditions_expect(image_id=image.id, specs=SPECS)
    Rendition.objects.filter(spec=SPECS[0]).update(state="failed")
    Rendition.objects.filter(spec=SPECS[1]).update(state="ready")
    renditions_expect(image_id=image.id, specs=SPECS)
    rows = Rendition.objects.order_by("-format").values_list(
        "spec", "state", "format", "storage_key"
    )
    assert list(rows) == [
        (SPECS[0], "pending", "webp", f"renditions/{image.id}/{SPECS[0]}"),
        (SPECS[1], "ready", "png", f"renditions/{image.id}/{SPECS[1]}"),
    ]
