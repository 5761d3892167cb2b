"""A named bound on how many of one thing a process does at once, so that a burst is refused.

For what takes memory, or holds a thread, while it lasts: threads times its size must not be
more than the process may have. docs/deploy.md lists the bounds, and a test holds the memory limits
of the manifests against them.
"""

import threading
import time
from collections.abc import Callable
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from platform_site.kit.rest.problems import DomainError

IN_FLIGHT: Final = Gauge(
    "bounded_in_flight",
    "Things that are done at this moment, of those that a process does a few of at once.",
    ["bound"],
    multiprocess_mode="livesum",
)
WAIT_SECONDS: Final = Histogram(
    "bounded_wait_seconds",
    "Time until such a thing had its turn, or was refused, in seconds.",
    ["bound"],
    buckets=(0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0),
)
REFUSED: Final = Counter(
    "bounded_refused_total", "Such things refused with 503 because others went on.", ["bound"]
)


class Busy(DomainError):
    """As much of this is going on as the process has memory or threads for."""

    status = 503
    code = "busy"
    title = "Too much is going on at the moment"


class Place:
    """One of the places of a bound, for the length of a block. Blocks and threads can share it."""

    def __init__(self, bound: "Bound") -> None:
        self._bound = bound

    def __enter__(self) -> None:
        self._bound.take()

    def __exit__(self, *_exc: object) -> None:
        self._bound.give_back()


class Bound:
    """At most ``limit()`` of ``name`` at once in this process; the others wait a little.

    ``waiting`` is how many may wait, ``wait_s`` how long: a waiting one holds its thread, and the
    rest of the role is to be served meanwhile. Whoever is beyond is refused with `Busy`.
    """

    def __init__(self, name: str, *, limit: Callable[[], int], wait_s: float, waiting: int) -> None:
        self.name = name
        self._limit = limit
        self._wait_s = wait_s
        self._most_waiting = waiting
        self._in_flight = 0
        self._waiting = 0
        self._changed = threading.Condition()
        self._place = Place(self)
        self._gauge = IN_FLIGHT.labels(name)
        self._waits = WAIT_SECONDS.labels(name)
        # The series begins at 0, so that an alert sees the first refusal as an increase.
        self._refused = REFUSED.labels(name)

    def hold(self) -> "Place":
        """A place for as long as the block lasts. Its beginning raises `Busy`."""
        return self._place

    def take(self) -> None:
        """Have a place until `give_back`. Raises `Busy`."""
        started = time.perf_counter()
        with self._changed:
            taken = self._taken()
        self.waited(time.perf_counter() - started, refused=not taken)
        if not taken:
            raise Busy(retry_after_s=1)

    def take_now(self) -> bool:
        """Have a place until `give_back`, if there is one; for who waits by itself, and counts it.

        One that falls free meanwhile goes to a thread that waits in `take`.
        """
        with self._changed:
            is_free = self._has_capacity()
            if is_free:
                self._count(+1)
            return is_free

    def waited(self, seconds: float, *, refused: bool = False) -> None:
        """Count how long somebody waited, and whether that was for nothing."""
        self._waits.observe(seconds)
        if refused:
            self._refused.inc()

    def give_back(self) -> None:
        """Leave a place to another."""
        with self._changed:
            self._count(-1)
            # One place has become free, so one of those who wait can have it.
            self._changed.notify()

    def _taken(self) -> bool:
        if not self._has_capacity():
            if self._waiting >= self._most_waiting:
                return False
            self._waiting += 1
            try:
                if not self._changed.wait_for(self._has_capacity, self._wait_s):
                    return False
            finally:
                self._waiting -= 1
        self._count(+1)
        return True

    def _has_capacity(self) -> bool:
        return self._in_flight < self._limit()

    def _count(self, change: int) -> None:
        self._in_flight += change
        self._gauge.set(self._in_flight)
