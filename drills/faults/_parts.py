"""What several drills do to a platform."""

import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from drills.platform import DrillPlatform

READY_S: Final = 90.0
LOOK_S: Final = 0.2


def killed(pids: Iterable[int], how: signal.Signals = signal.SIGKILL) -> None:
    """Send a signal to processes, some of which may have just ended."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, how)


def rolled(platform: DrillPlatform, *names: str, at_once: bool = False) -> None:
    """Replace instances, each when the one before it is ready again, or all of them at once.

    A cluster would start the successor first (`maxUnavailable: 0`); here there is one less for the
    while.
    """
    for batch in [names] if at_once else [(name,) for name in names]:
        platform.keeper.delete(*batch)
        deadline = time.monotonic() + READY_S
        while not all(platform.keeper.instances[name].is_in_use() for name in batch):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not ready again: {', '.join(batch)}\n{platform.words()}")
            time.sleep(LOOK_S)
