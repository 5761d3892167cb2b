"""The database comes back from its archive step by step, and no step follows one that failed."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.deploy.workspace import MANIFESTS, program

PLAYED: Final = """
echo "kubectl $*" >>{log}
[ "$(wc -l <{log})" -ne "${{REFUSED:-0}}" ] || exit 1
case "$*" in
    *"get job restore"*) printf %s "${{OUTCOME:-Complete}}" ;;
    *"get cronjob"*) echo cronjob/restore ;;
esac
"""
TIME: Final = "2026-11-28T14:05:00Z"


class Operator:
    """The script over a `kubectl` that writes down its orders."""

    def __init__(self, directory: Path) -> None:
        self.root = directory / "tree"
        shutil.copytree(MANIFESTS / "tools", self.root / "deploy" / "k8s" / "tools")
        self.log = directory / "log"
        self._programs = directory / "bin"
        self._programs.mkdir()
        program(self._programs, "kubectl", PLAYED.format(log=self.log))
        (self.root / ".venv" / "bin").mkdir(parents=True)
        program(self.root / ".venv" / "bin", "python", "exit 0")

    def restore(self, to: str = TIME, *, confirm: str = "yes", **played: str) -> tuple[int, str]:
        self.log.write_text("")
        done = subprocess.run(
            ["sh", "deploy/k8s/tools/restore_database.sh", to, "platform"],
            env={"PATH": f"{self._programs}:{os.environ['PATH']}", "PAUSE": "0",
                 "CONFIRM": confirm, **played},
            cwd=self.root, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def calls(self) -> list[str]:
        """Each order, its first line, without the namespace."""
        told = self.log.read_text().replace("kubectl --namespace image-platform ", "kubectl ")
        return [line for line in told.splitlines() if line.startswith("kubectl ")]


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path)


def test_nothing_runs_on_the_volume_while_it_is_written(operator: Operator) -> None:
    status, said = operator.restore()
    assert (status, "The database is that of 2026-11-28T14:05:00Z." in said) == (0, True)
    calls = operator.calls()
    order = [
        next(number for number, call in enumerate(calls) if word in call)
        for word in (
            "scale deployment --all --replicas=0", "get pods --selector=app.kubernetes.io/name in",
            "scale statefulset/postgresql --replicas=0", "name=postgresql --output=name",
            f'"to": "{TIME}"', "delete job restore", "create job restore --from=cronjob/restore",
            "scale statefulset/postgresql --replicas=1", "rollout status statefulset/postgresql",
            "pgbackrest.sh recovered",
            "apply -k", "scale deployment --all --replicas=1",
        )
    ]  # fmt: skip
    assert order == sorted(order)
    assert len(set(order)) == len(order)


def test_a_failure_leaves_the_roles_at_rest_and_is_told(operator: Operator) -> None:
    operator.restore()
    whole = len(operator.log.read_text().splitlines())
    calls = operator.calls()
    for number in range(1, whole + 1):
        status, said = operator.restore(REFUSED=str(number))
        made = operator.calls()
        assert status != 0
        assert made == calls[: len(made)]
        if len(made) > 1:
            assert "Stopped with the roles at rest" in said
        else:
            assert "The component backup is not applied" in said


def test_a_job_that_fails_starts_no_server(operator: Operator) -> None:
    status, said = operator.restore(OUTCOME="FailureTarget Failed")
    assert status == 1
    assert "Stopped with the roles at rest" in said
    assert operator.calls()[-1] == "kubectl logs job/restore --tail=20"


@pytest.mark.parametrize(
    ("to", "confirm", "says"),
    [
        (TIME, "", "Say CONFIRM=yes"),
        ("yesterday", "yes", "neither latest nor a time"),
        ("2026-11-28T14:05:00", "yes", "neither latest nor a time"),
        ('latest"}, "x": {"', "yes", "neither latest nor a time"),
    ],
)
def test_nothing_is_touched_without_consent_and_a_moment(
    operator: Operator, to: str, confirm: str, says: str
) -> None:
    status, said = operator.restore(to, confirm=confirm)
    assert (status, says in said) == (1, True)
    assert operator.calls() == []


@pytest.mark.parametrize(
    "to", ["latest", "2026-11-28 14:05:00.25+01:00", f"name:backup-20261128@{TIME}"]
)
def test_every_form_of_a_moment_is_taken(operator: Operator, to: str) -> None:
    assert operator.restore(to)[0] == 0
