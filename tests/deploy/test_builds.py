"""Gate 1: every overlay builds with plain kubectl, always the same, from its own directory."""

import re
from pathlib import Path

import pytest
import yaml

from deploy.k8s.tools.objects import BuildFailed
from tests.deploy.workspace import MANIFESTS, OVERLAYS, Workspace

DIRECTORIES = sorted(
    str(file.parent.relative_to(MANIFESTS))
    for file in MANIFESTS.rglob("kustomization.yaml")
    if "kind: Kustomization" in file.read_text()
)


@pytest.mark.parametrize("directory", DIRECTORIES)
def test_every_kustomization_builds_by_itself(workspace: Workspace, directory: str) -> None:
    assert workspace.build(directory)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_two_builds_are_identical(workspace: Workspace, overlay: str) -> None:
    assert workspace.build(f"overlays/{overlay}") == workspace.text(overlay)


def test_a_missing_secret_file_fails_the_build_and_is_named(own_workspace: Workspace) -> None:
    (own_workspace.secrets / "auth" / "signing-keys.json").unlink()
    with pytest.raises(BuildFailed, match="signing-keys"):
        own_workspace.build("overlays/platform")


def test_a_file_outside_the_root_is_refused(own_workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "deploy" / "outside.conf").write_text("maxmemory 1gb\n")
    file = own_workspace.manifests / "data" / "redis-cache" / "kustomization.yaml"
    file.write_text(file.read_text().replace("[redis.conf]", "[../../../outside.conf]"))
    with pytest.raises(BuildFailed, match="is not in or below"):
        own_workspace.build("overlays/platform")


@pytest.mark.parametrize(
    "overlay", [p for p in DIRECTORIES if p.startswith(("overlays/", "roles/"))]
)
def test_an_overlay_or_role_is_a_few_lines(overlay: str) -> None:
    text = (MANIFESTS / overlay / "kustomization.yaml").read_text()
    literals = re.findall(r"^ +- [a-z-]+=.*$", text, re.MULTILINE)  # what an operator fills in
    parts = re.findall(r"^ +- (?:\.\./)+parts/[a-z-]+$", text, re.MULTILINE)  # a line for each
    assert len(text.splitlines()) - len(literals) - len(parts) <= 20, (
        "an overlay or role names what is different and nothing else"
    )


RULES = ("Namespace", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")
NEEDED = ("PriorityClass", "NetworkPolicy", "ServiceAccount", "ConfigMap", "Secret", "Service")
NEEDING = ("StatefulSet", "Job", "Deployment", "CronJob", "HorizontalPodAutoscaler", "Ingress")


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_rules_are_there_before_anybody_whom_they_bind(
    workspace: Workspace, overlay: str
) -> None:
    """An apply goes from top to bottom: a pod without its policy would be open for a while."""
    kinds = [item["kind"] for item in workspace.render(overlay)]
    assert list(dict.fromkeys(kinds))[: len(RULES)] == list(RULES)
    ends = {kind: len(kinds) - kinds[::-1].index(kind) for kind in (*RULES, *NEEDED)}
    starts = {kind: kinds.index(kind) for kind in NEEDING if kind in kinds}
    assert max(ends.values()) <= min(starts.values())
    assert ends["NetworkPolicy"] <= min(kinds.index(kind) for kind in ("ConfigMap", "Secret"))


def test_every_overlay_is_sorted_in_the_same_way() -> None:
    files = [MANIFESTS / "overlays" / name / "kustomization.yaml" for name in OVERLAYS]
    assert len({yaml.safe_load(file.read_text())["sortOptions"].__repr__() for file in files}) == 1


def test_no_secret_is_in_the_tree() -> None:
    committed = [p for p in MANIFESTS.rglob("*") if p.is_file() and "secrets" not in p.parts[:-1]]
    assert not [p for p in committed if b"PRIVATE KEY" in p.read_bytes()]
