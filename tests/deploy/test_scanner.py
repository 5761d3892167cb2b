"""Gate 3: checkov finds nothing; what it may not look at is listed here, with its reason."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.k8s.tools.objects import objects
from tests.deploy.workspace import OVERLAYS, Workspace, tool

EVERY_WORKLOAD = {"CKV_K8S_43", "CKV_K8S_15"}
ONE_WORKLOAD = {("CKV_K8S_40", "StatefulSet.image-platform.postgresql")}


@dataclass(frozen=True)
class Findings:
    """(check, resource) of what failed, and of what an annotation skipped."""

    failed: set[tuple[str, str]]
    skipped: set[tuple[str, str]]


def scan(rendered: str, directory: Path) -> Findings:
    """What checkov says of a render, without its network."""
    file = directory / "render.yaml"
    file.write_text(rendered)
    done = subprocess.run(
        [str(tool("checkov")), "-f", str(file), "--framework", "kubernetes", "--skip-download",
         "--compact", "-o", "json"],
        capture_output=True, text=True, check=False, cwd=directory,
    )  # fmt: skip
    results: Mapping[str, list[dict[str, Any]]] = json.loads(done.stdout)["results"]
    return Findings(*({(r["check_id"], r["resource"]) for r in results[k]} for k in
                      ("failed_checks", "skipped_checks")))  # fmt: skip


def asked(rendered: str) -> set[tuple[str, str]]:
    """(check, resource) of every skip annotation; each gives a reason after the ``=``."""
    found = set()
    for item in objects(rendered):
        metadata = item["metadata"]
        for key, value in metadata.get("annotations", {}).items():
            if key.startswith("checkov.io/skip"):
                check, _, reason = value.partition("=")
                assert len(reason) > 20, f"{metadata['name']}: why skip {check}?"
                name = f"{item['kind']}.{metadata['namespace']}.{metadata['name']}"
                found.add((check, name))
    return found


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_nothing_fails_and_every_skip_is_listed_and_used(
    workspace: Workspace, overlay: str, tmp_path: Path
) -> None:
    text = workspace.text(overlay)
    findings = scan(text, tmp_path)
    assert findings.failed == set()
    assert findings.skipped == asked(text)
    own = {skip for skip in findings.skipped if ".monitoring." not in skip[1]}
    assert {skip for skip in own if skip[0] not in EVERY_WORKLOAD} == ONE_WORKLOAD


def test_nothing_fails_in_any_component(
    workspace: Workspace, components: Mapping[str, str], tmp_path: Path
) -> None:
    texts = [workspace.text("platform"), *components.values()]
    different = {document for text in texts for document in text.split("\n---\n")}
    findings = scan("\n---\n".join(sorted(different)), tmp_path)
    assert findings.failed == set()
    assert any(resource.endswith("gateway-green") for _, resource in findings.skipped)


def test_every_skip_hides_something_that_would_fail(workspace: Workspace, tmp_path: Path) -> None:
    rendered = workspace.render("platform")
    for item in rendered:
        annotations = item["metadata"].get("annotations", {})
        for key in [key for key in annotations if key.startswith("checkov.io/skip")]:
            del annotations[key]
    findings = scan(yaml.safe_dump_all(rendered), tmp_path)
    assert findings.skipped == set()
    assert findings.failed == asked(workspace.text("platform"))


def test_the_gate_sees_a_writable_root_and_an_unused_skip(
    workspace: Workspace, tmp_path: Path
) -> None:
    text = workspace.text("dev").replace(
        "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false"
    )
    text = text.replace("CKV_K8S_40=", "CKV_K8S_9999=")
    findings = scan(text, tmp_path)
    assert ("CKV_K8S_22", "Deployment.image-platform.auth") in findings.failed
    assert asked(text) - findings.skipped == {
        ("CKV_K8S_9999", "StatefulSet.image-platform.postgresql")
    }
