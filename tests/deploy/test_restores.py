"""Backups are put back step by step, and no step follows one that failed."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from deploy.k8s.tools.objects import Pod, of_kind
from tests.deploy.workspace import MANIFESTS, Workspace, program

PLAYED: Final = """
echo "kubectl $*" >>{log}
[ "$(wc -l <{log})" -ne "${{REFUSED:-0}}" ] || exit 1
case "$*" in
    *"get job "*) printf %s "${{OUTCOME:-Complete}}" ;;
    *"get cronjob"*) echo "cronjob/$(echo "$*" | cut -d " " -f 5)" ;;
    *" logs "*) echo "Backup 20261128T140500Z-ab12cd, in 3 s" ;;
esac
"""
TIME: Final = "2026-11-28T14:05:00Z"
BACKUP: Final = "20261128T140500Z-ab12cd"


class Operator:
    """The scripts over a `kubectl` that writes down its orders."""

    def __init__(self, directory: Path) -> None:
        self.root = directory / "tree"
        shutil.copytree(MANIFESTS / "tools", self.root / "deploy" / "k8s" / "tools")
        self.log = directory / "log"
        self._programs = directory / "bin"
        self._programs.mkdir()
        program(self._programs, "kubectl", PLAYED.format(log=self.log))
        (self.root / ".venv" / "bin").mkdir(parents=True)
        program(self.root / ".venv" / "bin", "python", "exit 0")

    def run(
        self, script: str, *arguments: str, confirm: str = "yes", **played: str
    ) -> tuple[int, str]:
        self.log.write_text("")
        done = subprocess.run(
            ["sh", f"deploy/k8s/tools/{script}", *arguments],
            env={"PATH": f"{self._programs}:{os.environ['PATH']}", "PAUSE": "0",
                 "CONFIRM": confirm, **played},
            cwd=self.root, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def restore(self, to: str = TIME, *, confirm: str = "yes", **played: str) -> tuple[int, str]:
        return self.run("restore_database.sh", to, "platform", confirm=confirm, **played)

    def put_back(
        self, backup: str = "latest", *, confirm: str = "yes", **played: str
    ) -> tuple[int, str]:
        return self.run("restore.sh", backup, "platform", confirm=confirm, **played)

    def calls(self) -> list[str]:
        """Each order, its first line, without the namespace."""
        told = self.log.read_text().replace("kubectl --namespace image-platform ", "kubectl ")
        return [line for line in told.splitlines() if line.startswith("kubectl ")]


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path)


def in_this_order(calls: list[str], *words: str) -> bool:
    order = [next(number for number, call in enumerate(calls) if word in call) for word in words]
    return order == sorted(set(order))


def test_nothing_runs_on_the_volume_while_it_is_written(operator: Operator) -> None:
    status, said = operator.restore()
    assert (status, "The database is that of 2026-11-28T14:05:00Z." in said) == (0, True)
    assert in_this_order(
        operator.calls(),
        "scale deployment --all --replicas=0", "get pods --selector=app.kubernetes.io/name in",
        "scale statefulset/postgresql --replicas=0", "name=postgresql --output=name",
        f'"to": "{TIME}"', "delete job restore", "create job restore --from=cronjob/restore",
        "scale statefulset/postgresql --replicas=1", "rollout status statefulset/postgresql",
        "pgbackrest.sh recovered",
        "apply -k", "scale deployment --all --replicas=1",
    )  # fmt: skip


@pytest.mark.parametrize(("backup", "asked"), [("latest", ""), (BACKUP, BACKUP)])
def test_nobody_writes_while_a_backup_is_put_back(
    operator: Operator, backup: str, asked: str
) -> None:
    status, said = operator.put_back(backup)
    assert (status, BACKUP in said) == (0, True)
    assert in_this_order(
        operator.calls(),
        "scale deployment --all --replicas=0", "get pods --selector=app.kubernetes.io/name in",
        f'configmap restore-from --type=merge --patch={{"data": {{"backup": "{asked}"}}}}',
        "delete job restore-backup", "create job restore-backup --from=cronjob/restore-backup",
        "logs job/restore-backup", "apply -k", "scale deployment --all --replicas=1",
    )  # fmt: skip


@pytest.mark.parametrize("what", ["backup", "rehearsal"])
def test_a_job_by_hand_is_waited_for_and_says_what_it_did(operator: Operator, what: str) -> None:
    status, said = operator.run("backup.sh", what)
    made, asked, told = operator.calls()
    name = made.split()[3]
    assert (status, BACKUP in said, made.split()[4]) == (0, True, f"--from=cronjob/{what}")
    assert name.startswith(f"{what}-by-hand-")
    assert (f"get job {name}" in asked, f"logs job/{name}" in told) == (True, True)
    assert operator.run("backup.sh", what, OUTCOME="FailureTarget Failed")[0] == 1


@pytest.mark.parametrize("script", ["restore_database.sh", "restore.sh"])
def test_a_failure_leaves_the_roles_at_rest_and_is_told(operator: Operator, script: str) -> None:
    operator.run(script, "latest", "platform")
    whole = len(operator.log.read_text().splitlines())
    calls = operator.calls()
    for number in range(1, whole + 1):
        status, said = operator.run(script, "latest", "platform", REFUSED=str(number))
        made = operator.calls()
        assert status != 0
        assert made == calls[: len(made)]
        assert ("Stopped with the roles at rest" if len(made) > 1 else "is not applied") in said


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
    ("backup", "confirm", "says"),
    [
        (BACKUP, "", "Say CONFIRM=yes"),
        ("", "yes", "BACKUP: latest, or the id"),
        ("newest", "yes", "neither latest nor the id"),
        ('latest"}, "x": {"', "yes", "neither latest nor the id"),
    ],
)
def test_nothing_is_touched_without_consent_and_a_backup(
    operator: Operator, backup: str, confirm: str, says: str
) -> None:
    status, said = operator.put_back(backup, confirm=confirm)
    assert (status != 0, says in said) == (True, True)
    assert operator.calls() == []


def test_a_restore_waits_for_the_pods_of_every_role(workspace: Workspace) -> None:
    (awaited,) = re.findall(r"(?m)^ +roles=(.*)$", (MANIFESTS / "tools" / "cluster.sh").read_text())
    assert set(awaited.split(",")) == {
        Pod(item).name
        for item in of_kind(workspace.render("platform"), "Deployment")
        if item["metadata"]["labels"].get("image") == "app"
    }


@pytest.mark.parametrize(
    "to", ["latest", "2026-11-28 14:05:00.25+01:00", f"name:backup-20261128@{TIME}"]
)
def test_every_form_of_a_moment_is_taken(operator: Operator, to: str) -> None:
    assert operator.restore(to)[0] == 0
