"""The Python files that a running platform was started from, and whether one has changed since."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Sources:
    """The ``*.py`` files below some directories."""

    directories: Iterable[Path]
    _seen: dict[Path, int] = field(init=False)

    def __post_init__(self) -> None:
        """Remember how they are now."""
        self._seen = self._times()

    def have_changed(self) -> bool:
        """Whether a file was written, came or went since the last question."""
        before, self._seen = self._seen, self._times()
        return self._seen != before

    def _times(self) -> dict[Path, int]:
        times = {}
        for directory in self.directories:
            for file in directory.rglob("*.py"):
                try:
                    times[file] = file.stat().st_mtime_ns
                except FileNotFoundError:  # an editor replaces the file it saves
                    continue
        return times
