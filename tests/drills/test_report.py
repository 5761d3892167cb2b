"""The report keeps what was not run, and says in words what did not hold."""

from pathlib import Path

from drills.outcome import Outcome
from drills.report import Report, page

HELD = Outcome(
    "broker-stopped",
    "Uploads are taken.",
    jobs=60,
    done=60,
    requests=3000,
    failures={"upload 503 busy": 2},
    reads=2900,
    detected={"RedisDown": 4.0},
    recovered_s=0.0,
    silent_s=12.5,
)


def test_a_drill_that_is_run_again_takes_the_place_of_its_last_outcome(tmp_path: Path) -> None:
    report = Report(tmp_path)
    report.add(HELD)
    report.add(Outcome("auth-down", "Reads go on.", broken=["RoleDown did not ring"]))
    report.add(Outcome("auth-down", "Reads go on.", recovered_s=1.0))
    text = report.page.read_text()
    assert text.count("| [auth-down](#auth-down) | yes |") == 1
    assert "did not ring" not in text
    assert "| [broker-stopped](#broker-stopped) | yes | 60 of 60 | 3000 | 2 |" in text


def test_seconds_of_a_drill_stand_beside_minutes_of_a_cluster() -> None:
    assert "RedisDown after 4.0 s (2.0 minutes of a cluster)" in page([HELD])


def test_what_did_not_hold_is_told_to_whoever_waits_and_to_whoever_reads() -> None:
    lost = Outcome("spike", "It sheds.", broken=["lost: image 1"])
    assert Report.line(lost).splitlines()[0].startswith("  DID NOT HOLD")
    assert Report.line(lost).splitlines()[1] == "    - lost: image 1"
    assert "- Did not hold: lost: image 1." in page([lost])


def test_an_outcome_is_read_back_as_it_was_written() -> None:
    assert Outcome.of_json(HELD.as_json()) == HELD
