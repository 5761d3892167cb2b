"""How much memory the processes of a role hold, asked of the kernel at each scrape.

Where processes share their metrics (`metric_files`), the client library leaves memory out.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

PROC: Final = Path("/proc")
UNITS: Final = 1024


class MemoryCollector(Collector):
    """``platform_memory_bytes`` of this process and of its children; nothing where no /proc is."""

    def __init__(self, role: str) -> None:
        self._role = role

    def describe(self) -> Iterable[Metric]:
        """The name, so that registering looks at nothing."""
        return [self._family()]

    def collect(self) -> Iterable[Metric]:
        """The gauge."""
        family = self._family()
        if total := sum(anonymous_bytes(status) for status in _statuses(PROC / "self")):
            family.add_metric([self._role], total)
        return [family]

    @staticmethod
    def _family() -> GaugeMetricFamily:
        return GaugeMetricFamily(
            "platform_memory_bytes",
            "Anonymous memory of all processes of the role in this pod, in bytes; what they share "
            "since the fork counts for each.",
            labels=["role"],
        )


def anonymous_bytes(status: str) -> int:
    r"""What a process has in memory that is no file, from its ``/proc/PID/status``.

    >>> anonymous_bytes("VmRSS:  900 kB\\nRssAnon:\\t     120 kB\\n")
    122880
    """
    for line in status.splitlines():
        name, _, value = line.partition(":")
        if name == "RssAnon":
            return int(value.split()[0]) * UNITS
    return 0


def _statuses(process: Path) -> Iterator[str]:
    """Of a process and of all below it; one that ends in between has none."""
    try:
        yield (process / "status").read_text()
        children = [
            pid for path in process.glob("task/*/children") for pid in path.read_text().split()
        ]
    except OSError:
        return
    for pid in children:
        yield from _statuses(PROC / pid)
