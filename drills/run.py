"""One drill on a platform that stands: breaks it under load, and judges what came of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from drills.alarm import Alarm, alarm
from drills.client import Addresses
from drills.drill import Drill
from drills.history import History
from drills.judge import judge
from drills.load import Load
from drills.outcome import Evidence, Outcome, outcome_of
from drills.pace import PACE
from drills.platform import DrillPlatform
from drills.truth import truth_read
from tests.servers.platform import WEB_ROLES

FULL_JOBS: Final = 1000
BEGIN_S: Final = 300.0
"""For a platform to be ready, on a machine that does something else too."""
SETTLE_S: Final = 90.0
SILENT_S: Final = 3600.0 / PACE + 30.0
"""The longest range that an alert for people looks back at with few failures, and its waits."""
READ_PAUSE_S: Final = 0.15
"""Between two reads of a person: some twenty a second of all leave the machine to the rest."""
LOOK_S: Final = 0.25

Say = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """How much load, and how long it is looked at before and after the fault."""

    jobs: int
    people: int = 4
    writers: int = 2
    before_s: float = 5.0
    after_s: float = 10.0

    @property
    def is_full(self) -> bool:
        """Whether this is the run that the report is made of."""
        return self.jobs >= FULL_JOBS

    def load(self, platform: DrillPlatform, history: History, fault_s: float) -> Load:
        """Clients that are at work before, during and after the fault."""
        lasts_s = self.before_s + fault_s + self.after_s
        pause_s = lasts_s * self.people * self.writers / self.jobs
        return Load(
            Addresses.behind(
                platform.url,
                ca_certs=str(platform.front.authority) if platform.fronts else None,
            ),
            jobs=self.jobs,
            history=history,
            people=self.people,
            writers=self.writers,
            read_pause_s=READ_PAUSE_S,
            # What a picture takes itself comes on top; the load is over a little later.
            pause_s=pause_s,
            seconds=lasts_s + 600.0,
        )


SHORT: Final = Size(60)
FULL: Final = Size(FULL_JOBS, people=6, before_s=20.0, after_s=60.0)


def size_of(jobs: int) -> Size:
    """The size of a run of so many jobs."""
    return FULL if jobs == FULL_JOBS else Size(jobs, people=6 if jobs >= FULL_JOBS else 4)


@contextmanager
def watched(platform: DrillPlatform) -> Iterator[Alarm]:
    """The alarm of a platform, from when both are ready."""
    with alarm(platform, platform.directory / "alarm") as bell:
        rest(platform, bell)
        yield bell


def rest(platform: DrillPlatform, bell: Alarm) -> None:
    """Wait until all are ready, everything is seen and nothing rings: what rings then is new.

    Raises `TimeoutError` when that does not come.
    """
    _until(lambda: _is_ready(platform) and bell.sees_everything(), BEGIN_S, platform)
    if not bell.silent_within(SILENT_S):
        raise TimeoutError(f"{', '.join(bell.firing())} rings, and nothing is broken")
    bell.began_at = time.time()


def drill_run(  # noqa: PLR0917 - one story, told once
    name: str, drill: Drill, size: Size, say: Say, platform: DrillPlatform, bell: Alarm
) -> Outcome:
    """Break ``platform`` under load, mend it, and judge what is there in the end."""
    began = time.monotonic()
    history = History(platform.directory / f"{name}.jsonl")
    fault_s = drill.seconds(is_full=size.is_full)
    load = size.load(platform, history, fault_s + drill.takes_s)
    try:
        load.start()
        history.enter("before")
        steady(size, load, say)
        history.enter("during")
        with drill.fault(platform):
            time_passes(fault_s, load, say, "broken")
        history.enter("after")
        say(f"  mended after {history.marks['after'] - history.marks['during']:.1f} s")
        is_over = load.wait(SETTLE_S + size.after_s + size.jobs)
        say(f"  {load.done} of {size.jobs} pictures are published")
        is_silent = bell.silent_within(SILENT_S)
        ringing = () if is_silent else bell.firing()
        truth = truth_read(
            platform.database.url(), platform.store, history.calls, settle_s=SETTLE_S
        )
        verdict = judge(history, truth)
        evidence = Evidence(
            name, drill, size.jobs, load.done, is_over, history, bell.rings(), is_silent, verdict
        )
        took_s = time.monotonic() - began
        return outcome_of(replace(evidence, took_s=took_s, ringing=ringing))
    finally:
        load.finish()
        history.close()


def steady(size: Size, load: Load, say: Say) -> None:
    """At least so long, and until everybody has published something."""
    deadline = time.monotonic() + BEGIN_S
    time_passes(size.before_s, load, say, "steady")
    while load.done < size.people and time.monotonic() < deadline:
        time_passes(LOOK_S, load, say, "steady")


def time_passes(seconds: float, load: Load, say: Say, what: str) -> None:
    """Let time go by under load; a client of ours that breaks ends the drill at once."""
    began = said = time.monotonic()
    while (now := time.monotonic()) - began < seconds:
        if load.broken:
            raise load.broken[0]
        if now - said >= 10:
            said = now
            say(f"  {what} for {now - began:.0f} s, {load.done} pictures published")
        time.sleep(LOOK_S)


def _is_ready(platform: DrillPlatform) -> bool:
    instances = platform.keeper.instances.values()
    return all(one.is_ready for one in instances if one.role in {*WEB_ROLES, "worker"})


def _until(is_so: Callable[[], bool], timeout_s: float, platform: DrillPlatform) -> None:
    deadline = time.monotonic() + timeout_s
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"the platform is not ready: {platform.words()[-4000:]}")
        time.sleep(LOOK_S)
