"""Pictures with pixels missing: shown and said, or refused by a setting; and what is not read."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image as Picture

from images import metrics
from images.models import Image, Job
from images.renditions import ReaderFailedError
from images.services import uploads
from tests.images.conftest import Broker, stored_keys
from tests.images.pictures import MOUNTAINS, form, jpeg

pytestmark = pytest.mark.django_db(transaction=True)
IMAGES = "/internal/v1/images"
HALF = MOUNTAINS.read_bytes()[: MOUNTAINS.stat().st_size // 2]


def tiff(**options: Any) -> bytes:
    buffer = io.BytesIO()
    Picture.new("RGB", (60, 40), "teal").save(buffer, "TIFF", **options)
    return buffer.getvalue()


def uploaded(person: Client, content: bytes) -> dict[str, Any]:
    reply = person.post(IMAGES, form(content, presets="thumb"))
    assert reply.status_code == 202, reply.content
    body: dict[str, Any] = reply.json()["image"]
    return body


def shown(person: Client, image: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = person.get(f"{IMAGES}/{image['id']}").json()
    return body


def counted() -> float:
    return float(metrics.INCOMPLETE_TOTAL.labels("jpeg")._value.get())


def test_a_whole_picture_is_complete_once_it_is_decoded(as_alice: Client, broker: Broker) -> None:
    image = uploaded(as_alice, jpeg()[:-2])
    assert image["complete"] is None
    broker.work()
    after = shown(as_alice, image)
    assert (after["state"], after["complete"]) == ("ready", True)


def test_half_a_picture_is_ready_and_says_so(as_alice: Client, broker: Broker) -> None:
    before = counted()
    image = uploaded(as_alice, HALF)
    broker.work()
    after = shown(as_alice, image)
    assert (after["state"], after["complete"]) == ("ready", False)
    assert counted() == before + 1


def test_by_the_setting_a_job_of_half_a_picture_fails(
    as_alice: Client, broker: Broker, settings: Any
) -> None:
    settings.IMAGE_REFUSE_INCOMPLETE = True
    image = uploaded(as_alice, HALF)
    broker.work()
    assert Job.objects.get().error_code == "image_truncated"
    assert shown(as_alice, image)["state"] == "failed"


def test_by_the_setting_an_upload_is_refused_where_the_structure_tells(
    as_alice: Client, settings: Any, store: Path
) -> None:
    settings.IMAGE_REFUSE_INCOMPLETE = True
    buffer = io.BytesIO()
    Picture.new("RGB", (60, 40), "teal").save(buffer, "BMP")
    reply = as_alice.post(IMAGES, form(buffer.getvalue()[:-500]))
    assert (reply.status_code, reply.json()["code"]) == (422, "image_truncated")
    assert stored_keys(store) == []
    assert not Image.objects.exists()


def test_a_picture_that_was_shown_incomplete_stays_usable_under_the_setting(
    as_alice: Client, broker: Broker, settings: Any
) -> None:
    image = uploaded(as_alice, HALF)
    broker.work()
    settings.IMAGE_REFUSE_INCOMPLETE = True
    reply = as_alice.post(
        f"{IMAGES}/{image['id']}/renditions", {"ops": {"width": 31}}, "application/json"
    )
    assert reply.status_code == 202, reply.content
    broker.work()
    assert shown(as_alice, image)["state"] == "ready"


def test_what_is_not_read_is_refused_by_its_name(as_alice: Client, store: Path) -> None:
    signed = tiff(tiffinfo={339: (2, 2, 2)})
    reply = as_alice.post(IMAGES, form(signed, name="scan.tif"))
    assert (reply.status_code, reply.json()["code"]) == (422, "unsupported_feature")
    assert "signed RGB samples in TIFF" in reply.json()["detail"]
    assert stored_keys(store) == []


def test_a_reader_that_fails_is_not_called_damage(
    as_alice: Client, monkeypatch: pytest.MonkeyPatch, store: Path
) -> None:
    def broken(*_: object) -> None:
        raise ReaderFailedError("The picture could not be read.")

    monkeypatch.setattr(uploads, "probe", broken)
    reply = as_alice.post(IMAGES, form(jpeg()))
    assert (reply.status_code, reply.json()["code"]) == (422, "image_unreadable")
    assert stored_keys(store) == []
