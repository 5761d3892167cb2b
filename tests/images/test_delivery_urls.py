"""Where bytes are: a path that the delivery takes, the same for an hour."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import Settings

from images import delivery_urls
from images.delivery_urls import ORIGINAL, original_path, rendition_path, urls_end_at
from images.models import Image, Rendition
from images.url_signing import SignedPath, path_verified

HOUR_S = 3600


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, as the first of the list."""
    now = [10.0 * HOUR_S + 1]
    monkeypatch.setattr(delivery_urls, "time", SimpleNamespace(time=lambda: now[0]))
    return now


def named(path: str, settings: Any) -> SignedPath:
    return path_verified(path.removeprefix("/i/"), keys=settings.DELIVERY_KEYS, now_s=0)


def test_an_original_has_the_extension_of_its_format(settings: Settings) -> None:
    image = Image(id=uuid4(), format="jpeg")
    found = named(original_path(image), settings)
    assert (found.spec, found.name) == (ORIGINAL, f"{image.id}.jpg")


@pytest.mark.parametrize(
    ("preset", "spec", "extension"), [("thumb", "thumb", "webp"), (None, "w_9,fit_inside", "png")]
)
def test_a_rendition_is_named_by_its_preset_where_it_has_one(
    settings: Settings, preset: str | None, spec: str, extension: str
) -> None:
    row = Rendition(image_id=uuid4(), preset=preset, spec=f"w_9,fit_inside.{extension}")
    found = named(rendition_path(row), settings)
    assert (found.spec, found.name) == (spec, f"{row.image_id}.{extension}")


def test_a_url_stays_the_same_for_an_hour(settings: Settings, clock: list[float]) -> None:
    settings.DELIVERY_URL_LIFETIME_S = 2 * HOUR_S
    image = Image(id=uuid4(), format="png")
    first = original_path(image)
    assert urls_end_at() == 13 * HOUR_S
    clock[0] = 11.0 * HOUR_S
    assert original_path(image) == first
    clock[0] += 1
    assert original_path(image) != first
    assert urls_end_at() == 14 * HOUR_S
