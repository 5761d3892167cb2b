import pytest

from platform_site.kit.breaker import Breaker
from tests.platform_site.kit.clock import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock().install(monkeypatch)


def test_it_opens_after_failures_in_a_row(clock: Clock) -> None:
    breaker = Breaker(failures=3, open_s=2.0)
    for _ in range(3):
        assert breaker.allows()
        breaker.failed()
    assert not breaker.allows()
    assert breaker.retry_after_s == 2


def test_a_success_between_failures_keeps_it_closed(clock: Clock) -> None:
    breaker = Breaker(failures=2, open_s=2.0)
    for _ in range(5):
        breaker.failed()
        breaker.succeeded()
        assert breaker.allows()


def test_after_the_wait_one_call_is_let_through(clock: Clock) -> None:
    breaker = Breaker(failures=1, open_s=2.0)
    breaker.failed()
    clock.advance(1.9)
    assert not breaker.allows()
    clock.advance(0.1)
    assert [breaker.allows() for _ in range(5)] == [True, False, False, False, False]


def test_that_call_closes_it_or_opens_it_anew(clock: Clock) -> None:
    breaker = Breaker(failures=1, open_s=2.0)
    breaker.failed()
    clock.advance(2.0)
    assert breaker.allows()
    breaker.failed()
    assert not breaker.allows()
    clock.advance(2.0)
    assert breaker.allows()
    breaker.succeeded()
    assert [breaker.allows() for _ in range(3)] == [True, True, True]


def test_the_wait_is_told_in_whole_seconds_and_at_least_one(clock: Clock) -> None:
    breaker = Breaker(failures=1, open_s=2.0)
    assert breaker.retry_after_s == 1
    breaker.failed()
    clock.advance(1.95)
    assert breaker.retry_after_s == 1
