"""A part is charged with its own time and not with that of the parts it calls."""

import sys
import threading
import time
from collections.abc import Iterator
from types import ModuleType

import pytest

from bench.probed.clock import PartClock, install


def busy(milliseconds: float) -> None:
    until = time.thread_time() + milliseconds / 1000
    while time.thread_time() < until:
        pass


@pytest.fixture
def module() -> Iterator[ModuleType]:
    """A module as a role would have loaded it, with a function that a second one has imported."""
    found = ModuleType("probed_example")
    code = (
        "class Handler:\n"
        "    def outer(self, work):\n"
        "        work(); inner(work)\n"
        "    @property\n"
        "    def answer(self):\n"
        "        return 42\n"
        "    @classmethod\n"
        "    def make(cls):\n"
        "        return cls()\n"
        "def inner(work):\n"
        "    work()\n"
    )
    exec(compile(code, "probed_example", "exec"), found.__dict__)  # noqa: S102 - written here
    other = ModuleType("probed_other")
    vars(other)["borrowed"] = vars(found)["inner"]
    sys.modules |= {"probed_example": found, "probed_other": other}
    yield found
    del sys.modules["probed_example"], sys.modules["probed_other"]


def test_a_part_has_its_own_time_only() -> None:
    clock = PartClock()
    inner = clock.wrap(lambda: busy(30), "inner")

    def outer() -> None:
        busy(10)
        inner()
        inner()

    clock.wrap(outer, "outer")()
    table = clock.table()
    assert {part: calls for part, (calls, _) in table.items()} == {"outer": 1, "inner": 2}
    assert table["inner"][1] > 4 * table["outer"][1] > 0


def test_waiting_costs_nothing() -> None:
    clock = PartClock()
    clock.wrap(lambda: time.sleep(0.05), "waits")()
    clock.wrap(lambda: busy(20), "works")()
    assert clock.table()["waits"][1] < clock.table()["works"][1]


def test_threads_are_added_up_and_a_reset_forgets_them() -> None:
    clock = PartClock()
    work = clock.wrap(lambda: None, "work")
    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.table()["work"][0] == 3
    clock.reset()
    assert clock.table() == {}


def test_an_exception_passes_and_is_counted() -> None:
    clock = PartClock()

    def fail() -> None:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - ours, above
        clock.wrap(fail, "fails")()
    assert clock.table()["fails"][0] == 1


def test_a_function_is_wrapped_wherever_it_was_imported(module: ModuleType) -> None:
    clock = PartClock()
    assert install(clock, [("work", "probed_example:*")]) == []
    sys.modules["probed_other"].borrowed(lambda: None)
    handler = module.Handler.make()
    handler.outer(lambda: None)
    assert clock.table()["work"][0] == 4


def test_the_first_part_that_names_a_function_has_it(module: ModuleType) -> None:
    clock = PartClock()
    parts = [
        ("own", "probed_example.Handler.outer"),
        ("read", "probed_example.Handler.answer"),
        ("rest", "probed_example:*"),
    ]
    assert install(clock, parts) == []
    handler = module.Handler()
    handler.outer(lambda: None)
    assert handler.answer == 42
    assert {part: calls for part, (calls, _) in clock.table().items()} == {
        "own": 1,
        "read": 1,
        "rest": 1,
    }


def test_a_name_that_is_gone_is_told_and_a_module_not_loaded_is_not(module: ModuleType) -> None:
    parts = [
        ("gone", "probed_example.Handler.renamed"),
        ("gone", "probed_example.moved"),
        ("elsewhere", "probed_package_of_another_role.views:*"),
    ]
    assert install(PartClock(), parts) == ["probed_example.Handler.renamed", "probed_example.moved"]


def test_the_cost_of_the_clock_is_taken_off() -> None:
    clock = PartClock()
    clock.calibrate()
    nothing = clock.wrap(lambda: None, "nothing")

    def many() -> None:
        for _ in range(2_000):
            nothing()

    clock.wrap(many, "many")()
    plain = PartClock()
    uncorrected = plain.wrap(lambda: None, "nothing")
    for _ in range(2_000):
        uncorrected()
    assert clock.table()["nothing"][1] < plain.table()["nothing"][1]
