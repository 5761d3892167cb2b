"""gateway/api/renditions.py: renditions and presets."""

import json
from typing import Any

import pytest
from django.test import Client

from tests.gateway.documents import IMAGE_ID, image, job, rendition
from tests.gateway.provider import Answer, Provider

STORED = f"/internal/v1/images/{IMAGE_ID}/renditions"
PUBLIC = f"/api/v1/images/{IMAGE_ID}/renditions"


def test_renditions_have_urls(provider: Provider, as_alice: Client) -> None:
    provider.on("GET", STORED, Answer(200, {"results": [rendition(), rendition(path=None)]}))
    results = as_alice.get(PUBLIC).json()["results"]
    assert [item["url"] for item in results] == [
        "https://photos.example/i/k1/1900000000/sig/thumb/x.webp",
        None,
    ]


def test_a_new_rendition_is_on_its_way(provider: Provider, as_alice: Client) -> None:
    pending = rendition(state="pending", path=None)
    wanted = {"image": image(), "job": job(), "renditions": [pending]}
    provider.on("POST", STORED, Answer(202, wanted))
    wish = {"ops": {"width": 800, "fit": "cover", "format": "avif", "quality": 60}}
    reply = as_alice.post(PUBLIC, wish, content_type="application/json")
    assert reply.status_code == 202
    assert set(reply.json()) == {"image", "job", "renditions"}
    assert json.loads(provider.received[-1].body) == wish


def test_one_that_exists_is_there_at_once(provider: Provider, as_alice: Client) -> None:
    wanted = {"image": image(), "job": None, "renditions": [rendition()]}
    provider.on("POST", STORED, Answer(200, wanted))
    reply = as_alice.post(PUBLIC, {"preset": "thumb"}, content_type="application/json")
    assert (reply.status_code, reply.json()["job"]) == (200, None)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({}, "invalid"),
        ({"preset": "thumb", "ops": {"width": 1}}, "invalid"),
        ({"ops": {"width": 0}}, "invalid"),
        ({"ops": {"width": 8193}}, "invalid"),
        ({"ops": {"fit": "pad"}}, "invalid"),
        ({"ops": {"format": "gif"}}, "invalid"),
        ({"ops": {"quality": 101}}, "invalid"),
        ({"ops": {"blur": 3}}, "unknown_field"),
        ({"presets": "thumb"}, "unknown_field"),
        ([], "invalid"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_here(
    provider: Provider, as_alice: Client, wish: Any, code: str
) -> None:
    reply = as_alice.post(PUBLIC, wish, content_type="application/json")
    assert (reply.status_code, reply.json()["code"]) == (400, code)
    assert provider.received == []


@pytest.mark.parametrize("body", ["{", "", "\x00"])
def test_what_is_no_json_is_refused(provider: Provider, as_alice: Client, body: str) -> None:
    reply = as_alice.post(PUBLIC, body, content_type="application/json")
    assert reply.status_code == 400
    assert provider.received == []


def test_a_form_is_no_json(provider: Provider, as_alice: Client) -> None:
    reply = as_alice.post(PUBLIC, {"preset": "thumb"})
    assert (reply.status_code, reply.json()["code"]) == (415, "unsupported_media_type")
    assert provider.received == []


def test_presets_are_relayed(provider: Provider, as_alice: Client) -> None:
    thumb = {
        "name": "thumb",
        "width": 200,
        "height": 200,
        "fit": "inside",
        "formats": ["webp", "jpeg"],
    }
    provider.on("GET", "/internal/v1/presets", Answer(200, {"results": [thumb]}))
    assert as_alice.get("/api/v1/presets").json() == {"results": [thumb]}
