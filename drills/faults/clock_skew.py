"""The clock of a node is a minute ahead."""

from collections.abc import Iterator
from contextlib import contextmanager

from drills.drill import Drill
from drills.faults._parts import rolled
from drills.platform import DrillPlatform

AHEAD_S = 60


@contextmanager
def fault(platform: DrillPlatform) -> Iterator[None]:
    """Start everything on node b again with a clock that is ahead; put it right afterwards."""
    names = platform.on_node("b")
    for name in names:
        platform.own[name] = {
            "LD_PRELOAD": platform.libfaketime(),
            "FAKETIME": f"+{AHEAD_S}s",
            # What measures how long something takes goes on as it is.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }
    rolled(platform, *names, at_once=True)
    yield
    for name in names:
        del platform.own[name]
    rolled(platform, *names, at_once=True)


DRILL = Drill(
    hypothesis="A clock that is a minute ahead ends tokens and leases a minute early, and no job "
    "is done twice for it.",
    fault=fault,
    lasts_s=20.0,
    takes_s=50.0,
    needs=("faketime",),
)
