import base64
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries

from images.models import Image
from platform_site.kit.rest.pagination import LIMIT_DEFAULT, Page, limit_from, page_of
from platform_site.kit.rest.problems import InvalidRequest

ALICE = UUID("0190b6a0-0000-7000-8000-00000000000a")
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def store(number: int, created_at: datetime) -> None:
    Image.objects.create(
        id=UUID(int=number),
        owner_id=ALICE,
        filename=f"{number}.png",
        format="png",
        mime="image/png",
        width=1,
        height=1,
        bytes=1,
        sha256=f"{number:064x}",
        storage_key=str(number),
        created_at=created_at,
    )


@pytest.fixture
def nine_images(db: None) -> None:
    """Numbers 1 to 9; 3, 4, 5 and 6 were made in the same instant."""
    for number in range(1, 10):
        tied = 3 if 3 <= number <= 6 else number
        store(number, NOON + timedelta(microseconds=tied))


def page(limit: int, cursor: str | None = None) -> Page[Image]:
    return page_of(Image.objects.filter(owner_id=ALICE), limit=limit, cursor=cursor)


def numbers(items: Sequence[Image]) -> list[int]:
    return [item.id.int for item in items]


def cursor_of(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 8, 9, 10])
def test_pages_forward_and_back_give_every_row_once(nine_images: None, limit: int) -> None:
    seen: list[int] = []
    current = page(limit)
    assert current.previous_cursor is None
    while True:
        seen += numbers(current.items)
        if current.next_cursor is None:
            break
        current = page(limit, current.next_cursor)
    assert seen == [9, 8, 7, 6, 5, 4, 3, 2, 1]
    back = numbers(current.items)
    while current.previous_cursor is not None:
        current = page(limit, current.previous_cursor)
        back = [*numbers(current.items), *back]
    assert back == seen


def test_rows_that_arrive_or_go_do_not_move_the_page(nine_images: None) -> None:
    first = page(3)
    store(10, NOON + timedelta(hours=1))
    Image.objects.filter(id__in=[UUID(int=7), UUID(int=6)]).delete()
    second = page(3, first.next_cursor)
    assert numbers(second.items) == [5, 4, 3]
    assert numbers(page(3, second.previous_cursor).items) == [10, 9, 8]


@pytest.mark.parametrize(("direction", "sign"), [("n", "<"), ("p", ">")])
def test_a_cursor_is_compared_as_one_value(
    db: None,
    django_assert_num_queries: DjangoAssertNumQueries,
    direction: str,
    sign: str,
) -> None:
    with django_assert_num_queries(1) as asked:
        page(3, cursor_of(f"{direction}|{NOON.isoformat()}|{ALICE}"))
    statement = asked.captured_queries[0]["sql"].replace('"images_image".', "")
    assert f'("created_at", "id") {sign} (' in statement
    assert " OR " not in statement


def test_an_empty_list_is_one_page(db: None) -> None:
    assert page(3) == Page(items=[], next_cursor=None, previous_cursor=None)


def test_a_cursor_past_the_end_is_an_empty_page(nine_images: None) -> None:
    past = cursor_of(f"n|{NOON.isoformat()}|{UUID(int=0)}")
    assert page(3, past) == Page(items=[], next_cursor=None, previous_cursor=None)


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "é",
        "%%%",
        "A" * 4000,
        cursor_of("n|2026-01-01T00:00:00+00:00"),
        cursor_of(f"x|2026-01-01T00:00:00+00:00|{ALICE}"),
        cursor_of(f"n|2026-01-01T00:00:00|{ALICE}"),
        cursor_of(f"n|yesterday|{ALICE}"),
        cursor_of("n|2026-01-01T00:00:00+00:00|1 OR 1=1"),
        cursor_of(f"n|0001-01-01T00:00:00+23:59|{ALICE}"),
        cursor_of(f"n|9999-12-31T23:59:59-23:59|{ALICE}"),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_a_cursor_that_we_did_not_give_is_refused(db: None, cursor: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        page(3, cursor)
    assert (refusal.value.status, refusal.value.code) == (400, "invalid")
    assert [item.pointer for item in refusal.value.errors] == ["/cursor"]


def test_a_limit_is_a_number_from_1_to_200() -> None:
    assert limit_from(None) == LIMIT_DEFAULT == 50
    assert [limit_from(raw) for raw in ("1", "007", "200")] == [1, 7, 200]


@pytest.mark.parametrize(
    "raw", ["", "0", "201", "-1", "+1", "1.0", " 1", "1e2", "x", "٣", "²", "9" * 5000]
)
def test_another_limit_is_refused(raw: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        limit_from(raw)
    assert [item.pointer for item in refusal.value.errors] == ["/limit"]
