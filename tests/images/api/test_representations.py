"""Rows as the public sees them."""

import time
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, get_args, get_type_hints
from uuid import uuid4

import orjson
import pytest
from django.utils import timezone
from pytest_django import Settings

from images import delivery_urls
from images.api import representations
from images.api.representations import (
    image_etag,
    image_json,
    job_out,
    presets_out,
    usage_out,
)
from images.api.responses import ImageOut
from images.models import Image, Job, Rendition, Tag, Usage
from images.renditions import parse_spec
from images.selectors.images import ImageRow, image_row
from tests.images.people import PUBLIC, Person
from tests.images.rows import image_rows

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def job(**fields: object) -> Job:
    return Job(owner_id=uuid4(), created_at=NOON, queue="bulk", **fields)


def test_a_job_of_one_deleted_image_still_names_it() -> None:
    image_id = uuid4()
    assert job_out(job(kind="delete", specs=[str(image_id)])).image_id == image_id


@pytest.mark.parametrize("specs", [[], [str(uuid4()), str(uuid4())]])
def test_a_job_of_many_deleted_images_names_none(specs: list[str]) -> None:
    assert job_out(job(kind="delete", specs=specs)).image_id is None


def test_a_rendering_whose_image_is_gone_takes_no_spec_for_its_id() -> None:
    assert job_out(job(kind="render", specs=["w_9,fit_inside,q_80.webp"])).image_id is None


def test_a_job_has_an_error_once_it_has_failed() -> None:
    assert job_out(job(kind="render")).error is None
    failed = job_out(job(kind="render", error_code="image_corrupt", error_detail="Cut short."))
    assert failed.error is not None
    assert (failed.error.code, failed.error.detail) == ("image_corrupt", "Cut short.")


def row(**fields: Any) -> ImageRow:
    """An image without a tag, a rendition and a job."""
    made = {"id": uuid4(), "created_at": NOON, "version": 1, "columns": "[]"}
    return ImageRow(**{**made, "tags": None, "renditions": None, "job": None, **fields})


def test_an_etag_changes_with_the_version_and_with_the_state_of_the_job() -> None:
    tags = [image_etag(row()), image_etag(row(version=2))]
    tags.append(image_etag(row(job=f'["{uuid4()}", "running"]')))
    assert len(set(tags)) == 3
    assert all(tag.startswith('"') and tag.endswith('"') for tag in tags)


def test_presets_are_square_boxes_in_two_formats() -> None:
    found = {preset.name: preset for preset in presets_out()}
    assert list(found) == ["thumb", "small", "medium", "large"]
    thumb = found["thumb"]
    assert (thumb.width, thumb.height, thumb.fit) == (200, 200, "inside")
    assert thumb.formats == ["webp", "jpeg"]


def test_an_owner_without_images_uses_nothing() -> None:
    usage = usage_out(Usage(owner_id=uuid4()))
    assert (usage.bytes, usage.reserved_bytes, usage.images) == (0, 0, 0)


def shown(image: Image) -> dict[str, Any]:
    """What is said of ``image``, worked out from its rows by Django; signatures are not."""

    def moment(at: datetime | None) -> str | None:
        return None if at is None else at.isoformat().replace("+00:00", "Z")

    def rendition(each: Rendition) -> dict[str, Any]:
        spec = parse_spec(each.spec)
        named = each.preset or spec.operations
        extension = spec.image_format.extension
        return {
            "id": str(each.id),
            "spec": spec.operations,
            "preset": each.preset,
            "ops": {name.name: getattr(spec, name.name) for name in fields(spec)},
            **{name: getattr(each, name) for name in ("format", "width", "height", "bytes")},
            "state": each.state,
            "url": f"{named}/{image.id}.{extension}" if each.state == "ready" else None,
            "created_at": moment(each.created_at),
        }

    here, job = f"{PUBLIC}/api/v1/images/{image.id}", image.jobs.order_by("-created_at").first()
    return {
        "id": str(image.id),
        "state": "trashed" if image.trashed_at else image.state,
        "title": image.title,
        "tags": [tag.name for tag in image.tags.order_by("id")],
        **{name: getattr(image, name) for name in ("filename", "format", "width", "height")},
        **{name: getattr(image, name) for name in ("bytes", "sha256", "placeholder", "animated")},
        **{name: getattr(image, name) for name in ("has_alpha", "complete")},
        **{name: moment(getattr(image, name)) for name in ("created_at", "updated_at")},
        "trashed_at": moment(image.trashed_at),
        "renditions": list(map(rendition, image.renditions.order_by("created_at", "id"))),
        "links": {
            "self": here,
            "original": f"original/{image.id}.jpg",
            "renditions": f"{here}/renditions",
        },
        "job": None if job is None else {"id": str(job.id), "state": job.state},
    }


def said(image: Image, *, origin: str = PUBLIC) -> dict[str, Any]:
    """What the JSON says, without what comes before the spec in a signed URL."""

    def unsigned(url: str | None) -> str | None:
        if url is None:
            return None
        assert url.startswith(f"{origin}/i/")
        return "/".join(url.rsplit("/", 2)[1:])

    row_of_image = image_row(image_id=image.id, owner_id=image.owner_id)
    body = image_json(row_of_image, origin=origin)
    document: dict[str, Any] = orjson.loads(body)
    document["links"]["original"] = unsigned(document["links"]["original"])
    for each in document["renditions"]:
        each["url"] = unsigned(each["url"])
    return document


