"""Waiting for a server: each new word once, the last ones in the error, one look with no time."""

from itertools import chain, repeat

import pytest
from django.core.management.base import CommandError

from platform_site.management.waiting import wait_until_nothing_lacks


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were asked for; none is made."""
    asked: list[float] = []
    monkeypatch.setattr("platform_site.management.waiting.time.sleep", asked.append)
    return asked


def test_each_change_of_the_words_is_told_once(pauses: list[float]) -> None:
    words = iter(["no answer", "no answer", "2 migrations", "2 migrations", ""])
    told: list[str] = []
    wait_until_nothing_lacks(words.__next__, 60, told.append)
    assert told == ["Waiting: no answer", "Waiting: 2 migrations"]
    assert pauses == [2.0] * 4


def test_nothing_is_told_and_no_pause_made_when_nothing_lacks(pauses: list[float]) -> None:
    told: list[str] = []
    wait_until_nothing_lacks(lambda: "", 60, told.append)
    assert (told, pauses) == ([], [])


def test_no_time_means_one_look(pauses: list[float]) -> None:
    words = chain(["no answer"], repeat(""))
    with pytest.raises(CommandError, match=r"^Gave up after 0 s: no answer$"):
        wait_until_nothing_lacks(words.__next__, 0, lambda _words: None)
    assert pauses == []


def test_the_last_pause_ends_at_the_deadline(
    monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    clock = iter([100.0, 100.0, 102.0, 103.0])
    monkeypatch.setattr("platform_site.management.waiting.time.monotonic", clock.__next__)
    with pytest.raises(CommandError, match="Gave up after 3 s: still nothing"):
        wait_until_nothing_lacks(lambda: "still nothing", 3, lambda _words: None)
    assert pauses == [2.0, 1.0]
