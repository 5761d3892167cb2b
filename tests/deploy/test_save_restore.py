"""Saving and restoring stop at the first failure, and no half copy looks whole."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from deploy.k8s.tools.objects import Pod, of_kind
from platform_site.secrets import generation
from tests.deploy.workspace import MANIFESTS, Workspace, program

PLAYED: Final = """
case "$*" in *port-forward*) exec sleep 60 ;; esac
echo "{name} $*" >>{log}
[ "$(wc -l <{log})" -ne "${{REFUSED:-0}}" ] || exit 1
case "$*" in
    *pg_dump*) echo rows ;;
    *pg_restore*) cat >{restored} ;;
    *"mirror --overwrite platform/images"*) mkdir -p "$4"; echo picture >"$4/one" ;;
esac
"""


class Tree:
    """The two scripts over programs that write down their orders."""

    def __init__(self, directory: Path) -> None:
        self.root = directory / "tree"
        shutil.copytree(MANIFESTS / "tools", self.root / "deploy" / "k8s" / "tools")
        secrets = self.root / "deploy" / "k8s" / "credentials" / "secrets"
        for role, files in generation.cluster(generation.KeyMaterial()).items():
            generation.write(secrets / role, files)
        self.log, self.restored = directory / "log", directory / "restored"
        self.saved = directory / "saved"
        self._programs = directory / "bin"
        self._programs.mkdir()
        for name in ("kubectl", "mc"):
            script = PLAYED.format(name=name, log=self.log, restored=self.restored)
            program(self._programs, name, script)
        (self.root / ".venv" / "bin").mkdir(parents=True)
        program(self.root / ".venv" / "bin", "python", "exit 0")

    def run(self, script: str, *arguments: str, refused: int = 0, confirm: str = "yes") -> int:
        self.log.write_text("")
        done = subprocess.run(
            ["sh", f"deploy/k8s/tools/{script}", *arguments],
            env={
                "PATH": f"{self._programs}:{os.environ['PATH']}", "PAUSE": "0",
                "REFUSED": str(refused), "CONFIRM": confirm,
            },
            cwd=self.root, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        return done.returncode

    def calls(self) -> list[str]:
        return [line for line in self.log.read_text().splitlines() if "mc ls" not in line]

    def save(self, refused: int = 0) -> int:
        return self.run("save.sh", str(self.saved), refused=refused)

    def restore(self, refused: int = 0, confirm: str = "yes") -> int:
        return self.run("restore.sh", str(self.saved), "platform", refused=refused, confirm=confirm)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_the_database_is_saved_before_the_bucket_and_named_last(tree: Tree) -> None:
    assert tree.save() == 0
    database, bucket = tree.calls()
    assert "pg_dump" in database
    assert "mirror --overwrite platform/images" in bucket
    assert (tree.saved / "platform.dump").read_text() == "rows\n"
    assert (tree.saved / "images" / "one").read_text() == "picture\n"
    assert tree.save() == 1  # never over a whole copy


def test_a_copy_that_is_not_whole_does_not_look_like_one(tree: Tree) -> None:
    for number in (1, 3):  # the dump, then the mirror; between them the store is asked for
        assert tree.save(refused=number) != 0
        assert not (tree.saved / "platform.dump").exists()
    assert tree.restore() == 1
    assert tree.calls() == []


def test_nothing_is_restored_without_a_word_of_consent(tree: Tree) -> None:
    assert tree.save() == 0
    assert tree.restore(confirm="") == 1
    assert tree.calls() == []


def test_a_restore_that_fails_leaves_the_roles_at_rest(tree: Tree) -> None:
    assert tree.save() == 0
    assert tree.restore() == 0
    assert tree.restored.read_text() == "rows\n"
    whole = tree.calls()
    assert whole[0].endswith("scale deployment --all --replicas=0")
    assert whole[-1].endswith("scale deployment --all --replicas=1")
    order = [next(i for i, call in enumerate(whole) if word in call)
             for word in ("pg_restore", "mc mirror", "apply -k")]  # fmt: skip
    assert order == sorted(order)
    for number in range(2, len(whole) + 2):  # the first call is the question for the store
        assert tree.restore(refused=number) != 0
        made = tree.calls()
        assert made == whole[: number - 1]


def test_a_restore_waits_for_the_pods_of_every_role(workspace: Workspace) -> None:
    (awaited,) = re.findall(r"(?m)^roles=(.*)$", (MANIFESTS / "tools" / "restore.sh").read_text())
    assert set(awaited.split(",")) == {
        Pod(item).name
        for item in of_kind(workspace.render("platform"), "Deployment")
        if item["metadata"]["labels"].get("image") == "app"
    }
