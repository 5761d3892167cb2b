"""A bound under threads: how many at once, who waits, who is refused, and what is told of it."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count

import pytest
from prometheus_client import REGISTRY

from platform_site.kit.bounded import Bound, Busy

names = (f"things {number}" for number in count())


def bound(*, limit: int = 1, wait_s: float = 60.0, waiting: int = 60) -> Bound:
    return Bound(next(names), limit=lambda: limit, wait_s=wait_s, waiting=waiting)


def told(sample: str, of: Bound) -> float | None:
    return REGISTRY.get_sample_value(sample, {"bound": of.name})


@contextmanager
def held(of: Bound, times: int = 1) -> Iterator[None]:
    """``times`` places are taken by other threads."""
    inside, release = threading.Barrier(times + 1), threading.Event()

    def stay() -> None:
        with of.hold():
            inside.wait(30)
            release.wait(30)

    with ThreadPoolExecutor(times) as threads:
        staying = [threads.submit(stay) for _ in range(times)]
        inside.wait(30)
        try:
            yield
        finally:
            release.set()
        for each in staying:
            each.result()


def test_never_more_than_the_limit_are_inside_and_all_who_wait_get_in() -> None:
    places, lock = bound(limit=2), threading.Lock()
    inside, most = 0, 0

    def work(_number: int) -> None:
        nonlocal inside, most
        with places.hold():
            with lock:
                inside += 1
                most = max(most, inside)
            threading.Event().wait(0.002)
            with lock:
                inside -= 1

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(work, range(64)))
    assert (inside, most) == (0, 2)
    assert told("bounded_in_flight", places) == 0
    assert told("bounded_wait_seconds_count", places) == 64
    assert told("bounded_refused_total", places) == 0


def test_who_waits_too_long_is_told_to_come_back() -> None:
    places = bound(wait_s=0.01)
    with held(places):
        with pytest.raises(Busy) as refused, places.hold():
            pass
        assert (refused.value.status, refused.value.code) == (503, "busy")
        assert refused.value.headers == {"Retry-After": "1"}
        assert told("bounded_in_flight", places) == 1
    assert told("bounded_refused_total", places) == 1
    with places.hold():
        assert told("bounded_in_flight", places) == 1


def test_only_so_many_may_wait_and_the_next_is_refused_at_once() -> None:
    places = bound(waiting=2)
    refused: list[Future[None]] = []

    def come() -> None:
        with places.hold():
            pass

    with ThreadPoolExecutor(3) as threads:
        with held(places):
            coming = [threads.submit(come) for _ in range(3)]
            while not (refused := [each for each in coming if each.done()]):
                threading.Event().wait(0.005)
            assert isinstance(refused[0].exception(), Busy)
        outcomes = [each.exception() for each in coming]
    assert [type(outcome) for outcome in outcomes].count(Busy) == 1


def test_a_failure_inside_gives_the_place_back() -> None:
    places = bound(wait_s=0.0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), places.hold():
            _ = 1 / 0
    assert told("bounded_in_flight", places) == 0
