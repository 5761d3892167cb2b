"""Where bytes are: a path that the delivery takes, the same for an hour."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import Settings

from images import delivery_urls
from images.delivery_urls import ORIGINAL, signer_now
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
    image_id = uuid4()
    found = named(signer_now().original_path(image_id, "jpeg"), settings)
    assert (found.spec, found.name) == (ORIGINAL, f"{image_id}.jpg")


@pytest.mark.parametrize(
    ("preset", "spec", "extension"), [("thumb", "thumb", "webp"), (None, "w_9,fit_inside", "png")]
)
def test_a_rendition_is_named_by_its_preset_where_it_has_one(
    settings: Settings, preset: str | None, spec: str, extension: str
) -> None:
    image_id, text = uuid4(), f"w_9,fit_inside.{extension}"
    found = named(signer_now().rendition_path(image_id, spec=text, preset=preset), settings)
    assert (found.spec, found.name) == (spec, f"{image_id}.{extension}")


def test_a_url_stays_the_same_for_an_hour(settings: Settings, clock: list[float]) -> None:
    settings.DELIVERY_URL_LIFETIME_S = 2 * HOUR_S
    image_id = uuid4()
    first = signer_now()
    path = first.original_path(image_id, "png")
    assert first.ends_at == 13 * HOUR_S
    clock[0] = 11.0 * HOUR_S
    assert signer_now() == first
    clock[0] += 1
    assert signer_now().original_path(image_id, "png") != path
    assert signer_now().ends_at == 14 * HOUR_S


def test_the_last_key_signs_and_another_key_is_another_signer(settings: Settings) -> None:
    image_id = uuid4()
    first = signer_now()
    settings.DELIVERY_KEYS = {**settings.DELIVERY_KEYS, "next": "ab" * 32}
    second = signer_now()
    assert first != second
    for signer in (first, second):
        path = signer.original_path(image_id, "png")
        assert path.split("/")[2] == signer.key_id
        assert named(path, settings).expires_at == signer.ends_at
