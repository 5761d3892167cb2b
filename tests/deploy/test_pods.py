"""Gate 6, and the proof that it sees each way to weaken a pod."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.k8s.tools.objects import Object, of_kind
from tests.deploy.gates.pods import faults
from tests.deploy.workspace import OVERLAYS, Workspace, named


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_pod_is_restricted(workspace: Workspace, overlay: str) -> None:
    assert faults(workspace.render(overlay)) == []


MUTATIONS: dict[str, tuple[str, Callable[[Object], object]]] = {
    "root": ("may run as root", lambda s: s["securityContext"].update(runAsUser=0)),
    "not non-root": ("may run as root", lambda s: s["securityContext"].pop("runAsNonRoot")),
    "seccomp": ("no seccomp", lambda s: s["securityContext"].pop("seccompProfile")),
    "the host's network": ("hostNetwork", lambda s: s.update(hostNetwork=True)),
    "a token": ("mounts a token", lambda s: s.pop("automountServiceAccountToken")),
    "service links": ("service links", lambda s: s.pop("enableServiceLinks")),
    "a host path": (
        "forbidden kind",
        lambda s: s["volumes"].append({"name": "x", "hostPath": {"path": "/"}}),
    ),
    "an endless directory": (
        "may fill the node's disk",
        lambda s: s["volumes"].append({"name": "x", "emptyDir": {}}),
    ),
    "a secret for all": (
        "readable by others",
        lambda s: s["volumes"].append({"name": "x", "secret": {"secretName": "auth"}}),
    ),
    "privileges": (
        "may gain privileges",
        lambda s: s["containers"][0]["securityContext"].update(allowPrivilegeEscalation=True),
    ),
    "a writable root": (
        "root file system is writable",
        lambda s: s["containers"][0]["securityContext"].pop("readOnlyRootFilesystem"),
    ),
    "a capability": (
        "keeps capabilities",
        lambda s: s["containers"][0]["securityContext"]["capabilities"].update(drop=["NET_RAW"]),
    ),
    "more capability": (
        "more rights",
        lambda s: s["containers"][0]["securityContext"]["capabilities"].update(add=["SYS_ADMIN"]),
    ),
    "root in one container": (
        "runs as root",
        lambda s: s["containers"][0]["securityContext"].update(runAsNonRoot=False),
    ),
    "no filter in one container": (
        "leaves the seccomp profile",
        lambda s: s["containers"][0]["securityContext"].update(
            seccompProfile={"type": "Unconfined"}
        ),
    ),
    "a port of the host": (
        "takes a port of the host",
        lambda s: s["containers"][0]["ports"][0].update(hostPort=80),
    ),
    "a directory above the limit": (
        "is evicted before",
        lambda s: s["volumes"].append({"name": "x", "emptyDir": {"sizeLimit": "1Gi"}}),
    ),
    "no storage limit": (
        "no limit of ephemeral-storage",
        lambda s: s["containers"][0]["resources"]["limits"].pop("ephemeral-storage"),
    ),
    "latest": (
        "not an exact version",
        lambda s: s["containers"][0].update(image="registry/app:latest"),
    ),
    "a moving minor version": (
        "not an exact version",
        lambda s: s["containers"][0].update(image="redis:7.4"),
    ),
    "a moving variant": (
        "not an exact version",
        lambda s: s["containers"][0].update(image="nginx:1.28-alpine"),
    ),
    "no tag": (
        "not an exact version",
        lambda s: s["containers"][0].update(image="registry:5000/app"),
    ),
    "an invented digest": (
        "not an exact version",
        lambda s: s["containers"][0].update(image="registry/app:0.1.0@sha256:abc"),
    ),
    "a secret variable": (
        "mount it as a file",
        lambda s: s["containers"][0]["env"].append(
            {"name": "X", "valueFrom": {"secretKeyRef": {"name": "auth", "key": "x"}}}
        ),
    ),
}


@pytest.mark.parametrize("what", MUTATIONS)
def test_the_gate_sees(workspace: Workspace, what: str) -> None:
    word, mutate = MUTATIONS[what]
    rendered = workspace.render("platform")
    spec = named(rendered, "Deployment", "auth")["spec"]["template"]["spec"]
    mutate(spec)
    (fault,) = faults(rendered)
    assert word in fault


def test_the_gate_sees_a_namespace_that_enforces_less(workspace: Workspace) -> None:
    rendered = workspace.render("platform")
    labels = named(rendered, "Namespace", "image-platform")["metadata"]["labels"]
    labels["pod-security.kubernetes.io/enforce"] = "baseline"
    assert faults(rendered) == ["Namespace -/image-platform enforces baseline"]


@pytest.mark.parametrize("probe", ["startupProbe", "readinessProbe", "livenessProbe"])
def test_a_probe_of_a_pod_that_has_just_begun_says_no_and_nothing_else(
    workspace: Workspace, tmp_path: Path, probe: str
) -> None:
    """The kubelet writes what a probe says on its error stream into an event, every two seconds."""
    asked = 0
    for deployment in of_kind(workspace.render("platform"), "Deployment"):
        container = deployment["spec"]["template"]["spec"]["containers"][0]
        command = container.get(probe, {}).get("exec", {}).get("command")
        if command is None:
            continue
        asked += 1
        done = subprocess.run(
            command, env={"PATH": os.environ["PATH"], "WORKER_HEARTBEAT_FILE": f"{tmp_path}/none"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if "WORKER_HEARTBEAT_FILE" in command[-1]:
            assert done.returncode == 1
        assert done.stderr + done.stdout == ""
    assert asked >= (4 if probe != "startupProbe" else 3)


def test_only_auth_mounts_the_signing_key(workspace: Workspace) -> None:
    holders = {
        item["metadata"]["name"].rpartition("-")[0]
        for item in of_kind(workspace.render("platform"), "Secret")
        if "signing-keys.json" in item["data"]
    }
    assert holders == {"auth"}


def test_the_gateway_and_the_scheduler_hold_no_data_credentials(workspace: Workspace) -> None:
    rendered = workspace.render("platform")
    keys = {
        item["metadata"]["name"].rpartition("-")[0]: set(item["data"])
        for item in of_kind(rendered, "Secret")
    }
    assert keys["gateway"] == {
        "django-secret-key", "django-secret-key-fallbacks", "service-client-secret", "jwks.json",
        "cache-url",
    }  # fmt: skip
    assert keys["scheduler"] == {
        "django-secret-key", "django-secret-key-fallbacks", "broker-url",
    }  # fmt: skip


def test_passwords_in_volumes_keep_their_name(workspace: Workspace) -> None:
    stable = {"postgresql", "redis-broker", "redis-cache", "minio", "minio-images"}
    names = {item["metadata"]["name"] for item in of_kind(workspace.render("platform"), "Secret")}
    assert stable <= names
