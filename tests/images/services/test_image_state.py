from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from images.models import Image, Rendition
from images.services.image_state import (
    MadeRendition,
    image_settle,
    image_touch,
    renditions_expect,
    renditions_write,
)

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
    with transaction.atomic():
        image_settle(image_id=image.id, title="settled")
    image.refresh_from_db()
    assert (image.state, image.title) == (follows, "settled")


def test_a_purged_image_stays_as_it_is(image: Image) -> None:
    Image.objects.update(state=Image.State.PURGED)
    before = Image.objects.values().get()
    with transaction.atomic():
        image_settle(image_id=image.id, title="back again")
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


def test_what_was_made_is_written_in_one_statement_to_the_rows_that_are_there(
    image: Image,
) -> None:
    renditions_expect(image_id=image.id, specs=SPECS)
    gone = "w_9,fit_inside.png"
    made = [
        MadeRendition(spec, f"key-{at}", 10 + at, f"{at:064}", 20 + at, 30 + at, f"image/{at}")
        for at, spec in enumerate([*SPECS, gone])
    ]
    with CaptureQueriesContext(connection) as statements:
        renditions_write(image_id=image.id, made=made)
        renditions_write(image_id=image.id, made=[])
    assert len(statements) == 1
    rows = Rendition.objects.order_by("bytes").values_list(
        "state", "spec", "storage_key", "bytes", "checksum", "width", "height", "mime"
    )
    assert list(rows) == [
        ("ready", SPECS[0], "key-0", 10, f"{0:064}", 20, 30, "image/0"),
        ("ready", SPECS[1], "key-1", 11, f"{1:064}", 21, 31, "image/1"),
    ]
