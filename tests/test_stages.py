"""Stages say how they ended; a run fails when one does, and shows why."""

import sys
from pathlib import Path

import pytest

from tests import stages
from tests.stages import CANNOT, Run, Stage

pytestmark = pytest.mark.processes


@pytest.fixture(autouse=True)
def logs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(stages, "LOGS", tmp_path)


def stage(name: str, code: str, *, is_required: bool = True) -> Stage:
    return Stage(name, f"does {name}", [sys.executable, "-c", code], is_required=is_required)


def test_a_stage_in_front_passes_its_output_on_and_keeps_its_last_line(
    capfd: pytest.CaptureFixture[str],
) -> None:
    run = Run("the run")
    tests = stage("tests", "print('one'); print('2 passed')")
    assert run.front(tests)
    assert tests.last_line == "2 passed"
    assert run.summary() == 0
    assert "one\n2 passed\n" in capfd.readouterr().out


def test_a_stage_that_fails_fails_the_run_and_the_next_ones_still_run(
    capfd: pytest.CaptureFixture[str],
) -> None:
    run = Run("the run")
    assert not run.front(stage("first", "raise SystemExit(1)"))
    assert run.front(stage("second", ""))
    assert run.summary() == 1
    assert "does first — failed" in capfd.readouterr().out


def test_a_stage_beside_is_silent_until_it_fails(capfd: pytest.CaptureFixture[str]) -> None:
    run = Run("the run")
    run.beside(stage("well", "print('nobody reads this')"))
    run.beside(stage("ill", "print('the reason'); raise SystemExit(2)"))
    run.await_beside()
    assert run.summary() == 1
    said = capfd.readouterr().out
    assert "the reason" in said
    assert "nobody reads this" not in said


@pytest.mark.parametrize(("is_required", "status"), [(False, 0), (True, 1)])
def test_what_a_machine_cannot_do_is_left_out_with_its_reason_or_fails(
    capfd: pytest.CaptureFixture[str], *, is_required: bool, status: int
) -> None:
    run = Run("the run")
    code = f"print('only root can'); raise SystemExit({CANNOT})"
    run.beside(stage("images", code, is_required=is_required))
    run.await_beside()
    assert run.summary() == status
    said = capfd.readouterr().out
    assert "only root can" in said
    assert ("left out" in said) is not is_required


def test_a_run_that_is_given_up_leaves_no_process() -> None:
    run = Run("the run")
    waiting = stage("waiting", "import time; time.sleep(60)")
    run.beside(waiting)
    run.stop()
    assert waiting.has_ended()
