"""gateway/clients/documents.py: documents into dataclasses."""

from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.clients.documents import document_as
from gateway.clients.types import ImagesStatus, Job, StoredImage
from gateway.errors import UpstreamFailed
from tests.gateway.documents import IMAGE_ID, RENDITION_ID, image, images_status, job, rendition


def test_an_image_is_read_to_its_leaves() -> None:
    read = document_as(StoredImage, image())
    assert read.id == IMAGE_ID
    assert read.created_at == datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert read.renditions[0].id == RENDITION_ID
    assert read.renditions[0].ops.quality == 80
    assert read.job is None
    assert read.tags == ["dog"]


def test_what_a_newer_role_adds_is_ignored() -> None:
    newer = job(colour="blue", state="paused")
    assert str(document_as(Job, newer).state) == "paused"


def test_what_may_be_left_out_may_be_left_out() -> None:
    document = image(renditions=[rendition(ops={})])
    del document["job"]
    read = document_as(StoredImage, document)
    assert read.job is None
    assert read.renditions[0].ops.width is None


def test_a_whole_number_is_a_decimal_number_too() -> None:
    queue = {"name": "bulk", "depth": 1, "oldest_age_s": 3}
    assert document_as(ImagesStatus, images_status(queues=[queue])).queues[0].oldest_age_s == 3.0


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "image",
        {},
        image(id="not-a-uuid"),
        image(width="4000"),
        image(created_at="yesterday"),
        image(renditions={}),
        image(renditions=[None]),
        image(tags=[1]),
    ],
)
def test_anything_else_is_a_fault_of_the_other_role(document: Any) -> None:
    with pytest.raises(UpstreamFailed) as caught:
        document_as(StoredImage, document)
    assert caught.value.status == 502
