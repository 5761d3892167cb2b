"""The check before an apply names what is wrong with an overlay."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.k8s.tools import check
from tests.deploy.workspace import ROOT, Workspace, program

EXAMPLES = 2


def faults(workspace: Workspace, overlay: str = "platform") -> list[str]:
    return check.faults(overlay, manifests=workspace.manifests, cluster=False)


def _write_line(workspace: Workspace, before: str, after: str) -> None:
    file = workspace.manifests / "overlays" / "platform" / "kustomization.yaml"
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))


def test_the_examples_own_names_are_refused(workspace: Workspace) -> None:
    host, registry = faults(workspace)
    assert host == "host=images.example.com is an example: write your own into the overlay"
    assert registry.startswith("registry=registry.example.com is an example")


def test_an_overlay_with_own_names_can_be_applied(own_workspace: Workspace) -> None:
    _write_line(own_workspace, "registry.example.com", "registry.acme.test")
    _write_line(own_workspace, "images.example.com", "images.acme.test")
    assert faults(own_workspace) == []


@pytest.mark.parametrize(
    "host",
    [
        "https://images.acme.test",
        "images.acme.test:8443",
        "Images.Acme.Test",
        "localhost",
        "-a.test",
    ],
)
def test_a_wrong_host_name_is_named(own_workspace: Workspace, host: str) -> None:
    _write_line(own_workspace, "images.example.com", host)
    assert f"host={host} is no host name: write it like images.example.org" in faults(own_workspace)


def test_missing_secrets_are_said_in_one_line_when_all_are(own_workspace: Workspace) -> None:
    shutil.rmtree(own_workspace.secrets)
    (fault,) = faults(own_workspace)
    assert fault.endswith("secrets is missing: `make k8s-secrets` writes a new set")


def test_each_missing_or_readable_secret_file_is_named(own_workspace: Workspace) -> None:
    (own_workspace.secrets / "auth" / "database-url").unlink()
    (own_workspace.secrets / "gateway" / "jwks.json").chmod(0o644)
    found = faults(own_workspace)
    assert [f.split("secrets/")[1].split(" ")[0] for f in found] == [
        "auth/database-url",
        "gateway/jwks.json",
    ]


def test_one_overlay_over_another_is_refused() -> None:
    assert check.overlay_faults("", "platform") == []
    assert check.overlay_faults("platform", "platform") == []
    (fault,) = check.overlay_faults("dev", "platform")
    assert fault.startswith(
        "the overlay dev is applied in this cluster; platform over it would mix"
    )


def test_the_cluster_is_asked_for_its_overlay(
    own_workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.which("kubectl")
    namespaces = [
        {"metadata": {"name": "image-platform", "labels": {check.LABEL: "dev"}}},
        {"metadata": {"name": "monitoring", "labels": {"team": "others"}}},
        {"metadata": {"name": "kube-system"}},
    ]
    program(
        tmp_path,
        "kubectl",
        f"""
        [ "$1" = get ] || exec {real} "$@"
        echo '{json.dumps({"items": namespaces})}'
    """,
    )
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    found = check.faults("platform", manifests=own_workspace.manifests, cluster=True)
    overlay, monitoring, *examples = found
    assert overlay.startswith("the overlay dev is applied")
    assert monitoring.startswith("the namespace monitoring is there and is not the platform's")
    assert len(examples) == EXAMPLES


def test_the_check_ends_with_its_verdict(own_workspace: Workspace) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.k8s.tools.check", "platform", "--manifests",
         str(own_workspace.manifests)],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == EXAMPLES
