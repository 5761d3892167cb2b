"""What the database says as JSON is what Django reads of the same row."""

from datetime import UTC, datetime
from typing import Any

import pytest

from images.models import Image, Tag
from images.selectors.json_columns import JSONColumns
from tests.images.people import Person
from tests.images.rows import image_rows

pytestmark = pytest.mark.django_db(transaction=True)

SHOWN = ("id", "title", "width", "bytes", "placeholder", "animated", "complete", "created_at")
TITLES = ["", "Été 東京 🏝", 'a "b" \\ c', "</script>\n\t\x7f", "null"]
MOMENTS = [
    datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    datetime(2026, 1, 2, 3, 4, 5, 120_000, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 59, 59, 1, tzinfo=UTC),
]


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("created_at", MOMENTS)
def test_a_row_is_read_as_django_reads_it(alice: Person, title: str, created_at: datetime) -> None:
    words: dict[str, Any] = {"title": title, "created_at": created_at, "bytes": 2**40}
    image_rows(alice, "a", **words, placeholder=title or None)
    image_rows(alice, "b", **words, animated=True, complete=False)
    columns = JSONColumns(Image, *SHOWN)
    texts = dict(Image.objects.values_list("id", columns.of_row()))
    for row in Image.objects.values(*SHOWN):
        found = columns.read(texts[row["id"]])
        row["id"] = str(row["id"])
        assert found == row
        assert [type(value) for value in found.values()] == [type(v) for v in row.values()]


def test_many_rows_are_one_text(alice: Person) -> None:
    one, other = image_rows(alice, "a", "b")
    for image, name in ((one, "x"), (one, "y"), (other, "z")):
        Tag.objects.create(image=image, name=name)
    columns = JSONColumns(Tag, "id", "name")
    (text,) = Tag.objects.filter(image=one).values_list(columns.of_rows(), flat=True)
    assert sorted(row["name"] for row in columns.read_all(text)) == ["x", "y"]
    (text,) = Tag.objects.filter(name="none").values_list(columns.of_rows(), flat=True)
    assert columns.read_all(text) == []
