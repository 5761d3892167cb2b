"""Processor time and memory are those of a program and of all that it has started."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bench.cpu import busy_seconds, children_of, cpu_seconds, descendants_of, parent_of, pin
from bench.memory import memory_mb

CHILD = "import sys; print(1, flush=True); sys.stdin.read()"
PARENT = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {CHILD!r}], stdin=sys.stdin)
sum(i * i for i in range(3_000_000))
child.wait()
"""


@pytest.fixture
def parent() -> Iterator[int]:
    """A process with a child; both end with their standard input."""
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin
    assert process.stdout
    process.stdout.readline()
    yield process.pid
    process.stdin.close()
    process.stdout.close()
    process.wait(10)


def test_a_family_is_found_from_both_ends(parent: int) -> None:
    (child,) = children_of(parent)
    assert descendants_of(parent) == [child]
    assert parent_of(child) == parent
    assert parent_of(0x7FFFFFFF) is None


def test_little_work_of_another_process_is_not_lost_to_a_tick(parent: int) -> None:
    (child,) = children_of(parent)
    found = cpu_seconds(child)
    assert found > 0
    # A hundredth of a second and less would be 0 or 0.01 by the kernel's ticks.
    assert round(found, 2) != found


def test_processor_time_grows_with_work(parent: int) -> None:
    before = cpu_seconds(parent)
    while cpu_seconds(parent) == before:
        pass
    assert cpu_seconds(os.getpid()) >= cpu_seconds(parent)


def test_a_core_is_busy_with_work_and_none_is_beyond_the_last(parent: int) -> None:
    core = min(os.sched_getaffinity(0))
    before = busy_seconds(core)
    pin(parent, {core})
    while busy_seconds(core) == before:
        sum(range(1000))
    with pytest.raises(ValueError, match="no core"):
        busy_seconds(4096)


def test_a_family_is_kept_on_a_core(parent: int) -> None:
    core = min(os.sched_getaffinity(0))
    pin(parent, {core})
    (child,) = children_of(parent)
    assert os.sched_getaffinity(parent) == os.sched_getaffinity(child) == {core}


def test_memory_is_added_up(parent: int) -> None:
    found = memory_mb(parent)
    assert found["processes"] == 2
    assert 0 < found["most_mb"] < found["mb"]
