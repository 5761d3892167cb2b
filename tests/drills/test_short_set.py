"""The short set of CI: one platform, broken in several ways one after the other, judged once."""

import tempfile
from pathlib import Path
from typing import Final

import pytest

from drills.drill import drills
from drills.run import Size
from drills.together import Together, together
from tests.observability.programs import PACKAGES, needed

pytestmark = pytest.mark.processes

NAMES: Final = (
    "web-worker-killed",
    "celery-child-killed",
    "celery-parent-killed",
    "broker-flushed",
    "cache-stopped",
    "network-half-open",
    "postgresql-restarted",
)
SIZE: Final = Size(30, people=3, writers=1, before_s=1.0, after_s=1.0)


@pytest.fixture(scope="module")
def outcome() -> Together:
    """Not below pytest's directory: servers that run as nobody must get there."""
    needed(list(PACKAGES))
    known = drills()
    chosen = {name: known[name] for name in NAMES}
    with tempfile.TemporaryDirectory(prefix="image-platform-drills-") as directory:
        return together(chosen, SIZE, lambda _: None, Path(directory))


def test_nothing_is_lost_doubled_or_wrong(outcome: Together) -> None:
    assert outcome.verdict.is_good, str(outcome.verdict)


def test_whoever_goes_on_asking_gets_everything_done(outcome: Together) -> None:
    assert outcome.done == SIZE.jobs
    assert outcome.recovered_s is not None


def test_somebody_was_told_that_the_cache_was_away(outcome: Together) -> None:
    assert "RedisDown" in {ring.alert for ring in outcome.rings}


def test_reads_went_on(outcome: Together) -> None:
    """By far: of what was in the hands of a process when it was killed, some is lost."""
    assert outcome.reads.ratio > 0.9, outcome.reads
