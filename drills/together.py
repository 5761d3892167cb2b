"""Several drills on one platform, one after the other, judged once: the short set of CI."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from drills.alarm import Ring
from drills.availability import Share, reads_share, recovery_s
from drills.drill import Drill
from drills.history import Call, History
from drills.judge import Verdict, judge
from drills.platform import drill_platform
from drills.run import SETTLE_S, Say, Size, steady, time_passes, watched
from drills.truth import truth_read

FAULT_S: Final = 4.0
"""Of each that must ring: enough for that, and for the first answers without what is broken."""
BLOW_S: Final = 2.0
"""Of what is over as soon as it has happened."""
REST_S: Final = 2.0


@dataclass(frozen=True)
class Together:
    """What came of them all."""

    verdict: Verdict
    done: int
    rings: Sequence[Ring]
    calls: Sequence[Call]
    recovered_s: float | None

    @property
    def reads(self) -> Share:
        """Over the whole of it."""
        return reads_share(self.calls)


def together(chosen: Mapping[str, Drill], size: Size, say: Say, directory: Path) -> Together:
    """Break one thing after the other while the load goes on; judge what is there in the end."""
    with drill_platform(directory) as platform, watched(platform) as bell:
        history = History(directory / "history.jsonl")
        lasts_s = sum(_seconds(drill) + REST_S + drill.takes_s for drill in chosen.values())
        load = size.load(platform, history, lasts_s)
        try:
            load.start()
            history.enter("before")
            steady(size, load, say)
            for name, drill in chosen.items():
                say(name)
                history.enter("during")
                with drill.fault(platform):
                    time_passes(_seconds(drill), load, say, "broken")
                history.enter("after")
                time_passes(REST_S, load, say, "mended")
            mended = history.marks["after"]
            load.wait(SETTLE_S + size.jobs)
            truth = truth_read(
                platform.database.url(), platform.store, history.calls, settle_s=SETTLE_S
            )
            calls = history.calls
            return Together(
                judge(history, truth), load.done, bell.rings(), calls, recovery_s(calls, mended)
            )
        finally:
            load.finish()
            history.close()


def _seconds(drill: Drill) -> float:
    return FAULT_S if drill.rings else BLOW_S
