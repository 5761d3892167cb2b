"""Who waits gets a place in order, for as long as it may, and holds no thread meanwhile."""

import pytest
from prometheus_client import REGISTRY

from platform_site.kit.bounded import Bound
from platform_site.web.turns import Turns

NAME = "turns of tests"
now_s = [0.0]


class Begun(Turns[str]):
    """Two places, two who may wait, five seconds; and what became of whom."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.refused: list[str] = []
        super().__init__(
            Bound(NAME, limit=lambda: 2, wait_s=0.0, waiting=0),
            most_waiting=2,
            wait_s=5.0,
            begin=self.begun.append,
            refuse=self.refused.append,
        )


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Begun:
    monkeypatch.setattr("platform_site.web.turns.time.monotonic", lambda: now_s[0])
    made = Begun()
    for item in "abcde":
        made.come(item)
    return made


def refusals() -> float:
    return REGISTRY.get_sample_value("bounded_refused_total", {"bound": NAME}) or 0.0


def test_the_first_begin_the_next_wait_and_the_rest_is_refused(begun: Begun) -> None:
    assert (begun.begun, begun.refused) == (["a", "b"], ["e"])
    assert [begun.has_place(item) for item in "abcde"] == [True, True, False, False, False]


def test_a_place_goes_to_who_has_waited_longest(begun: Begun) -> None:
    begun.leave("b")
    assert begun.begun == ["a", "b", "c"]
    begun.come("f")
    begun.leave("a")
    begun.leave("c")
    assert begun.begun == ["a", "b", "c", "d", "f"]
    for item in "df":
        begun.leave(item)
    begun.come("g")
    assert begun.begun[-1] == "g"
    assert begun.refused == ["e"]


def test_who_never_had_a_place_gives_none_back(begun: Begun) -> None:
    begun.leave("another")
    begun.leave("e")
    assert begun.begun == ["a", "b"]


def test_who_has_waited_for_long_is_refused_and_counted(begun: Begun) -> None:
    before = refusals()
    now_s[0] += 4.9
    begun.look()
    assert begun.refused == ["e"]
    begun.leave("a")
    now_s[0] += 0.2
    begun.look()
    assert begun.refused == ["e", "d"]
    assert refusals() == before + 1
    begun.leave("b")
    begun.leave("c")
    begun.come("h")
    assert begun.begun == ["a", "b", "c", "h"]
