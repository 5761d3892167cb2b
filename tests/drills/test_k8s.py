"""The scripts for a cluster, with a `kubectl` and a `make` that write down what they are told."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.deploy.workspace import program

K8S = Path(__file__).resolve().parents[2] / "drills" / "k8s"
CANNOT = 3
NAMES = sorted(file.stem for file in K8S.glob("*.sh") if file.stem != "lib")
PLAYED = """
echo "$(basename "$0") $*" >>{log}
case "$*" in
    *"get pods"*jsonpath*) echo node-1 ;;
    *"get pods"*) printf 'pod/one\\npod/two\\n' ;;
    *"get networkpolicy"*) echo '{{}}' ;;
esac
"""
EARLY = """
echo "$*" >>{log}
case "$*" in *switch) mkdir {once} 2>/dev/null && exit 2 ;; esac
exit 0
"""
"""A `make` that refuses to switch the first time."""


def run(directory: Path, *words: str, make: str = PLAYED) -> tuple[int, list[str], str]:
    """Run the script; its status, what was called, and what it said."""
    programs = directory / "bin"
    programs.mkdir(exist_ok=True)
    log = directory / "log"
    log.touch()
    for name, played in (("kubectl", PLAYED), ("make", make)):
        program(programs, name, played.format(log=log, once=directory / "once"))
    program(programs, "sleep", "exit 0")
    done = subprocess.run(
        ["sh", str(K8S / "run"), *words],
        env={"PATH": f"{programs}:{os.environ['PATH']}", "TMPDIR": str(directory)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, log.read_text().splitlines(), done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_it_breaks_something_in_our_namespace_or_says_why_not(name: str, tmp_path: Path) -> None:
    status, calls, said = run(tmp_path, name)
    assert status in {0, CANNOT}, said
    if status == CANNOT:
        assert "cannot be run here" in said
        assert calls == []
        return
    assert calls
    ours = ("--namespace image-platform", "drain", "uncordon", "k8s-")
    assert all(any(word in call for word in ours) for call in calls), calls


@pytest.mark.parametrize(
    ("name", "broken", "mended"),
    [
        ("postgresql-stopped", "scale statefulset/postgresql --replicas=0", "--replicas=1"),
        ("auth-down", "scale deployment/auth --replicas=0", "--replicas=2"),
        ("node-drained", "drain node-1", "uncordon node-1"),
        ("network-cut", "patch networkpolicy redis-cache", "replace --filename"),
        ("store-full", "cat /dev/zero >/data/ballast", "rm -f /data/ballast"),
    ],
)
def test_it_mends_what_it_broke_though_it_is_broken_off(
    name: str, broken: str, mended: str, tmp_path: Path
) -> None:
    _, calls, _ = run(tmp_path, name)
    assert any(broken in call for call in calls)
    first = next(number for number, call in enumerate(calls) if broken in call)
    assert any(mended in call for call in calls[first + 1 :])

    status, calls, _ = run(tmp_path, name, "not-a-number")
    assert status == 0
    assert mended in "\n".join(calls[len(calls) // 2 :])


def test_a_signal_mends_it_too(tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    log = tmp_path / "log"
    program(programs, "kubectl", PLAYED.format(log=log))
    program(programs, "sleep", "kill -TERM $PPID")
    subprocess.run(
        ["sh", str(K8S / "run"), "cache-stopped"],
        env={"PATH": f"{programs}:{os.environ['PATH']}"},
        capture_output=True,
        check=False,
    )
    assert "--replicas=1" in log.read_text()


def test_a_step_of_a_rotation_that_comes_too_early_is_asked_again(tmp_path: Path) -> None:
    calls = run(tmp_path, "store-user-rotated", make=EARLY)[1]
    steps = [call.rpartition("=")[2] for call in calls if "rotate" in call]
    assert steps == ["", "switch", "switch", "finish"]
    assert sum("k8s-apply" in call for call in calls) == 3


def test_without_a_name_it_lists_them(tmp_path: Path) -> None:
    status, calls, said = run(tmp_path)
    assert (status, calls) == (0, [])
    assert [line for line in said.splitlines() if not line.startswith(" ")] == NAMES


def test_a_name_that_is_none_breaks_nothing(tmp_path: Path) -> None:
    assert run(tmp_path, "lib")[:2] == (2, [])
    assert run(tmp_path, "no-such")[:2] == (2, [])
