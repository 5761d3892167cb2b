"""Applying: the Jobs of the last time make way, and the local cluster by one command."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.k8s.tools.objects import of_kind
from tests.deploy.workspace import MANIFESTS, OVERLAYS, Workspace, program

# A cluster of which only the Jobs are played: their templates cannot be changed.
CLUSTER = """
import json, pathlib, subprocess, sys
import yaml
words, state = sys.argv[1:], pathlib.Path({state!r})
jobs = json.loads(state.read_text()) if state.exists() else {{}}
if words[0] == "kustomize":
    sys.exit(subprocess.call([{kubectl!r}, *words]))
elif words[0] == "get":
    print('{{"items": []}}')
elif words[2:4] == ["delete", "jobs"]:
    key, _, value = words[4].removeprefix("--selector=").partition("=")
    jobs = {{n: j for n, j in jobs.items() if j["metadata"]["labels"].get(key) != value}}
elif words[:2] == ["apply", "-k"]:
    rendered = subprocess.check_output([{kubectl!r}, "kustomize", words[2]], text=True)
    for item in yaml.load_all(rendered, Loader=yaml.CSafeLoader):
        if item["kind"] == "Job":
            name = item["metadata"]["name"]
            if jobs.get(name, item)["spec"]["template"] != item["spec"]["template"]:
                sys.exit(f'The Job "{{name}}" is invalid: spec.template: field is immutable')
            jobs[name] = item
else:
    sys.exit(f"not played: {{words}}")
state.write_text(json.dumps(jobs))
"""


@pytest.fixture
def tree(own_workspace: Workspace, tmp_path: Path) -> Path:
    """The manifests with names of their own, where ``tools/apply.sh`` finds what it calls."""
    overlay = own_workspace.manifests / "overlays" / "platform" / "kustomization.yaml"
    overlay.write_text(overlay.read_text().replace("example.com", "acme.test"))
    programs = tmp_path / "bin"
    programs.mkdir()
    cluster = tmp_path / "cluster.py"
    cluster.write_text(
        CLUSTER.format(state=str(tmp_path / "jobs.json"), kubectl=shutil.which("kubectl"))
    )
    program(programs, "kubectl", f'exec {sys.executable} {cluster} "$@"')
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    program(tmp_path / ".venv" / "bin", "python", f'exec {sys.executable} "$@"')
    return tmp_path


def _run(tree: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env={"PATH": f"{tree / 'bin'}:{os.environ['PATH']}"}, cwd=tree,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def _another_password(workspace: Workspace) -> None:
    (workspace.secrets / "auth" / "database-url").write_text("postgresql://auth:new@postgresql/p")


def _another_digest(workspace: Workspace) -> None:
    file = workspace.manifests / "release" / "release.yaml"
    tag = f'app: "0.1.0@sha256:{"ab" * 32}"'
    file.write_text(re.sub(r'app: ".*"', tag, file.read_text()))


@pytest.mark.parametrize("change", [_another_password, _another_digest])
def test_the_jobs_run_anew_with_what_has_changed(
    tree: Path, own_workspace: Workspace, change: Callable[[Workspace], None]
) -> None:
    apply = ("sh", str(own_workspace.manifests / "tools" / "apply.sh"), "platform")
    assert _run(tree, *apply).returncode == 0
    before = (tree / "jobs.json").read_text()
    change(own_workspace)

    refused = _run(tree, "kubectl", "apply", "-k", "deploy/k8s/overlays/platform")
    assert "field is immutable" in refused.stderr
    assert (tree / "jobs.json").read_text() == before

    done = _run(tree, *apply)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tree / "jobs.json").read_text() != before


def test_nothing_is_taken_away_from_an_overlay_that_cannot_be_applied(
    tree: Path, own_workspace: Workspace
) -> None:
    apply = ("sh", str(own_workspace.manifests / "tools" / "apply.sh"), "platform")
    assert _run(tree, *apply).returncode == 0
    before = (tree / "jobs.json").read_text()
    (own_workspace.secrets / "auth" / "database-url").unlink()

    done = _run(tree, *apply)
    assert done.returncode == 1
    assert "auth/database-url is missing" in done.stderr
    assert (tree / "jobs.json").read_text() == before


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_job_of_ours_is_one_that_makes_way(workspace: Workspace, overlay: str) -> None:
    jobs = of_kind(workspace.render(overlay), "Job")
    assert {job["metadata"]["labels"].get("image") for job in jobs} == {"app"}
    assert {job["metadata"]["namespace"] for job in jobs} == {"image-platform"}


@pytest.mark.parametrize(
    ("context", "loads"),
    [
        ("kind-one", "kind load image-archive --name one"),
        ("k3d-two", "k3d image import --cluster two"),
        ("minikube", "minikube image load"),
    ],
)
def test_the_local_cluster_is_built_loaded_applied_and_awaited(
    tmp_path: Path, context: str, loads: str
) -> None:
    done, said = _dev(tmp_path, context)
    assert done.returncode == 0, done.stderr
    calls = [re.sub(r" (/\S+/(app|frontend).tar|localhost/).*", "", line) for line in said]
    assert [c for c in calls if c.startswith(loads)] == [loads, loads]
    saved = [c for c in calls if c.startswith("docker save --output")]
    assert len(saved) == 2
    applied = calls.index("kubectl apply -k deploy/k8s/overlays/dev")
    assert calls.index(loads) < applied
    gone = "kubectl --namespace image-platform delete jobs --selector=image=app --ignore-not-found"
    assert calls.index(gone) == applied - 1
    restarted = "kubectl --namespace image-platform rollout restart deployment/auth"
    assert calls.index(restarted) == applied + 1
    assert "job/migrate-0-1-0 job/bucket-0-1-0" in calls[applied + 2]
    assert "port-forward service/frontend 8080:3000" in done.stdout


def test_the_first_time_nothing_is_restarted(tmp_path: Path) -> None:
    done, said = _dev(tmp_path, "kind-one", deployments="")
    assert done.returncode == 0, done.stderr
    assert not [call for call in said if "restart" in call]


def test_a_cluster_that_is_not_local_is_left_alone(tmp_path: Path) -> None:
    done, said = _dev(tmp_path, "production")
    assert done.returncode == 1
    assert "is of no local cluster" in done.stderr
    assert said == ["kubectl config current-context"]


def _dev(
    tmp_path: Path, context: str, *, deployments: str = "deployment/auth"
) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run ``tools/dev.sh`` in a copy of the tree whose programs only write down their orders."""
    tree, log = tmp_path / "tree", tmp_path / "log"
    (tree / "deploy" / "k8s" / "credentials" / "secrets").mkdir(parents=True)
    shutil.copytree(MANIFESTS / "tools", tree / "deploy" / "k8s" / "tools")
    shutil.copytree(MANIFESTS / "release", tree / "deploy" / "k8s" / "release")
    programs = tmp_path / "bin"
    programs.mkdir()
    (tree / ".venv" / "bin").mkdir(parents=True)
    program(tree / ".venv" / "bin", "python", "exit 0")
    answers = f"""
        case "$*" in
            *current-context) echo {context};;
            *"get deployments"*) echo {deployments};;
        esac
    """
    for name in ("kubectl", "docker", "kind", "k3d", "minikube"):
        program(
            programs, name, f'echo "{name} $*" >> {log}\n{answers if name == "kubectl" else ""}'
        )
    done = subprocess.run(
        ["sh", str(tree / "deploy/k8s/tools/dev.sh")],
        env={"PATH": f"{programs}:{os.environ['PATH']}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done, log.read_text().splitlines()
