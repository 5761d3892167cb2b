"""Memory of a program and of all that it started, each page charged to those who share it."""

from pathlib import Path
from typing import Final

from bench.cpu import descendants_of

KB_PER_MB: Final = 1024


def memory_mb(pid: int) -> dict[str, float]:
    """``processes``, their proportional set size in ``mb``, and that of the largest in ``most_mb``.

    A page that four processes share counts a fourth in each, so the sum is what the program holds.
    """
    sizes = [_pss_mb(one) for one in (pid, *descendants_of(pid))]
    return {
        "processes": len(sizes),
        "mb": round(sum(sizes), 1),
        "most_mb": round(max(sizes), 1),
    }


def _pss_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    line = next(line for line in lines if line.startswith("Pss:"))
    return int(line.split()[1]) / KB_PER_MB
