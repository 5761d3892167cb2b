"""Lists of images: pages, filters, and what they cost."""

from typing import Any

import pytest
from django.db.models.sql.compiler import SQLCompiler
from django.test import Client

from tests.images.people import path_of
from tests.images.pictures import form, jpeg, png

pytestmark = pytest.mark.django_db(transaction=True)
IMAGES = "/internal/v1/images"


def followed(client: Client, url: str) -> dict[str, Any]:
    """The page behind ``url``, as the gateway asks for it."""
    path = path_of(url).replace("/api/v1", "/internal/v1")
    page: dict[str, Any] = client.get(path).json()
    return page


def test_images_come_in_pages_newest_first(as_alice: Client) -> None:
    ids = [
        as_alice.post(IMAGES, form(jpeg(color), presets="thumb")).json()["image"]["id"]
        for color in ("red", "green", "blue")
    ]
    first = as_alice.get(IMAGES, {"limit": 2}).json()
    assert [image["id"] for image in first["results"]] == [ids[2], ids[1]]
    assert first["previous"] is None
    second = followed(as_alice, first["next"])
    assert [image["id"] for image in second["results"]] == [ids[0]]
    assert second["next"] is None
    back = followed(as_alice, second["previous"])
    assert [image["id"] for image in back["results"]] == [ids[2], ids[1]]


def test_images_are_found_by_tag_words_format_and_state(as_alice: Client) -> None:
    red = as_alice.post(IMAGES, form(jpeg("red"), title="A Red thing", tags="warm,a")).json()
    as_alice.post(IMAGES, form(png("blue"), name="sky.png", tags="cold,a"))

    def found(**query: str) -> list[str]:
        return [image["filename"] for image in as_alice.get(IMAGES, query).json()["results"]]

    assert found(tag="warm") == ["holiday.jpg"]
    assert found(tag="a") == ["sky.png", "holiday.jpg"]
    assert found(tag="w") == []
    assert found(q="red") == ["holiday.jpg"]
    assert found(q="SKY") == ["sky.png"]
    assert found(format="png") == ["sky.png"]
    assert found(state="ready") == []
    assert found(state="processing", q="holiday") == ["holiday.jpg"]
    assert red["image"]["title"] == "A Red thing"


@pytest.mark.parametrize(
    "query",
    [
        {"state": "x"},
        {"limit": "0"},
        {"limit": "201"},
        {"cursor": "x"},
        {"trashed": "perhaps"},
        {"q": "a\x00"},
        {"tag": "\x00"},
    ],
)
def test_a_bad_query_is_refused(as_alice: Client, query: dict[str, str]) -> None:
    reply = as_alice.get(IMAGES, query)
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid")


def test_a_list_is_one_statement_for_one_image_and_for_five(
    as_alice: Client, django_assert_num_queries: Any
) -> None:
    def posted(*colors: str) -> None:
        for color in colors:
            as_alice.post(IMAGES, form(jpeg(color), tags="a,b"))

    posted("red")
    with django_assert_num_queries(1):
        as_alice.get(IMAGES)
    posted("green", "blue", "black", "white")
    with django_assert_num_queries(1):
        found = as_alice.get(IMAGES).json()["results"]
    assert len(found) == 5
    for image in found:
        assert image == as_alice.get(f"{IMAGES}/{image['id']}").json()
        assert (image["tags"], len(image["renditions"])) == (["a", "b"], 8)


def test_a_page_is_compiled_once_for_each_shape_of_its_filters(
    as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for color in ("red", "green"):
        as_alice.post(IMAGES, form(jpeg(color), tags="a"))
    asked: list[dict[str, str]] = [
        {"tag": "a"},
        {"state": "ready"},
        {"format": "jpeg", "limit": "1"},
        {"trashed": "true"},
    ]
    first = [as_alice.get(IMAGES, query).json() for query in asked]

    def compiled(*_: Any) -> Any:
        raise AssertionError("a query is compiled")

    monkeypatch.setattr(SQLCompiler, "as_sql", compiled)
    assert [as_alice.get(IMAGES, query).json() for query in asked] == first
    assert as_alice.get(IMAGES, {"tag": "b"}).json()["results"] == []
    assert len(as_alice.get(IMAGES, {"format": "jpeg", "limit": "2"}).json()["results"]) == 2


def test_words_are_looked_for_as_they_are(as_alice: Client) -> None:
    as_alice.post(IMAGES, form(jpeg(), title="100% sea_side"))
    for words, count in (("100%", 1), ("0%_s", 0), ("a_s", 1), ("SEA", 1), ("%", 1), ("\\", 0)):
        query = {"q": words}
        assert len(as_alice.get(IMAGES, query).json()["results"]) == count, words
        assert as_alice.get(f"{IMAGES}/count", query).json() == {"count": count}
