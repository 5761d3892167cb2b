"""Rows as the public sees them."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from images.api.representations import image_etag, job_out, presets_out, usage_out
from images.models import Image, Job, Usage

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


def test_an_etag_changes_with_the_version_and_with_the_state_of_the_job() -> None:
    one, two = Image(version=1), Image(version=2)
    tags = [image_etag(one), image_etag(two)]
    one.job_state = "running"  # type: ignore[attr-defined]  # as the selectors annotate it
    tags.append(image_etag(one))
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
