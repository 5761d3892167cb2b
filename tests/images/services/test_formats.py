"""The formats of presets follow from the pixels; a format that someone asked for stays."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image as Pictures

from images.models import Image, Job, Rendition
from tests.images.conftest import Broker, stored_keys
from tests.images.pictures import MOUNTAINS, form

pytestmark = pytest.mark.django_db(transaction=True)

THUMB_JPEG = "w_200,h_200,fit_inside,q_82.jpg"
THUMB_PNG = "w_200,h_200,fit_inside.png"
OPS = '{"width": 200, "height": 200, "format": "%s"}'
JSON = "application/json"


def png(mode: str, *, hole: bool = False) -> bytes:
    """A photograph as PNG; its alpha channel is opaque, save for a hole."""
    with Pictures.open(MOUNTAINS) as opened:
        image = opened.convert("RGB").resize((300, 225)).convert(mode)
    if hole:
        image.putpixel((5, 5), (0, 0, 0, 0))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def upload(client: Client, content: bytes, **fields: Any) -> dict[str, Any]:
    reply = client.post("/internal/v1/images", form(content, name="a.png", **fields))
    assert reply.status_code == 202, reply.content
    body: dict[str, Any] = reply.json()
    return body


def rows() -> dict[str, str]:
    return dict(Rendition.objects.order_by("spec").values_list("spec", "state"))


def facts() -> tuple[bool, str | None]:
    return Image.objects.values_list("has_alpha", "fallback_format").get()


def test_an_opaque_alpha_channel_is_no_transparency(
    as_alice: Client, broker: Broker, store: Path
) -> None:
    upload(as_alice, png("RGBA"), presets="thumb")
    assert THUMB_PNG in rows()
    version = Image.objects.get().version
    broker.work()
    assert rows() == {"w_200,h_200,fit_inside,q_80.webp": "ready", THUMB_JPEG: "ready"}
    row = Rendition.objects.get(spec=THUMB_JPEG)
    assert (row.format, row.mime, row.preset) == ("jpeg", "image/jpeg", "thumb")
    assert row.storage_key in stored_keys(store)
    assert facts() == (False, "jpeg")
    assert Image.objects.get().version > version
    job = Job.objects.get()
    assert (job.state, job.progress_done, job.progress_total, job.open_specs) == (
        "succeeded",
        2,
        2,
        [],
    )
    assert THUMB_JPEG in job.specs
    assert (
        as_alice.post(
            f"/internal/v1/images/{row.image_id}/renditions", {"preset": "thumb"}, JSON
        ).json()["job"]
        is None
    )


def test_one_transparent_pixel_is_transparency(as_alice: Client, broker: Broker) -> None:
    upload(as_alice, png("RGBA", hole=True), presets="thumb")
    broker.work()
    assert THUMB_PNG in rows()
    assert facts() == (True, "png")


def test_a_drawing_is_kept_exact_where_that_is_smaller(as_alice: Client, broker: Broker) -> None:
    image = Pictures.new("RGB", (400, 300), "white")
    for i in range(0, 400, 20):
        image.paste((200, 0, i % 256), (i, 0, i + 9, 300))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    upload(as_alice, buffer.getvalue(), presets="thumb")
    assert THUMB_JPEG in rows()
    broker.work()
    assert THUMB_PNG in rows()
    assert facts() == (False, "png")


@pytest.mark.parametrize("image_format", ["png", "jpeg"])
def test_who_asks_for_a_format_at_upload_gets_it(
    image_format: str, as_alice: Client, broker: Broker
) -> None:
    upload(as_alice, png("RGBA"), presets="thumb", ops=OPS % image_format)
    broker.work()
    made = rows()
    assert set(made.values()) == {"ready"}
    assert (THUMB_PNG in made) == (image_format == "png")
    assert THUMB_JPEG in made or image_format == "png"


def test_who_asks_for_a_format_while_it_is_pending_gets_it(
    as_alice: Client, broker: Broker
) -> None:
    image_id = upload(as_alice, png("RGBA"), presets="thumb,small")["image"]["id"]
    ops = {"width": 200, "height": 200, "format": "png"}
    reply = as_alice.post(f"/internal/v1/images/{image_id}/renditions", {"ops": ops}, JSON)
    assert reply.status_code == 202
    assert Job.objects.count() == 1
    broker.work()
    made = rows()
    assert made[THUMB_PNG] == "ready"
    assert "w_480,h_480,fit_inside.png" not in made
    assert made["w_480,h_480,fit_inside,q_82.jpg"] == "ready"


def test_a_canceled_job_begun_again_settles_the_formats(as_alice: Client, broker: Broker) -> None:
    job_id = upload(as_alice, png("RGBA"), presets="thumb")["job"]["id"]
    assert as_alice.post(f"/internal/v1/jobs/{job_id}/cancel").status_code == 202
    assert rows() == {}
    assert as_alice.post(f"/internal/v1/jobs/{job_id}/retry").status_code == 202
    assert THUMB_PNG in rows()
    broker.work()
    assert rows().keys() == {"w_200,h_200,fit_inside,q_80.webp", THUMB_JPEG}


def test_a_second_job_goes_by_what_the_first_has_seen(as_alice: Client, broker: Broker) -> None:
    image_id = upload(as_alice, png("RGBA"), presets="thumb")["image"]["id"]
    path = f"/internal/v1/images/{image_id}/renditions"
    assert as_alice.post(path, {"preset": "small"}, JSON).status_code == 202
    broker.work()
    assert {row.spec.rpartition(".")[2] for row in Rendition.objects.all()} == {"webp", "jpg"}
    assert as_alice.post(path, {"preset": "medium"}, JSON).status_code == 202
    assert Job.objects.latest("created_at").open_specs == []
    broker.work()
    assert set(rows().values()) == {"ready"}
    assert Image.objects.get().state == "ready"