def rendered(image: Image, spec: str, **words: Any) -> Rendition:
    image_format = parse_spec(spec).format
    return Rendition.objects.create(
        image=image, spec=spec, format=image_format, storage_key=spec, **words
    )


@pytest.mark.django_db(transaction=True)
def test_an_image_is_said_as_its_rows_are(alice: Person) -> None:
    whole, trashed, bare = image_rows(alice, "whole", "trashed", "bare", title='Été 東京 "🏝"')
    Tag.objects.bulk_create([Tag(image=whole, name=name) for name in ("ß", "a", "日本")])
    late = timezone.now() + timedelta(hours=1)
    rendered(whole, "w_9,fit_inside,q_80.webp", created_at=late, state="ready", width=9, bytes=1)
    rendered(whole, "w_200,h_200,fit_inside,q_82.jpg", preset="thumb", state="ready")
    rendered(whole, "w_8,h_9,fit_cover.png")
    rendered(whole, "fit_inside,q_60.avif", state="failed")
    for image, state in ((whole, "failed"), (trashed, "succeeded"), (whole, "running")):
        Job.objects.create(image=image, owner_id=alice.id, queue="bulk", state=state)
    Image.objects.filter(id=whole.id).update(complete=False, placeholder="data:", animated=True)
    Image.objects.filter(id=trashed.id).update(trashed_at=NOON, complete=True, has_alpha=True)
    for image in Image.objects.all():
        assert said(image) == shown(image), image.filename
    assert len(said(whole)["renditions"]) == 4
    assert (said(trashed)["state"], said(bare)["job"]) == ("trashed", None)


def held_to(kind: type[Any], said_of_it: dict[str, Any]) -> None:
    """What is said has the fields of the published dataclass, at every depth, and no other."""
    assert set(said_of_it) == {each.name for each in fields(kind)}
    for name, field_type in get_type_hints(kind).items():
        for inner in (field_type, *get_args(field_type)):
            value = said_of_it[name]
            if is_dataclass(inner) and value is not None:
                for one in value if isinstance(value, list) else [value]:
                    held_to(inner, one)  # type: ignore[arg-type]  # a class


@pytest.mark.django_db(transaction=True)
def test_an_image_has_the_fields_that_are_published(ready_picture: dict[str, Any]) -> None:
    document = said(Image.objects.get())
    assert (len(document["renditions"]), document["job"]["state"]) == (8, "succeeded")
    held_to(ImageOut, document)
    for broken in (document, document["renditions"][0], document["renditions"][0]["ops"]):
        broken["more"] = 1
        with pytest.raises(AssertionError):
            held_to(ImageOut, document)
        del broken["more"]


@pytest.mark.django_db(transaction=True)
def test_what_was_said_once_is_remembered_until_a_row_says_something_else(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    (image,) = image_rows(alice, "a")
    made = rendered(image, "w_9,fit_inside,q_80.webp", preset="thumb")
    before = said(image)
    with monkeypatch.context() as patch:
        patch.setattr(representations, "_renditions", None)  # nothing is made again
        found = image_row(image_id=image.id, owner_id=alice.id)
        assert image_json(found, origin=PUBLIC)
    # Not even the version tells of these changes.
    Tag.objects.create(image=image, name="sea")
    Rendition.objects.filter(id=made.id).update(state="ready", bytes=7)
    Job.objects.create(image=image, owner_id=alice.id, queue="bulk")
    assert said(image) == shown(Image.objects.get())
    assert said(image) != before
    other = said(image, origin="https://other.example")
    assert other["links"]["self"].startswith("https://other.example/")


@pytest.mark.django_db(transaction=True)
def test_urls_are_signed_anew_with_another_key_and_in_another_hour(
    alice: Person, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (image,) = image_rows(alice, "a")

    def original() -> str:
        found = image_row(image_id=image.id, owner_id=alice.id)
        url: str = orjson.loads(image_json(found, origin=PUBLIC))["links"]["original"]
        return url

    first = original()
    assert original() == first
    settings.DELIVERY_KEYS = {**settings.DELIVERY_KEYS, "next": "ab" * 32}
    rotated = original()
    assert rotated.split("/")[4] == "next"
    an_hour_later = time.time() + 3600
    monkeypatch.setattr(delivery_urls, "time", SimpleNamespace(time=lambda: an_hour_later))
    assert int(original().split("/")[5]) == int(rotated.split("/")[5]) + 3600


@pytest.mark.django_db(transaction=True)
def test_an_image_with_very_many_renditions_is_not_remembered(alice: Person) -> None:
    (image,) = image_rows(alice, "a")
    for width in range(1, 41):
        rendered(image, f"w_{width},fit_inside,q_80.webp", state="ready")
    size = representations._image_json.cache_info().currsize
    assert said(image) == shown(image)
    assert representations._image_json.cache_info().currsize == size
