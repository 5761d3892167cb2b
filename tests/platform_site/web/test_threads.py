"""Threads are begun as they are needed, and the main loop is woken once for many of them."""

import selectors
import threading
import time
from collections.abc import Iterator

import pytest

from platform_site.web.threads import Deferred, Threads
from tests.waiting import until

PATIENCE_S = 20.0


class Work:
    """Work that does not end before it is allowed to."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.may_end = threading.Event()
        self.ended: list[int] = []

    def __call__(self, item: int) -> None:
        self.begun.append(item)
        assert self.may_end.wait(PATIENCE_S)
        self.ended.append(item)


def test_no_more_threads_than_are_needed_and_never_more_than_the_most() -> None:
    work = Work()
    threads = Threads(2, work)
    for item in range(5):
        threads.give(item)
        assert len(threads._threads) == min(item + 1, 2)
    until(lambda: len(work.begun) == 2)
    work.may_end.set()
    threads.shutdown()
    assert sorted(work.ended) == [0, 1, 2, 3, 4]
    assert threads._threads == set()


def test_one_after_the_other_takes_one_thread() -> None:
    work = Work()
    work.may_end.set()
    threads = Threads(8, work)
    for item in range(5):
        threads.give(item)
        until(lambda: not threads._busy)
    assert len(threads._threads) == 1
    threads.shutdown()


def test_a_thread_that_fails_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "excepthook", lambda _what: None)
    done: list[int] = []

    def work(item: int) -> None:
        if item == 0:
            raise LookupError
        done.append(item)

    threads = Threads(1, work)
    threads.give(0)
    until(lambda: not threads._threads)
    threads.give(1)
    until(lambda: done == [1])
    threads.shutdown()


@pytest.fixture
def deferred() -> Iterator[Deferred]:
    queue = Deferred()
    queue.init()
    yield queue
    queue.close()


def woken(deferred: Deferred) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(deferred.fileno(), selectors.EVENT_READ)
        return bool(selector.select(0))


def test_the_loop_is_woken_once_for_many(
    deferred: Deferred, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[int] = []
    assert not woken(deferred)
    for number in range(200):
        deferred.defer(called.append, number)
    assert woken(deferred)
    deferred.run_callbacks(None)
    assert called == list(range(200))
    assert not woken(deferred)


def test_what_a_callback_defers_wakes_the_loop_again(deferred: Deferred) -> None:
    called: list[str] = []
    deferred.defer(lambda: deferred.defer(called.append, "later"))
    deferred.run_callbacks(None)
    assert (called, woken(deferred)) == ([], True)
    deferred.run_callbacks(None)
    assert called == ["later"]


def test_nothing_that_many_threads_defer_is_forgotten(deferred: Deferred) -> None:
    called: list[int] = []

    def ask() -> None:
        for _ in range(500):
            deferred.defer(called.append, 1)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    with selectors.DefaultSelector() as selector:
        selector.register(deferred.fileno(), selectors.EVENT_READ)
        deadline = time.monotonic() + PATIENCE_S
        while len(called) < 4000:
            assert time.monotonic() < deadline
            if selector.select(1.0):
                deferred.run_callbacks(None)
    for thread in threads:
        thread.join()
