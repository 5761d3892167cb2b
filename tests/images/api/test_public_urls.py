"""Links are the public's: whatever this role is asked under, they name the public's origin."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests.images.people import PUBLIC, Person, caller
from tests.images.pictures import form, jpeg

IMAGES = "/internal/v1/images"


def asked(person: Person, *origin: str) -> Client:
    """The gateway's calls for ``person``, saying that the public asked ``origin``."""
    client = caller(person)
    del client.defaults["HTTP_X_PUBLIC_ORIGIN"]
    for said in origin:
        client.defaults["HTTP_X_PUBLIC_ORIGIN"] = said
    return client


def test_links_begin_with_the_origin_that_the_gateway_names(picture: dict[str, Any]) -> None:
    here = f"{PUBLIC}/api/v1/images/{picture['id']}"
    assert picture["links"]["self"] == here
    assert picture["links"]["renditions"] == f"{here}/renditions"
    assert picture["links"]["original"].startswith(f"{PUBLIC}/i/")


def test_a_public_url_of_this_role_wins(
    picture: dict[str, Any], alice: Person, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://set.example"
    for client in (caller(alice), asked(alice), asked(alice, "nonsense")):
        links = client.get(f"{IMAGES}/{picture['id']}").json()["links"]
        assert links["self"] == f"https://set.example/api/v1/images/{picture['id']}"


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost",
        "http://localhost:8080",
        "https://photos.example:65535",
        "http://10.0.0.1:80",
        "http://[::1]:8000",
        "HTTPS://Photos.Example",
    ],
)
def test_an_origin_is_scheme_host_and_port(
    picture: dict[str, Any], alice: Person, origin: str
) -> None:
    links = asked(alice, origin).get(f"{IMAGES}/{picture['id']}").json()["links"]
    assert links["self"] == f"{origin}/api/v1/images/{picture['id']}"


@pytest.mark.parametrize(
    "said",
    [
        [],
        [""],
        ["photos.example"],
        ["//photos.example"],
        ["ftp://photos.example"],
        ["javascript://photos.example"],
        ["https://"],
        ["https://photos.example/"],
        ["https://photos.example/evil"],
        ["https://photos.example?x"],
        ["https://photos.example#x"],
        ["https://alice@photos.example"],
        ["https://photos.example:"],
        ["https://photos.example:port"],
        ["https://photos.example:123456"],
        ["https://photos.example\n"],
        ["https://photos.example, https://other.example"],
        ["https://-.example"],
        ["https://photos exàmple"],
    ],
    ids=lambda said: repr("".join(said)),
)
def test_anything_else_is_no_origin(
    picture: dict[str, Any], alice: Person, said: list[str]
) -> None:
    reply = asked(alice, *said).get(f"{IMAGES}/{picture['id']}")
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid")


def test_only_a_role_says_what_the_public_asked(alice: Person, picture: dict[str, Any]) -> None:
    anonymous = caller(alice, with_service=False)
    assert anonymous.get(f"{IMAGES}/{picture['id']}").status_code == 401


@pytest.mark.django_db(transaction=True)
def test_neighbours_keep_the_filters_and_have_public_paths(as_alice: Client) -> None:
    for color in ("red", "green"):
        as_alice.post(IMAGES, form(jpeg(color), presets="thumb", tags="a"))
    query = {"tag": "a", "limit": "1", "unknown": "x y"}
    page = as_alice.get(IMAGES, query).json()
    assert page["next"].startswith(f"{PUBLIC}/api/v1/images?tag=a&limit=1&unknown=x+y&cursor=")
    assert page["previous"] is None
    jobs = as_alice.get("/internal/v1/jobs", {"limit": "1"}).json()
    assert jobs["next"].startswith(f"{PUBLIC}/api/v1/jobs?limit=1&cursor=")


@pytest.mark.django_db(transaction=True)
def test_an_upload_says_where_the_image_is(as_alice: Client) -> None:
    for status in (202, 200):
        reply = as_alice.post(IMAGES, form(jpeg(), presets="thumb"))
        assert (reply.status_code, reply.json()["duplicate"]) == (status, status == 200)
        assert reply.headers["Location"] == reply.json()["image"]["links"]["self"]
