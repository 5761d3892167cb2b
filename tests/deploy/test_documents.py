"""Every command and path of docs/deploy.md exists; compose gives a role what Kubernetes does."""

import re
from typing import Any

import pytest
import yaml

from deploy.k8s.tools.objects import Object, named, of_kind, pods
from tests.deploy.gates.references import environment
from tests.deploy.workspace import MANIFESTS, ROOT, Workspace
from tests.platform_site.roles import ROLES

TEXT = (ROOT / "docs" / "deploy.md").read_text()
MAKE = (ROOT / "Makefile").read_text() + (MANIFESTS / "tools" / "deploy.mk").read_text()
COMMANDS = [
    line.strip()
    for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
    for line in block.splitlines()
    if line.strip()
]
OBJECT = re.compile(
    r"\b(deployment|service|statefulset|job|horizontalpodautoscaler|poddisruptionbudget)/([\w.-]+)"
)
INLINE = re.compile(
    r"`((?:deploy/k8s/)?(?:base|parts|roles|overlays|core|credentials|data|network|edge|release|components)/[\w./-]+)`"
)


def test_there_are_commands() -> None:
    assert len(COMMANDS) > 20


@pytest.mark.parametrize("command", sorted({c for c in COMMANDS if c.startswith("make ")}))
def test_every_make_target_exists(command: str) -> None:
    target = command.split()[1]
    assert re.search(rf"^{re.escape(target)}:", MAKE, re.MULTILINE), command


@pytest.mark.parametrize("command", sorted({c for c in COMMANDS if c.startswith("kubectl ")}))
def test_every_kubectl_command_names_what_the_render_has(
    workspace: Workspace, command: str
) -> None:
    if found := re.search(r" -k deploy/k8s/(\S+)", command):
        assert workspace.build(found[1])
        return
    rendered = workspace.render("platform")
    known = {(item["kind"].lower(), item["metadata"]["name"]) for item in rendered}
    known |= {("service", "frontend-green")}  # made by the component blue-green
    for kind, name in OBJECT.findall(command):
        assert (kind, name) in known, f"{kind}/{name} is in no render"
    if "--container" in command:
        container = re.search(r"--container (\S+)", command)
        assert container
        assert container[1] in {c["name"] for pod in pods(rendered) for c in pod.containers}


@pytest.mark.parametrize("path", sorted(set(INLINE.findall(TEXT))))
def test_every_path_of_the_document_exists(path: str) -> None:
    inside = path.removeprefix("deploy/k8s/").rstrip("/")
    if "secrets/" in f"{inside}/" or "…" in inside or "<" in inside:
        return
    assert (MANIFESTS / inside).exists() or inside.endswith("{platform"), path


def test_the_lines_for_storage_and_replicas_work_as_written(own_workspace: Workspace) -> None:
    (lines,) = re.findall(r"```yaml\n(patches:\n.*?)```", TEXT, re.DOTALL)
    file = own_workspace.manifests / "overlays" / "platform" / "kustomization.yaml"
    file.write_text(file.read_text() + lines)
    rendered: list[Object] = list(yaml.safe_load_all(own_workspace.build("overlays/platform")))
    classes = {
        claim["spec"]["storageClassName"]
        for item in of_kind(rendered, "StatefulSet")
        if item["metadata"]["namespace"] == "image-platform"
        for claim in item["spec"].get("volumeClaimTemplates", [])
    }
    assert classes == {"fast"}
    least = {i["spec"]["minReplicas"] for i in of_kind(rendered, "HorizontalPodAutoscaler")}
    assert least == {3}


COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
PLACES = {
    "ALLOWED_HOSTS", "PUBLIC_URL", "TRUSTED_ORIGINS", "HSTS_SECONDS", "REFRESH_COOKIE_SECURE",
    "S3_ENDPOINT_URL", "METRICS_PORT", "ROLE", "QUEUE", "STORE_UPSTREAM", "GATEWAY_UPSTREAM",
    "BACKUP_INTERVAL_S", "REHEARSAL_INTERVAL_S", "RECOVERY_POINT_OBJECTIVE_S",
    "CORS_ORIGINS", "PICTURE_CORS_ORIGINS", "UPLOAD_MAX_BYTES",
    "AUTH_UPSTREAM", "IMAGES_UPSTREAM", "CLIENT_ADDRESS_FROM", "DRAIN_S", "DJANGO_SETTINGS_MODULE",
}  # fmt: skip


@pytest.mark.parametrize(
    ("service", "deployment"),
    [
        (role, "worker-bulk" if role == "worker" else role)
        for role in ROLES
        if role not in {"migrate", "backup", "rollout"}  # Jobs
    ],
)
def test_compose_gives_a_role_the_same_variables(
    workspace: Workspace, service: str, deployment: str
) -> None:
    rendered = workspace.render("platform")
    (pod,) = [p for p in pods(rendered) if p.workload["metadata"]["name"] == deployment]
    settings = dict(named(rendered, "ConfigMap"))
    theirs = environment(pod.spec["containers"][0], pod.namespace, settings)
    ours = COMPOSE[service]["environment"]
    assert {k: v for k, v in ours.items() if k not in PLACES} == {
        k: v for k, v in theirs.items() if k not in PLACES
    }


def test_compose_names_the_same_images_as_kubernetes(workspace: Workspace) -> None:
    theirs = {c["image"] for pod in pods(workspace.render("platform")) for c in pod.containers}
    ours = {service["image"] for service in COMPOSE.values()}
    assert {image for image in ours if not image.startswith("image-platform/")} <= theirs
