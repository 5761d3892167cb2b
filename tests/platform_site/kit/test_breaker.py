import pytest

from platform_site.kit.breaker import Breaker
from tests.platform_site.kit.clock import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock().install(monkeypatch)


def opened() -> Breaker:
    breaker = Breaker(least_calls=2, open_s=2.0)
    for _ in range(2):
        assert breaker.allows()
        breaker.failed()
    return breaker


def test_one_failure_among_few_calls_opens_nothing(clock: Clock) -> None:
    breaker = Breaker(least_calls=5)
    for _ in range(4):
        breaker.failed()
        assert breaker.allows()
    breaker.failed()
    assert not breaker.allows()


@pytest.mark.parametrize(("failures", "opens"), [(4, False), (5, True)])
def test_it_opens_when_half_of_the_calls_fail(clock: Clock, failures: int, *, opens: bool) -> None:
    breaker = Breaker(least_calls=5, share=0.5)
    for _ in range(5):
        breaker.succeeded()
    for _ in range(failures):
        breaker.failed()
    assert breaker.allows() is not opens


def test_what_was_long_ago_is_not_counted(clock: Clock) -> None:
    breaker = Breaker(least_calls=3, window_s=10.0)
    for _ in range(2):
        breaker.failed()
    clock.advance(10.0)
    for _ in range(2):
        breaker.failed()
    assert breaker.allows()
    breaker.failed()
    assert not breaker.allows()


def test_after_the_wait_one_call_is_let_through(clock: Clock) -> None:
    breaker = opened()
    clock.advance(1.9)
    assert not breaker.allows()
    clock.advance(0.1)
    assert [breaker.allows() for _ in range(5)] == [True, False, False, False, False]


def test_a_call_that_never_returns_lets_the_next_one_try(clock: Clock) -> None:
    breaker = opened()
    clock.advance(2.0)
    assert breaker.allows()
    clock.advance(2.0)
    assert breaker.allows()


def test_that_call_closes_it_or_keeps_it_open(clock: Clock) -> None:
    breaker = opened()
    clock.advance(2.0)
    assert breaker.allows()
    breaker.failed()
    assert not breaker.allows()
    clock.advance(2.0)
    assert breaker.allows()
    breaker.succeeded()
    assert [breaker.allows() for _ in range(3)] == [True, True, True]


def test_the_wait_is_told_in_whole_seconds_and_at_least_one(clock: Clock) -> None:
    assert Breaker().retry_after_s == 1
    breaker = opened()
    assert breaker.retry_after_s == 2
    clock.advance(1.95)
    assert breaker.retry_after_s == 1
