"""Another overlay over a running platform: whatever call fails, nothing is lost."""

import os
import re
import shutil
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from deploy.k8s.tools import change
from tests.deploy.scripted_cluster import Cluster
from tests.deploy.workspace import MANIFESTS, Workspace, kubectl_is_needed, program

NAMESPACE = "image-platform"
THING = """
apiVersion: v1
kind: ConfigMap
metadata: {{name: {name}, namespace: image-platform}}
"""
DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: image-platform}}
spec: {{replicas: 1}}
"""
STATEFUL = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: store, namespace: image-platform}}
spec: {{serviceName: store, volumeClaimTemplates: [{claims}]}}
"""
OVERLAY = """
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../../namespaces, objects.yaml]
labels:
  - pairs: {{image-platform/overlay: {name}}}
"""
OLD = [DEPLOYMENT.format(name="web"), DEPLOYMENT.format(name="frontend"), THING.format(name="old")]
NEW = [DEPLOYMENT.format(name="web"), THING.format(name="new")]


class Tree:
    """Two small overlays with the real guard and the real tools, over a played cluster."""

    def __init__(self, directory: Path) -> None:
        self.root = directory
        manifests = directory / "deploy" / "k8s"
        for part in ("tools", "namespaces"):
            shutil.copytree(MANIFESTS / part, manifests / part)
        self.cluster = Cluster(directory)
        (manifests / "credentials" / "secrets").mkdir(parents=True)
        (manifests / "credentials" / "kustomization.yaml").write_text("secretGenerator: []\n")
        (directory / ".venv" / "bin").mkdir(parents=True)
        checked = 'case "$UNCHECKED $*" in "yes -m deploy.k8s.tools.check"*) exit 0 ;; esac'
        program(directory / ".venv" / "bin", "python", f'{checked}\nexec {sys.executable} "$@"')
        self.overlay("old", OLD)
        self.overlay("new", NEW)

    def overlay(self, name: str, items: list[str]) -> None:
        """Write an overlay of these objects."""
        place = self.root / "deploy" / "k8s" / "overlays" / name
        place.mkdir(parents=True, exist_ok=True)
        (place / "objects.yaml").write_text("---".join(items))
        (place / "kustomization.yaml").write_text(OVERLAY.format(name=name))

    def apply_old(self) -> dict[str, Any]:
        """The cluster with the overlay ``old`` in it."""
        self.cluster.begin({}, guard=False)
        done = subprocess.run(
            [self.cluster.programs / "kubectl", "apply", "-k", "deploy/k8s/overlays/old"],
            cwd=self.root, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert self.cluster.is_guarded
        return self.cluster.objects

    def change(self, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the script from ``old`` to ``new``."""
        return subprocess.run(
            ["sh", "deploy/k8s/tools/change_overlay.sh", "old", "new"],
            env={
                "PATH": f"{self.cluster.programs}:{os.environ['PATH']}",
                "PAUSE": "0", "CONFIRM": "yes", **variables,
            },
            cwd=self.root, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    kubectl_is_needed()
    return Tree(tmp_path)


def names(cluster: Cluster) -> set[str]:
    return {name.partition(" ")[2] for name in cluster.objects if name.startswith(NAMESPACE)}


OF_OLD = {"deployment.apps/web", "deployment.apps/frontend", "configmap/old"}
OF_NEW = {"deployment.apps/web", "configmap/new"}


def test_the_new_overlay_takes_the_place_of_the_old(tree: Tree) -> None:
    tree.apply_old()
    done = tree.change()
    assert done.returncode == 0, done.stderr
    assert names(tree.cluster) == OF_NEW
    assert tree.cluster.overlay() == tree.cluster.overlay("monitoring") == "new"
    assert tree.cluster.is_guarded
    deletions = [
        i for i, call in enumerate(tree.cluster.calls) if "delete" in call and "/old" in call
    ]
    rollouts = [i for i, call in enumerate(tree.cluster.calls) if "rollout status" in call]
    assert min(deletions) > max(rollouts)


def test_it_waits_until_the_guard_really_is_gone(tree: Tree) -> None:
    tree.cluster.begin(tree.apply_old(), guard=True, lags=9)
    assert tree.change().returncode == 0
    calls = tree.cluster.calls
    tries = [i for i, call in enumerate(calls) if "--dry-run=server" in call and "label" in call]
    labelled = calls.index("label namespace image-platform image-platform/overlay=new --overwrite")
    assert len([i for i in tries if i < labelled]) == 9 + 3
    assert names(tree.cluster) == OF_NEW


def test_a_guard_that_stays_changes_nothing(tree: Tree) -> None:
    before = tree.apply_old()
    tree.cluster.begin(deepcopy(before), guard=True, lags=1000)
    done = tree.change(TRIES="5")
    assert done.returncode == 1
    assert "still enforces the guard" in done.stderr
    assert (tree.cluster.objects, tree.cluster.is_guarded) == (before, True)


def test_whatever_call_fails_nothing_is_lost_and_the_next_run_ends_it(tree: Tree) -> None:
    before = tree.apply_old()
    tree.cluster.begin(deepcopy(before), guard=True, lags=0)
    assert tree.change(UNCHECKED="yes").returncode == 0
    whole = tree.cluster.calls
    rehearsed = [i for i, call in enumerate(whole, start=1) if call.startswith("apply --dry-run")]
    deletions = [i for i, call in enumerate(whole, start=1) if "/old" in call]
    for number, call in enumerate(whole, start=1):
        if "label" in call and "--dry-run=server" in call:
            continue  # one refusal of these is what it waits for
        tree.cluster.begin(deepcopy(before), guard=True, lags=0, refuse=number)
        done = tree.change(UNCHECKED="yes")
        assert done.returncode != 0, call
        said = tree.cluster.calls
        undone = said[number:]
        assert all(re.match(r"label namespace|apply -f .*-guard.yaml", i) for i in undone), call
        assert tree.cluster.is_guarded, call
        if number <= max(rehearsed):
            assert tree.cluster.objects == before, call
            continue
        assert names(tree.cluster) >= OF_OLD or number >= min(deletions) - 1, call
        tree.cluster.refuse(0)
        assert tree.change(UNCHECKED="yes").returncode == 0, call
        assert (names(tree.cluster), tree.cluster.is_guarded) == (OF_NEW, True), call


def test_without_a_word_of_consent_it_only_says_what_it_would_do(tree: Tree) -> None:
    before = tree.apply_old()
    done = tree.change(CONFIRM="")
    assert done.returncode == 1
    assert "image-platform configmap/old" in done.stderr
    assert "Say CONFIRM=yes" in done.stderr
    assert (tree.cluster.objects, tree.cluster.is_guarded) == (before, True)


def test_an_overlay_that_is_not_there_is_not_changed(tree: Tree) -> None:
    before = tree.apply_old()
    before[f"- namespace/{NAMESPACE}"]["metadata"]["labels"]["image-platform/overlay"] = "third"
    tree.cluster.begin(deepcopy(before), guard=True)
    done = tree.change()
    assert done.returncode == 1
    assert "third" in done.stderr
    assert (tree.cluster.objects, tree.cluster.is_guarded) == (before, True)


def test_data_that_would_be_lost_are_asked_about_and_made_anew_once(tree: Tree) -> None:
    tree.overlay("old", [*OLD, STATEFUL.format(claims="{metadata: {name: data}}")])
    tree.overlay("new", [*NEW, STATEFUL.format(claims="")])
    before = tree.apply_old()
    done = tree.change()
    assert done.returncode == 1
    assert "Save the data first" in done.stderr
    assert tree.cluster.objects == before

    done = tree.change(DATA_SAVED="yes")
    assert done.returncode == 0, done.stderr
    store = tree.cluster.objects[f"{NAMESPACE} statefulset.apps/store"]
    assert store["metadata"]["labels"]["image-platform/overlay"] == "new"
    assert tree.change(DATA_SAVED="yes").returncode == 0
    deleted = [call for call in tree.cluster.calls if "delete" in call and "statefulset" in call]
    assert len(deleted) == 1


def test_the_plan_from_the_real_renders(workspace: Workspace) -> None:
    platform, headless, dev = (workspace.render(name) for name in ("platform", "headless", "dev"))
    gone = change.leftovers(platform, headless)
    assert f"{NAMESPACE} deployment.apps/frontend" in gone
    assert not [item for item in gone if "namespace/" in item or "statefulset" in item]
    assert change.remade(platform, headless) == []
    data = {f"{NAMESPACE} statefulset.apps/{n}" for n in ("postgresql", "redis-broker", "minio")}
    assert set(change.remade(platform, dev)) == set(change.remade(dev, platform)) == data
    kept = {change.reference(item) for item in headless} & set(gone)
    assert kept == set()
