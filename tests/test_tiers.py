"""Which tests are units."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.tiers import OTHER_TIER, SERVERS, is_unit


def item(*, fixtures: tuple[str, ...] = (), marks: tuple[str, ...] = ()) -> Any:
    return SimpleNamespace(
        fixturenames=[*fixtures, "tmp_path"], get_closest_marker=lambda name: name in marks
    )


def test_a_test_that_asks_for_nothing_special_is_a_unit() -> None:
    assert is_unit(item())


@pytest.mark.parametrize("fixture", sorted(SERVERS))
def test_a_test_with_a_server_is_none(fixture: str) -> None:
    assert not is_unit(item(fixtures=(fixture,)))


@pytest.mark.parametrize("mark", OTHER_TIER)
def test_a_test_with_a_mark_of_the_other_tier_is_none(mark: str) -> None:
    assert not is_unit(item(marks=(mark,)))


def test_this_test_is_marked_as_one(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("unit") is not None
