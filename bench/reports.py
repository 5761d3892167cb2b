"""Where the parts leave what they have measured, what they say of their targets, and quick runs."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
COMMITTED: Final = ROOT / "bench" / "results"
QUICK: Final = ROOT / "var" / "bench" / "results"
"""A quick run says whether all still works; its numbers are not those of the pages."""


def is_quick() -> bool:
    """Whether ``QUICK=1`` asks for few rounds."""
    return os.environ.get("QUICK") == "1"


def directory() -> Path:
    """Where this run's results are written and read."""
    return QUICK if is_quick() else COMMITTED


def write(part: str, report: Mapping[str, Any]) -> None:
    """Keep what ``part`` has measured."""
    directory().mkdir(parents=True, exist_ok=True)
    file = directory() / f"{part}.json"
    file.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def read(part: str, *, source: Path | None = None) -> dict[str, Any] | None:
    """What ``part`` has measured; ``None`` when it never has."""
    file = (source or directory()) / f"{part}.json"
    if not file.exists():
        return None
    report: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return report


def verdict_show(report: Mapping[str, Any]) -> bool:
    """Print what was not to be had and every target; True when each of these is met."""
    for name, reason in report["missing"].items():
        print(f"{name}: {reason}")
    for one in report["targets"]:
        print(f"  {'met    ' if one['met'] else 'NOT MET'}  {one['what']}: {one['measured']}")
    print(f"took {report['took_s']} s at a load average of {report['load_average']}")
    return all(one["met"] for one in report["targets"])
