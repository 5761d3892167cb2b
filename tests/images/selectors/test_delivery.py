from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from images.errors import ImageNotFound, RenditionNotFound, RenditionPending
from images.models import Image, Rendition
from images.selectors.delivery import original_deliverable, rendition_deliverable

pytestmark = pytest.mark.django_db(transaction=True)
THUMB = "w_200,h_200,fit_inside,q_80.webp"


def test_an_original_is_an_attachment_and_a_rendition_is_shown(
    ready_picture: dict[str, Any],
) -> None:
    image = Image.objects.get()
    original = original_deliverable(image_id=image.id)
    assert (original.bytes, original.checksum) == (image.bytes, image.sha256)
    assert (original.storage_key, original.filename) == (image.storage_key, "holiday.jpg")
    row = Rendition.objects.get(spec=THUMB)
    thumb = rendition_deliverable(image_id=image.id, spec=THUMB)
    assert (thumb.bytes, thumb.checksum, thumb.mime) == (row.bytes, row.checksum, "image/webp")
    assert (thumb.storage_key, thumb.filename) == (row.storage_key, None)


@pytest.mark.parametrize("hidden", ["trashed_at", "withheld_at"])
def test_what_is_in_the_trash_or_withheld_is_not_found(
    ready_picture: dict[str, Any], hidden: str
) -> None:
    Image.objects.update(**{hidden: timezone.now()})
    image_id = Image.objects.get().id
    with pytest.raises(ImageNotFound):
        original_deliverable(image_id=image_id)
    with pytest.raises(RenditionNotFound):
        rendition_deliverable(image_id=image_id, spec=THUMB)


def test_a_rendition_is_not_ready_failed_or_unheard_of(picture: dict[str, Any]) -> None:
    image_id = Image.objects.get().id
    with pytest.raises(RenditionPending) as pending:
        rendition_deliverable(image_id=image_id, spec=THUMB)
    assert pending.value.headers["Retry-After"] == "2"
    Rendition.objects.update(state=Rendition.State.FAILED)
    for spec in (THUMB, "fit_inside.png"):
        with pytest.raises(RenditionNotFound):
            rendition_deliverable(image_id=image_id, spec=spec)


def test_the_queries_are_built_once(
    ready_picture: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    image_id = Image.objects.get().id
    asked = (
        original_deliverable(image_id=image_id),
        rendition_deliverable(image_id=image_id, spec=THUMB),
    )
    monkeypatch.setattr(QuerySet, "filter", None)
    again = (
        original_deliverable(image_id=image_id),
        rendition_deliverable(image_id=image_id, spec=THUMB),
    )
    assert again == asked
    assert again[0].modified_at.tzinfo is not None
