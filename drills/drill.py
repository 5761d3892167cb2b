"""What a drill says: what is believed, what is broken, for how long, and what must hold."""

import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from drills import faults
from drills.platform import DrillPlatform

RECOVERS_WITHIN_S: Final = 30.0
READS: Final = 0.999

Fault = Callable[[DrillPlatform], AbstractContextManager[object]]


@dataclass(frozen=True)
class Drill:
    """One failure. The block of ``fault`` is the failure: it is over when the block ends."""

    hypothesis: str
    """One sentence: what is broken, and what people notice of it."""
    fault: Fault
    lasts_s: float = 5.0
    """How long it stays broken, beside what breaking it takes."""
    full_s: float = 0.0
    """How long in the full run, where that is longer."""
    takes_s: float = 0.0
    """What breaking it takes by itself, about: the load is made to last as long."""
    rings: Mapping[str, float] = field(default_factory=dict)
    """Alerts that must ring, with the minutes of a cluster within which."""
    reads_hold: bool = True
    """Whether an instance of each role that reads need stays: then reads are answered."""
    recovers_within_s: float = RECOVERS_WITHIN_S
    refuses: frozenset[str] = frozenset()
    """Codes of problems that clients are told while all is well: limits that are meant."""
    needs: tuple[str, ...] = ()
    """What the machine must have: ``root`` or the name of a program."""
    small_disks: tuple[str, ...] = ()
    """Servers whose data is on a small disk of their own: ``postgresql``, ``store``."""
    over_tls: bool = False
    """Whether people come in by TLS."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Variables of the roles that differ from the other drills'."""
    spoils: bool = False
    """Whether the platform is not as it was when it is over: the next drill gets another."""

    @property
    def stage(self) -> tuple[object, ...]:
        """What the platform must be like; drills that say the same may share one."""
        return self.small_disks, self.over_tls, tuple(sorted(self.settings.items()))

    def lacks(self) -> list[str]:
        """What this machine does not have."""
        return [
            name
            for name in self.needs
            if (os.geteuid() != 0 if name == "root" else shutil.which(name) is None)
        ]

    def seconds(self, *, is_full: bool) -> float:
        """How long it stays broken in this run."""
        return max(self.lasts_s, self.full_s) if is_full else self.lasts_s


def drills() -> dict[str, Drill]:
    """Every drill by name, which is that of its file."""
    found = {}
    for module in sorted(iter_modules(faults.__path__), key=lambda each: each.name):
        if not module.name.startswith("_"):
            drill: Drill = import_module(f"drills.faults.{module.name}").DRILL
            found[module.name.replace("_", "-")] = drill
    return found
