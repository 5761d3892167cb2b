"""Waits that grow with the tries of one key."""

import pytest

from accounts.delays import LONGEST_S, Delay
from platform_site.kit.rest.shared_counts import CacheChanges
from tests.platform_site.kit.clock import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock().install(monkeypatch)


DELAY = Delay("test", "alice", free=2, first_s=10, memory_s=3600)


def test_the_free_tries_count_down_and_then_somebody_waits(clock: Clock) -> None:
    tried = [DELAY.count() for _ in range(3)]
    assert [one.decision.allowed for one in tried] == [True, True, False]
    assert [one.decision.remaining for one in tried] == [1, 0, 0]
    assert tried[2].decision.reset_s == DELAY.wait_s() == 10
    clock.advance(11)
    assert [DELAY.count().decision.allowed for _ in range(2)] == [True, False]
    assert DELAY.wait_s() == 20


def test_what_was_right_is_forgotten(clock: Clock) -> None:
    for _ in range(2):
        last = DELAY.count()
    changes = CacheChanges()
    last.forget(changes)
    changes.send()
    assert DELAY.wait_s() == 0
    assert [DELAY.count().decision.allowed for _ in range(3)] == [True, True, False]


def test_what_nobody_looked_at_is_no_try_before_and_after_a_wait(clock: Clock) -> None:
    for _ in range(5):
        DELAY.count().uncount()
    for _ in range(2):
        DELAY.count()
    clock.advance(11)
    for _ in range(5):
        again = DELAY.count()
        assert again.decision.allowed
        again.uncount()
    DELAY.count()
    assert DELAY.wait_s() == 20


def test_no_wait_is_longer_than_a_quarter_of_an_hour(clock: Clock) -> None:
    for _ in range(40):
        DELAY.count()
        clock.advance(LONGEST_S + 1)
    DELAY.count()
    assert DELAY.wait_s() <= LONGEST_S
