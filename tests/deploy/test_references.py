"""Gate 4, and the proof that it sees each kind of broken reference."""

from collections.abc import Callable

import pytest

from deploy.k8s.tools.objects import Object
from tests.deploy.gates.references import faults
from tests.deploy.workspace import OVERLAYS, Workspace, named

Mutation = Callable[[list[Object]], object]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_reference_resolves(workspace: Workspace, overlay: str) -> None:
    assert faults(workspace.render(overlay)) == []


def _pod(rendered: list[Object], name: str) -> Object:
    found: Object = named(rendered, "Deployment", name)["spec"]["template"]["spec"]
    return found


def _remove(rendered: list[Object], kind: str, name: str) -> None:
    rendered.remove(named(rendered, kind, name))


def _setting(rendered: list[Object], role: str, name: str, value: str) -> None:
    (found,) = [
        item
        for item in rendered
        if item["kind"] == "ConfigMap" and item["data"].get("ROLE") == role
    ]
    found["data"][name] = value


def _secret(rendered: list[Object], prefix: str) -> Object:
    (found,) = [
        item
        for item in rendered
        if item["kind"] == "Secret" and item["metadata"]["name"].startswith(prefix)
    ]
    return found


MUTATIONS: dict[str, tuple[str, Mutation]] = {
    "a selector": (
        "does not select its own pods",
        lambda r: named(r, "Deployment", "auth")["spec"]["selector"]["matchLabels"].update(x="y"),
    ),
    "a shared selector": (
        "select each other's pods",
        lambda r: named(r, "Deployment", "worker-bulk")["spec"]["selector"]["matchLabels"].pop(
            "app.kubernetes.io/component"
        ),
    ),
    "a service account": (
        "no ServiceAccount gateway",
        lambda r: _remove(r, "ServiceAccount", "gateway"),
    ),
    "a secret's key": (
        "has no database-url",
        lambda r: _secret(r, "auth-")["data"].pop("database-url"),
    ),
    "a file of a secret": (
        "DELIVERY_KEYS_FILE points at",
        lambda r: _secret(r, "images-")["data"].pop("delivery-keys.json"),
    ),
    "settings": (
        "no settings platform_site.settings.nobody",
        lambda r: _setting(r, "admin", "ROLE", "nobody"),
    ),
    "a config map": (
        "no ConfigMap nowhere",
        lambda r: _pod(r, "images")["containers"][0]["envFrom"][0]["configMapRef"].update(
            name="nowhere"
        ),
    ),
    "a volume": (
        "mounts the volume tmp",
        lambda r: _pod(r, "scheduler")["volumes"].pop(),
    ),
    "a probe's port": (
        "readinessProbe asks port htp",
        lambda r: _pod(r, "auth")["containers"][0]["readinessProbe"]["httpGet"].update(port="htp"),
    ),
    "a target port": (
        "has no port web",
        lambda r: named(r, "Service", "gateway")["spec"]["ports"][0].update(targetPort="web"),
    ),
    "a service's selector": (
        "selects nobody",
        lambda r: named(r, "Service", "minio")["spec"]["selector"].update(x="y"),
    ),
    "a headless service": ("no Service redis", lambda r: _remove(r, "Service", "redis-broker")),
    "an autoscaler's target": (
        "no Deployment frontend",
        lambda r: _remove(r, "Deployment", "frontend"),
    ),
    "replicas under an autoscaler": (
        "sets spec.replicas",
        lambda r: named(r, "Deployment", "images")["spec"].update(replicas=2),
    ),
    "a budget's selector": (
        "covers 0 workloads",
        lambda r: named(r, "PodDisruptionBudget", "auth")["spec"]["selector"]["matchLabels"].update(
            x="y"
        ),
    ),
    "a route": ("no Service frontend", lambda r: _remove(r, "Service", "frontend")),
    "a certificate": (
        "no Secret other-tls",
        lambda r: named(r, "Ingress", "platform")["spec"]["tls"][0].update(secretName="other-tls"),
    ),
    "an orphan": (
        "left-over is used by nobody",
        lambda r: r.append(
            {
                "kind": "ConfigMap",
                "metadata": {"name": "left-over", "namespace": "image-platform"},
            }
        ),
    ),
    "a second object": ("stands there twice", lambda r: r.append(named(r, "Service", "auth"))),
    "a role": (
        "no Role reader",
        lambda r: r.append(
            {
                "kind": "RoleBinding",
                "metadata": {"name": "b", "namespace": "image-platform"},
                "roleRef": {"kind": "Role", "name": "reader"},
            }
        ),
    ),
}


@pytest.mark.parametrize("what", MUTATIONS)
def test_the_gate_sees_a_broken_reference_of(workspace: Workspace, what: str) -> None:
    word, mutate = MUTATIONS[what]
    rendered = workspace.render("platform")
    mutate(rendered)
    assert any(word in fault for fault in faults(rendered)), faults(rendered)
