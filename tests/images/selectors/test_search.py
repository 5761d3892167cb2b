from itertools import chain
from typing import Any

import pytest
from django.db import connection

from images.models import Image, Tag
from images.selectors import search
from images.selectors.images import (
    IMAGE_COLUMNS,
    ImageFilter,
    ImageRow,
    images_of_owner,
    images_paged,
)
from platform_site.kit.rest.pagination import Page
from tests.images.people import Person
from tests.images.rows import image_rows

pytestmark = pytest.mark.django_db(transaction=True)


def names(page: Page[ImageRow]) -> list[str]:
    return [
        IMAGE_COLUMNS.read(image.columns)["filename"].removesuffix(".jpg") for image in page.items
    ]


def listed(person: Person, limit: int = 2, **narrowed: Any) -> list[str]:
    """The names on all pages, which must be the same on the way back."""
    asked: dict[str, Any] = {"owner_id": person.id, "narrowed": ImageFilter(**narrowed)}
    page = images_paged(**asked, limit=limit, cursor=None)
    there = [names(page)]
    while page.next_cursor is not None:
        page = images_paged(**asked, limit=limit, cursor=page.next_cursor)
        there.append(names(page))
    back = names(page)
    while page.previous_cursor is not None:
        page = images_paged(**asked, limit=limit, cursor=page.previous_cursor)
        back = [*names(page), *back]
    # Where nothing was found yet a page is empty, and has nothing to go back from.
    assert back == list(chain(*there)) or [] in there
    return list(chain(*there))


@pytest.fixture(params=["nearby", "far", "by the index", "as it is"])
def how(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Bounds so low that a few rows are many, for each way in which words are looked for."""
    bounds = {"nearby": (50, 60, 1), "far": (1, 50, 0), "by the index": (1, 2, 9)}
    if request.param in bounds:
        for name, value in zip(
            ("NEAR_ROWS", "FAR_ROWS", "DENSE"), bounds[request.param], strict=True
        ):
            monkeypatch.setattr(search, name, value)
    return str(request.param)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("each", ["beach5", "peach3", "BEACH2"]),
        ("BEACH", ["beach5", "BEACH2"]),
        ("summer at", ["cat4", "BEACH2"]),
        ("h", ["beach5", "cat4", "peach3", "BEACH2", "thing1"]),
        ("at", ["cat4", "BEACH2"]),
        ("q", []),
        ("none", []),
        ("%ea", []),
        ("___", []),
        (".jpg", ["beach5", "cat4", "peach3", "BEACH2", "thing1"]),
    ],
)
def test_words_are_found_on_every_page_however_they_are_looked_for(
    alice: Person, bob: Person, how: str, words: str, expected: list[str]
) -> None:
    image_rows(alice, "thing1")
    image_rows(alice, "BEACH2", title="Summer at sea")
    image_rows(alice, "peach3")
    image_rows(alice, "cat4", title="Winter after Summer at home")
    image_rows(alice, "beach5")
    image_rows(bob, "beach of Bob")
    assert listed(alice, words=words) == expected
    found = images_of_owner(owner_id=alice.id, narrowed=ImageFilter(words=words))
    assert found.count() == len(expected)


def test_words_and_a_tag_are_found_together(alice: Person, how: str) -> None:
    images = image_rows(alice, *(f"beach{number}" for number in range(9)))
    Tag.objects.bulk_create(Tag.of(image, "sea") for image in images[::2])
    image_rows(alice, "beach9")
    assert listed(alice, tag="sea") == ["beach8", "beach6", "beach4", "beach2", "beach0"]
    assert listed(alice, tag="sea", words="each") == listed(alice, tag="sea")
    assert listed(alice, tag="sea", words="h4") == ["beach4"]
    assert listed(alice, tag="lake", words="each") == []


def test_a_short_word_that_is_far_away_is_found_on_a_later_page(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "NEAR_ROWS", 2)
    monkeypatch.setattr(search, "FAR_ROWS", 3)
    image_rows(alice, "zz", *(f"other{number}" for number in range(5)))
    asked: dict[str, Any] = {"owner_id": alice.id, "narrowed": ImageFilter(words="z"), "limit": 5}
    first = images_paged(**asked, cursor=None)
    assert first.items == []
    assert first.previous_cursor is None
    second = images_paged(**asked, cursor=first.next_cursor)
    assert names(second) == ["zz"]


def test_words_that_fill_a_page_nearby_do_not_ask_the_index(
    alice: Person, django_assert_num_queries: Any
) -> None:
    image_rows(alice, "beach1", "beach2", "beach3")
    with django_assert_num_queries(2) as asked:
        images_paged(owner_id=alice.id, narrowed=ImageFilter(words="beach"), limit=2, cursor=None)
    assert not any("images_search_keys" in query["sql"] for query in asked.captured_queries)


def test_the_keys_of_owners_lie_apart(alice: Person, bob: Person) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT images_search_keys(%s, 'Beach', '') @> images_search_keys(%s, 'EACH', ''),"
            " images_search_keys(%s, 'Beach', '') && images_search_keys(%s, 'EACH', '')",
            [alice.id, alice.id, alice.id, bob.id],
        )
        assert cursor.fetchone() == (True, False)
    assert Image.objects.count() == 0
