"""Requests with long bodies take turns at a few places; whoever waits holds no thread.

For the main loop alone. It knows nothing of HTTP.
"""

import time
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from platform_site.kit.bounded import Bound

Item = TypeVar("Item", bound=Hashable)


class Turns(Generic[Item]):
    """Up to ``most_waiting`` wait for a place of ``bound``, ``wait_s`` each, in their order.

    Whoever has a place is given to ``begin``, and whoever is not to have one to ``refuse``.
    """

    def __init__(
        self,
        bound: "Bound",
        *,
        most_waiting: int,
        wait_s: float,
        begin: Callable[[Item], None],
        refuse: Callable[[Item], None],
    ) -> None:
        self._bound = bound
        self._most_waiting = most_waiting
        self._wait_s = wait_s
        self._begin = begin
        self._refuse = refuse
        self._waiting: dict[Item, float] = {}
        self._inside: set[Item] = set()

    def come(self, item: Item) -> None:
        """Begin ``item`` now or later, or refuse it."""
        now = time.monotonic()
        if not self._waiting and self._bound.take_now():
            self._enter(item, since=now)
        elif len(self._waiting) < self._most_waiting:
            self._waiting[item] = now
        else:
            self._end(item, since=now)

    def has_place(self, item: Item) -> bool:
        """Whether ``item`` was begun by its turn."""
        return item in self._inside

    def leave(self, item: Item) -> None:
        """``item`` is done, or never came here: the next one begins."""
        if item in self._inside:
            self._inside.remove(item)
            self._bound.give_back()
        self.look()

    def look(self) -> None:
        """Begin whoever can, and refuse whoever has waited too long."""
        while self._waiting and self._bound.take_now():
            item, since = next(iter(self._waiting.items()))
            del self._waiting[item]
            self._enter(item, since=since)
        expired = time.monotonic() - self._wait_s
        for item, since in list(self._waiting.items()):
            if since > expired:
                break
            del self._waiting[item]
            self._end(item, since=since)

    def _enter(self, item: Item, *, since: float) -> None:
        self._inside.add(item)
        self._bound.waited(time.monotonic() - since)
        self._begin(item)

    def _end(self, item: Item, *, since: float) -> None:
        self._bound.waited(time.monotonic() - since, refused=True)
        self._refuse(item)
