"""Gate 2: the render is valid Kubernetes, from 1.30 to the newest schema, without any CRD."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from deploy.k8s.tools.objects import Object
from tests.deploy.workspace import OVERLAYS, Workspace, tool

VERSIONS = ("1.30", "1.33", "1.37")
OWN_GROUPS = frozenset(
    {
        "v1", "apps/v1", "autoscaling/v2", "batch/v1", "networking.k8s.io/v1", "policy/v1",
        "rbac.authorization.k8s.io/v1", "scheduling.k8s.io/v1", "admissionregistration.k8s.io/v1",
    }
)  # fmt: skip
KINDS_OF_OTHERS = {
    ("ClusterIssuer", "cert-manager.io/v1"),
    ("ExternalSecret", "external-secrets.io/v1"),
    ("Gateway", "gateway.networking.k8s.io/v1"),
    ("HTTPRoute", "gateway.networking.k8s.io/v1"),
    ("ScaledObject", "keda.sh/v1alpha1"),
    ("TriggerAuthentication", "keda.sh/v1alpha1"),
    ("ServiceMonitor", "monitoring.coreos.com/v1"),
}
UNKNOWN = re.compile(r"^WARN \S+ Couldn't find schema for kind (\w+) with api version (\S+) for")


def complaints(rendered: str, version: str, directory: Path) -> list[str]:
    """Everything that kubernetes-validate says beyond "valid"; it exits 0 for unknown APIs."""
    file = directory / "render.yaml"
    file.write_text(rendered)
    done = subprocess.run(
        [str(tool("kubernetes-validate")), "--strict", "-k", version, str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [*done.stdout.splitlines(), *done.stderr.splitlines()]
    assert said, "it looked at nothing"
    return [line for line in said if line and not line.startswith("INFO")]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_of_every_overlay_is_valid(
    workspace: Workspace, version: str, tmp_path: Path
) -> None:
    different = {document for o in OVERLAYS for document in workspace.text(o).split("\n---\n")}
    assert complaints("\n---\n".join(sorted(different)), version, tmp_path) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_of_every_component_is_valid_but_for_kinds_that_others_define(
    components: Mapping[str, str], version: str, tmp_path: Path
) -> None:
    different = {document for text in components.values() for document in text.split("\n---\n")}
    said = complaints("\n---\n".join(sorted(different)), version, tmp_path)
    unknown = [UNKNOWN.search(line) for line in said]
    assert [line for line, found in zip(said, unknown, strict=True) if not found] == []
    assert {found.groups() for found in unknown if found} == KINDS_OF_OTHERS


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_no_crd_is_needed(workspace: Workspace, overlay: str) -> None:
    assert {item["apiVersion"] for item in workspace.render(overlay)} <= OWN_GROUPS


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("minReplicas:", "minReplica:"),
        ("maxReplicas: 5", "maxReplicas: five"),
        ("apiVersion: policy/v1", "apiVersion: policy/v1beta1"),
    ],
)
def test_the_gate_sees_a_wrong_field(
    workspace: Workspace, right: str, wrong: str, tmp_path: Path
) -> None:
    documents = [d for d in workspace.text("platform").split("\n---\n") if right in d]
    assert documents
    assert complaints(documents[0].replace(right, wrong), VERSIONS[1], tmp_path)


def test_core_groups_are_kubernetes_own(workspace: Workspace) -> None:
    rendered: list[Object] = workspace.render("platform")
    rendered.append({"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject"})
    assert not {item["apiVersion"] for item in rendered} <= OWN_GROUPS
