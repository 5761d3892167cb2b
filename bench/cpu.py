"""Processor time of a program and of all that it started, as the kernel counts it."""

import os
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Final

TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system seconds of ``pid``, its descendants, and their children that have ended.

    What was measured before and after some work tells what the work cost. By the clock of each
    process, in nanoseconds: a server of many processes, each of which does little, would lose
    most of it to a count in hundredths of a second. Those are counted in for what has ended.
    A busy machine still makes work dearer, since others empty its caches.
    """
    processes = _processes()
    members, found = {pid}, {pid}
    while found:
        found = {one for one, (parent, _) in processes.items() if parent in found} - members
        members |= found
    ended = sum(ticks for one, (_, ticks) in processes.items() if one in members)
    return sum(map(_own_ns, members)) / 1e9 + ended / TICKS_PER_S


def _own_ns(pid: int) -> int:
    """Nanoseconds of all threads of ``pid``, ended ones too; 0 when it has ended itself."""
    try:
        return time.clock_gettime_ns(~pid << 3 | 2)  # as clock_getcpuclockid(3) numbers clocks
    except OSError:
        return 0


def busy_seconds(core: int) -> float:
    """Seconds for which ``core`` has had something to do since the machine began."""
    for line in Path("/proc/stat").read_text().splitlines():
        name, *ticks = line.split()
        if name == f"cpu{core}":
            user, nice, system, _idle, _waiting, *interrupts = map(int, ticks[:8])
            return (user + nice + system + sum(interrupts)) / TICKS_PER_S
    raise ValueError(f"There is no core {core}.")


def parent_of(pid: int) -> int | None:
    """The process that started ``pid``; ``None`` when there is no such process here."""
    found = _processes().get(pid)
    return found[0] if found else None


def children_of(pid: int) -> list[int]:
    """The processes that ``pid`` has started and that have not ended."""
    return [one for one, (parent, _) in _processes().items() if parent == pid]


def pin(pid: int, cores: Collection[int]) -> None:
    """Keep ``pid``, its descendants and all their threads on ``cores``; what they start follows."""
    for one in (pid, *descendants_of(pid)):
        for thread in Path(f"/proc/{one}/task").iterdir():
            with suppress(ProcessLookupError):  # it has ended since the directory was listed
                os.sched_setaffinity(int(thread.name), cores)


def descendants_of(pid: int) -> list[int]:
    """What ``pid`` has started, and what that has started, and so on."""
    children = children_of(pid)
    return children + [one for child in children for one in descendants_of(child)]


def _processes() -> dict[int, tuple[int, int]]:
    """(parent, ticks of its ended children) of every process that there is."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text(errors="replace")
        except OSError:  # it has ended since the directory was listed
            continue
        fields = stat.rpartition(")")[2].split()  # the name before it may hold anything
        found[int(entry.name)] = int(fields[1]), sum(map(int, fields[13:15]))
    return found
