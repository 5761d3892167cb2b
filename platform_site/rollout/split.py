"""Who gets which share: files that nginx looks for, and what the roll-out remembers beside them.

`frontend/nginx/templates/split.conf.template` says how nginx reads them.
"""

import json
from pathlib import Path
from typing import Any, Final, Protocol

SHARES: Final = (1, 10, 50, 100)
COLOURS: Final = ("blue", "green")


def files_of(colour: str, share: int) -> dict[str, bool]:
    """Every file of a split, and whether it is there when ``colour`` has ``share`` per cent."""
    return {f"{one}.{step}": one == colour and step <= share for one in COLOURS for step in SHARES}


class Split(Protocol):
    """Where the shares and the memory of a roll-out are kept."""

    def prepare(self, colour: str) -> None:
        """Make ready that shares may be given to ``colour``; sends nobody."""

    def share_set(self, colour: str, share: int) -> None:
        """Send ``share`` per cent to ``colour`` and the others to the other one."""

    def remembered(self) -> dict[str, Any] | None:
        """What the last roll-out kept; ``None`` where there was none."""

    def remember(self, kept: dict[str, Any]) -> None:
        """Keep it."""


class SplitDirectory:
    """A directory that nginx reads: a single machine, or several with a shared directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def prepare(self, colour: str) -> None:
        """Nothing: files are there at once."""

    def share_set(self, colour: str, share: int) -> None:
        """Make the files that have to be there, and take the others away: first those."""
        wanted = files_of(colour, share)
        for name in (name for name, is_there in wanted.items() if not is_there):
            (self._directory / name).unlink(missing_ok=True)
        for name in (name for name, is_there in wanted.items() if is_there):
            (self._directory / name).touch(mode=0o644)

    def remembered(self) -> dict[str, Any] | None:
        """What the last roll-out kept."""
        path = self._directory / "rollout.json"
        if not path.exists():
            return None
        found: dict[str, Any] = json.loads(path.read_text())
        return found

    def remember(self, kept: dict[str, Any]) -> None:
        """Keep it whole or not at all."""
        unfinished = self._directory / "rollout.json.new"
        unfinished.write_text(json.dumps(kept, indent=1))
        unfinished.replace(self._directory / "rollout.json")
