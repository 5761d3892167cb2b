"""The platform that drills are run on, one after the other, for as long as it is as it was."""

import shutil
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from drills.alarm import Alarm
from drills.drill import Drill
from drills.outcome import Outcome
from drills.platform import DrillPlatform, drill_platform
from drills.run import Say, Size, drill_run, rest, watched

LEFT: Final = ("*.log", "*.jsonl")


class DrillStage:
    """Starts a platform when there is none that a drill may have, and keeps it for the next one.

    A drill gets the one of the drill before if it needs one like it, and if that drill has left it
    as it was, with everything judged and silent. In the full run each has its own.
    """

    def __init__(self, say: Say, kept: Path) -> None:
        self._say, self._kept = say, kept
        self._stack = ExitStack()
        self._stands: tuple[DrillPlatform, Alarm] | None = None
        self._like: tuple[object, ...] = ()

    def run(self, name: str, drill: Drill, size: Size) -> Outcome:
        """Run this drill; what it leaves is put below the directory of what is kept."""
        is_as_it_was = False
        try:
            outcome = drill_run(name, drill, size, self._say, *self._platform(drill))
            is_as_it_was = outcome.leaves_nothing and not drill.spoils and not size.is_full
        finally:
            self._keep(name)
            if not is_as_it_was:
                self.end()
        return outcome

    def end(self) -> None:
        """End the platform that stands."""
        self._stands = None
        self._stack.close()

    def _platform(self, drill: Drill) -> tuple[DrillPlatform, Alarm]:
        if self._stands is not None and self._like == drill.stage:
            try:
                rest(*self._stands)
            except TimeoutError as exc:
                self._say(f"  another platform is started: {str(exc)[:200]}")
            else:
                return self._stands
        self.end()
        return self._begin(drill)

    def _begin(self, drill: Drill) -> tuple[DrillPlatform, Alarm]:
        began = time.monotonic()
        directory = Path(tempfile.mkdtemp(prefix="drills-"))
        self._stack.callback(shutil.rmtree, directory, ignore_errors=True)
        platform = self._stack.enter_context(
            drill_platform(
                directory,
                extra=drill.settings,
                small_disks=drill.small_disks,
                over_tls=drill.over_tls,
            )
        )
        bell = self._stack.enter_context(watched(platform))
        self._stands, self._like = (platform, bell), drill.stage
        self._say(f"  the platform is ready after {time.monotonic() - began:.0f} s")
        return platform, bell

    def _keep(self, name: str) -> None:
        """History and logs; of a platform that several drills had, the logs are of all of them."""
        if self._stands is None:
            return
        place = self._kept / name
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        for pattern in LEFT:
            for file in self._stands[0].directory.glob(pattern):
                if file.suffix != ".jsonl" or file.stem == name:
                    shutil.copy(file, place)
