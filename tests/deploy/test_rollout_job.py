"""The Job of a roll-out is made once, says what it was told, and its end is the command's."""

import json
import os
import subprocess
from pathlib import Path
from typing import Final

import pytest
import yaml

from tests.deploy.workspace import MANIFESTS, program

JOBS: Final = MANIFESTS / "components" / "blue-green" / "rollout" / "rollout.yaml"
PLAYED: Final = """
echo "$*" >>{directory}/log
case "$*" in
    *"get job"*) cat {directory}/state ;;
    *"--dry-run=client"*) cat {directory}/job.json ;;
    *"create --filename=-"*) cat >{directory}/made.json; echo " $OUTCOME" >{directory}/state ;;
    *logs*) echo "12:00:00  1 % to green"; echo " $OUTCOME" >{directory}/state ;;
esac
"""


class Operator:
    """The script over a `kubectl` that writes down its orders."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        (cron,) = [
            item
            for item in yaml.safe_load_all(JOBS.read_text())
            if item["metadata"]["name"] == "rollout-green" and item["kind"] == "CronJob"
        ]
        self.job = cron["spec"]["jobTemplate"]
        (directory / "job.json").write_text(json.dumps(self.job, indent=4))
        (directory / "state").write_text("")
        (directory / "bin").mkdir()
        program(directory / "bin", "kubectl", PLAYED.format(directory=directory))

    def runs(self, *words: str, outcome: str = "Complete") -> tuple[int, str]:
        done = subprocess.run(
            ["sh", str(MANIFESTS / "tools" / "rollout.sh"), *words],
            env={"PATH": f"{self.directory / 'bin'}:{os.environ['PATH']}", "PAUSE": "0",
                 "OUTCOME": outcome},
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    @property
    def told(self) -> list[str]:
        """The command line of the Job that was made."""
        made = json.loads((self.directory / "made.json").read_text())
        arguments: list[str] = made["spec"]["template"]["spec"]["containers"][0]["args"]
        return arguments


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path)


def test_the_job_says_what_it_does_and_its_end_is_that_of_the_command(operator: Operator) -> None:
    assert operator.runs("green") == (0, "12:00:00  1 % to green\n")
    assert operator.told == operator.job["spec"]["template"]["spec"]["containers"][0]["args"]
    assert operator.runs("green", outcome="Failed")[0] == 1


@pytest.mark.parametrize("what", ["status", "dry-run", "revert"])
def test_the_other_things_are_told_to_the_command(operator: Operator, what: str) -> None:
    assert operator.runs("green", what)[0] == 0
    assert operator.told[:6] == [
        *("python", "manage.py", "rollout", "green", "--cluster", f"--{what}"),
    ]


def test_one_that_is_at_work_is_followed_and_no_second_one_begun(operator: Operator) -> None:
    (operator.directory / "state").write_text("1 ")
    status, said = operator.runs("green")
    assert (status, said.splitlines()[0]) == (
        0,
        "rollout-green is at work already; this is what it says.",
    )
    assert not (operator.directory / "made.json").exists()


@pytest.mark.parametrize("words", [("red",), ("green", "away")])
def test_what_is_no_colour_and_no_word_of_it_changes_nothing(
    operator: Operator, words: tuple[str, ...]
) -> None:
    assert operator.runs(*words)[0] == 1
    assert not (operator.directory / "log").exists()
