"""Processor time of chosen functions, each without what the others that it calls take.

By the thread's own clock: who waits for a lock, a socket or the interpreter costs nothing. What
the clock itself costs is measured once and taken off.
"""

import functools
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from types import FunctionType, ModuleType
from typing import Any, Final

CALIBRATION: Final = 20_000
MARK: Final = "timed_by_part"
"""An attribute of every wrapper: what is named twice is charged to the part named first."""


class PartClock:
    """Counts calls and nanoseconds by part, in every thread of this process."""

    def __init__(self) -> None:
        self._local = threading.local()
        self._threads: list[dict[str, list[int]]] = []
        self._inner_ns = self._outer_ns = 0

    def wrap(self, function: Callable[..., Any], part: str) -> Callable[..., Any]:
        """``function``, with its own time charged to ``part``."""

        @functools.wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:
            stack, cells = self._of_thread()
            frame = [0, 0]  # nanoseconds and calls of the parts that it calls
            stack.append(frame)
            started = time.thread_time_ns()
            try:
                return function(*arguments, **named)
            finally:
                took = time.thread_time_ns() - started
                stack.pop()
                cell = cells.get(part)
                if cell is None:
                    cell = cells[part] = [0, 0]
                cell[0] += 1
                cell[1] += took - frame[0] - frame[1] * self._outer_ns - self._inner_ns
                if stack:
                    stack[-1][0] += took
                    stack[-1][1] += 1

        setattr(timed, MARK, part)
        return timed

    def reset(self) -> None:
        """Begin anew."""
        for cells in self._threads:
            cells.clear()

    def table(self) -> dict[str, tuple[int, int]]:
        """(calls, nanoseconds) by part, of all threads."""
        sums: dict[str, tuple[int, int]] = {}
        for cells in self._threads:
            for part, (calls, took) in list(cells.items()):
                before = sums.get(part, (0, 0))
                sums[part] = before[0] + calls, before[1] + took
        return sums

    def calibrate(self) -> None:
        """Learn what a call of a wrapped function costs inside its own time and outside of it."""

        def nothing() -> None:
            return None

        wrapped = self.wrap(nothing, "calibration")
        stack, cells = self._of_thread()
        stack.append([0, 0])
        bare_ns = _loop_ns(nothing)
        whole_ns = _loop_ns(wrapped)
        stack.pop()
        self._inner_ns = cells.pop("calibration")[1] // CALIBRATION
        self._outer_ns = max(0, (whole_ns - bare_ns) // CALIBRATION - self._inner_ns)

    def _of_thread(self) -> tuple[list[list[int]], dict[str, list[int]]]:
        try:
            return self._local.stack, self._local.cells
        except AttributeError:
            self._local.stack, self._local.cells = [], {}
            self._threads.append(self._local.cells)
            return self._local.stack, self._local.cells


def _loop_ns(function: Callable[[], None]) -> int:
    started = time.thread_time_ns()
    for _ in range(CALIBRATION):
        function()
    return time.thread_time_ns() - started


def install(clock: PartClock, parts: Iterable[tuple[str, str]]) -> list[str]:
    """Wrap what each (part, name) names, wherever it is imported; the names that are gone.

    Nothing is imported for it: what a role does not load is none of its parts.

    A name is ``package.module.function``, ``package.module.Class.method``, or ``package.module:*``
    for every function and method that the module defines.
    """
    missing = []
    for part, name in parts:
        found = _targets(name)
        for owner, attribute in found or ():
            _replace(clock, part, owner, attribute)
        if found == []:
            missing.append(name)
    return missing


def _targets(name: str) -> list[tuple[Any, str]] | None:
    """(module or class, attribute) of all that ``name`` speaks of; ``None``: not of this role."""
    module_name, is_all, _ = name.partition(":*")
    module, rest = _loaded(module_name)
    if module is None or (is_all and rest):
        return None
    if is_all:
        return list(_defined_in(module))
    target: Any = module
    for step in rest[:-1]:
        target = getattr(target, step, None)
    is_there = target is not None and rest and rest[-1] in vars(target)
    return [(target, rest[-1])] if is_there else []


def _loaded(name: str) -> tuple[ModuleType | None, list[str]]:
    """The longest beginning of ``name`` that is a module of this process, and what follows.

    The rest begins with a module of its own where that has not been imported: then there is none.
    """
    steps = name.split(".")
    for length in range(len(steps), 0, -1):
        module = sys.modules.get(".".join(steps[:length]))
        if module is None:
            continue
        is_package = hasattr(module, "__path__")
        return (None if is_package and len(steps) > length + 1 else module), steps[length:]
    return None, steps


def _defined_in(module: ModuleType) -> Iterator[tuple[Any, str]]:
    for name, value in list(vars(module).items()):
        if getattr(value, "__module__", None) != module.__name__:
            continue
        if isinstance(value, FunctionType):
            yield module, name
        elif isinstance(value, type):
            for attribute, inner in list(vars(value).items()):
                if isinstance(inner, FunctionType | classmethod | staticmethod):
                    yield value, attribute


def _replace(clock: PartClock, part: str, owner: Any, attribute: str) -> None:
    original = vars(owner)[attribute]
    plain = getattr(original, "fget", None) or getattr(original, "__func__", original)
    if hasattr(plain, MARK):
        return
    if isinstance(owner, ModuleType):
        wrapped: Any = clock.wrap(original, part)
        for module in list(sys.modules.values()):
            for name, value in list(getattr(module, "__dict__", {}).items()):
                if value is original:
                    setattr(module, name, wrapped)
        return
    if isinstance(original, classmethod | staticmethod):
        wrapped = type(original)(clock.wrap(original.__func__, part))
    elif isinstance(original, property):
        if original.fget is None:  # nothing that is read
            return
        wrapped = property(clock.wrap(original.fget, part), original.fset, original.fdel)
    elif callable(original):
        wrapped = clock.wrap(original, part)
    else:
        return
    setattr(owner, attribute, wrapped)
