"""Which drills share a platform, and what they are told rang."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from drills import stage
from drills.alarm import Alarm
from drills.drill import Drill
from drills.outcome import Outcome
from drills.run import FULL, SHORT, Size

PLAIN = Drill("Nothing.", lambda _platform: nullcontext())
SPOILS = Drill("Nothing.", lambda _platform: nullcontext(), spoils=True)
OTHER = Drill("Nothing.", lambda _platform: nullcontext(), over_tls=True)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What happens to platforms of which each has nothing in it."""
    events: list[str] = []

    @contextmanager
    def platform(directory: Path, **_options: Any) -> Iterator[SimpleNamespace]:
        events.append("started")
        yield SimpleNamespace(directory=directory)
        events.append("ended")

    def run(name: str, _drill: Drill, size: Size, *_rest: Any) -> Outcome:
        if name == "breaks off":
            raise RuntimeError(name)
        lost = int(name == "loses")
        return Outcome(name, "", jobs=size.jobs, done=size.jobs, lost=lost, silent_s=0.0)

    monkeypatch.setattr(stage, "drill_platform", platform)
    monkeypatch.setattr(stage, "watched", lambda _platform: nullcontext(None))
    monkeypatch.setattr(stage, "rest", lambda *_: None)
    monkeypatch.setattr(stage, "drill_run", run)
    return events


@pytest.mark.parametrize(
    ("drills", "size", "platforms"),
    [
        ([("one", PLAIN), ("two", PLAIN)], SHORT, 1),
        ([("one", PLAIN), ("two", PLAIN)], FULL, 2),
        ([("one", PLAIN), ("two", OTHER)], SHORT, 2),
        ([("one", SPOILS), ("two", PLAIN)], SHORT, 2),
        ([("loses", PLAIN), ("two", PLAIN)], SHORT, 2),
        ([("breaks off", PLAIN), ("two", PLAIN)], SHORT, 2),
    ],
    ids=["alike", "full", "needs another", "spoils", "loses", "breaks off"],
)
def test_a_platform_is_kept_while_it_is_as_it_was(
    drills: list[tuple[str, Drill]],
    size: Size,
    platforms: int,
    started: list[str],
    tmp_path: Path,
) -> None:
    running = stage.DrillStage(lambda _: None, tmp_path)
    for name, drill in drills:
        try:
            running.run(name, drill, size)
        except RuntimeError:
            assert name == "breaks off"
    running.end()
    assert started == ["started", "ended"] * platforms


def test_a_platform_on_which_something_rings_is_given_up(
    started: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rings(*_arguments: object) -> None:
        raise TimeoutError("RoleDown rings, and nothing is broken")

    said: list[str] = []
    running = stage.DrillStage(said.append, tmp_path)
    running.run("one", PLAIN, SHORT)
    monkeypatch.setattr(stage, "rest", rings)
    running.run("two", PLAIN, SHORT)
    running.end()
    assert started == ["started", "ended"] * 2
    assert any("RoleDown rings" in words for words in said)


def test_an_alert_that_rings_twice_is_two_rings() -> None:
    def told(status: str, arrived: float) -> dict[str, Any]:
        labels = {"alertname": "RoleDown", "service": "auth", "severity": "critical"}
        return {"labels": labels, "status": status, "arrived": arrived}

    alerts = [told("firing", 5.0), told("resolved", 8.0)]  # before it began: of the start
    alerts += [told("firing", 11.0), told("firing", 12.0), told("resolved", 13.0)]
    alerts += [told("firing", 20.0)]
    monitoring: Any = SimpleNamespace(receiver=SimpleNamespace(alerts=alerts))
    rings = Alarm(monitoring, began_at=10.0).rings()
    assert [(ring.rang_at, ring.silent_at) for ring in rings] == [(11.0, 13.0), (20.0, None)]
