"""What a person runs: the check, a release, pinned images, the picture, the local cluster."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.k8s.tools import check, picture, pin_images, release
from deploy.k8s.tools.objects import Object
from tests.deploy.workspace import MANIFESTS, ROOT, Workspace, named

EXAMPLES = 2
DIGEST = f"sha256:{'ab' * 32}"


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
    _program(
        tmp_path,
        "kubectl",
        f"""
        [ "$1" = get ] || exec {real} "$@"
        echo '{{"metadata": {{"labels": {{"image-platform/overlay": "dev"}}}}}}'
    """,
    )
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    found = check.faults("platform", manifests=own_workspace.manifests, cluster=True)
    assert any("the overlay dev is applied" in fault for fault in found)


def test_every_object_wears_its_overlay_for_the_clusters_guard(workspace: Workspace) -> None:
    for overlay in ("platform", "dev", "headless"):
        assert {
            item["metadata"]["labels"]["image-platform/overlay"]
            for item in workspace.render(overlay)
        } == {overlay}


def test_the_guard_denies_and_covers_the_platforms_groups(workspace: Workspace) -> None:
    rendered = workspace.render("platform")
    policy = named(rendered, "ValidatingAdmissionPolicy", "image-platform-one-overlay")["spec"]
    (rule,) = policy["matchConstraints"]["resourceRules"]
    groups = {group_of(item) for item in rendered if item["metadata"].get("namespace")}
    assert groups <= set(rule["apiGroups"])
    binding = named(rendered, "ValidatingAdmissionPolicyBinding", "image-platform-one-overlay")
    assert binding["spec"]["validationActions"] == ["Deny"]
    assert policy["failurePolicy"] == "Fail"


def group_of(item: Object) -> str:
    """The API group; the core's is empty."""
    group, _, version = item["apiVersion"].rpartition("/")
    return group if version else ""


def test_a_release_is_written_in_one_place_and_reaches_everything(own_workspace: Workspace) -> None:
    place = own_workspace.manifests / "release" / "release.yaml"
    digests = {"app": DIGEST, "frontend": None}
    place.write_text(release.released(place.read_text(), "1.2.3-rc.1", digests))
    text = own_workspace.build("overlays/platform")
    assert "name: migrate-1.2.3-rc.1\n" in text
    assert f"/app:1.2.3-rc.1@{DIGEST}\n" in text
    assert "/frontend:1.2.3-rc.1\n" in text
    assert "0.1.0" not in text


@pytest.mark.parametrize("version", ["", "v1.2.3", "1.2", "latest", "1.2.3+build", "1.2.3-RC"])
def test_a_version_that_cannot_be_a_tag_and_a_name_is_refused(version: str) -> None:
    text = (MANIFESTS / "release" / "release.yaml").read_text()
    with pytest.raises(release.BadRelease):
        release.released(text, version, {})


def test_an_invented_digest_is_refused() -> None:
    text = (MANIFESTS / "release" / "release.yaml").read_text()
    with pytest.raises(release.BadRelease, match="is no digest"):
        release.released(text, "1.2.3", {"app": "sha256:abc"})


def test_every_third_party_image_is_pinned_once_and_our_own_are_not() -> None:
    asked: list[str] = []

    def digest_of(name: str) -> str:
        asked.append(name)
        return DIGEST

    for file in pin_images.files([str(MANIFESTS), str(ROOT / "Dockerfile")]):
        once = pin_images.pinned(file.read_text(), digest_of)
        assert pin_images.pinned(once, digest_of) == once
    names = {name.partition(":")[0] for name in asked}
    assert names >= {
        "postgres", "quay.io/prometheuscommunity/postgres-exporter", "redis",
        "oliver006/redis_exporter", "minio/minio", "nginx/nginx-prometheus-exporter",
        "python", "node", "nginx",
    }  # fmt: skip


def test_a_digest_is_what_the_registry_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(tmp_path, "skopeo", f'[ "$4" = docker://redis:7 ] && echo {DIGEST}')
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert pin_images.ask("redis:7") == DIGEST
    with pytest.raises(pin_images.NoAnswer, match="skopeo says"):
        pin_images.ask("redis:8")


def test_the_picture_in_the_documents_is_that_of_the_render(workspace: Workspace) -> None:
    document = (ROOT / "docs" / "deploy.md").read_text()
    drawing = picture.picture(workspace.render("platform"))
    assert picture.replaced(document, drawing) == document, "run `make k8s-picture`"


def test_the_picture_shows_a_new_connection(workspace: Workspace) -> None:
    rendered = workspace.render("platform")
    before = picture.picture(rendered)
    (policy,) = [i for i in rendered if i["kind"] == "NetworkPolicy"
                 and (i["metadata"]["name"], i["metadata"]["namespace"])
                 == ("redis-cache", "image-platform")]  # fmt: skip
    policy["spec"]["ingress"].clear()
    assert len(before.splitlines()) - len(picture.picture(rendered).splitlines()) == 5


@pytest.mark.parametrize(
    ("context", "loads"),
    [
        ("kind-one", "kind load docker-image --name one"),
        ("k3d-two", "k3d image import --cluster two"),
        ("minikube", "minikube image load"),
    ],
)
def test_the_local_cluster_is_built_loaded_applied_and_awaited(
    tmp_path: Path, context: str, loads: str
) -> None:
    done, said = _dev(tmp_path, context)
    assert done.returncode == 0, done.stderr
    calls = [line.split(" localhost")[0] for line in said]
    assert [c for c in calls if c.startswith(loads)] == [loads, loads]
    applied = calls.index("kubectl apply -k deploy/k8s/overlays/dev")
    assert calls.index(loads) < applied
    assert "job/migrate-0.1.0 job/bucket-0.1.0" in calls[applied + 1]
    assert "port-forward service/frontend 8080:3000" in done.stdout


def test_a_cluster_that_is_not_local_is_left_alone(tmp_path: Path) -> None:
    done, said = _dev(tmp_path, "production")
    assert done.returncode == 1
    assert "is of no local cluster" in done.stderr
    assert said == ["kubectl config current-context"]


def _dev(tmp_path: Path, context: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run ``tools/dev.sh`` in a copy of the tree whose programs only write down their orders."""
    tree, log = tmp_path / "tree", tmp_path / "log"
    (tree / "deploy" / "k8s" / "credentials" / "secrets").mkdir(parents=True)
    shutil.copytree(MANIFESTS / "tools", tree / "deploy" / "k8s" / "tools")
    shutil.copytree(MANIFESTS / "release", tree / "deploy" / "k8s" / "release")
    programs = tmp_path / "bin"
    programs.mkdir()
    (tree / ".venv" / "bin").mkdir(parents=True)
    _program(tree / ".venv" / "bin", "python", "exit 0")
    answers = f"""
        case "$*" in
            *current-context) echo {context};;
            *"get deployments"*) echo deployment/auth;;
        esac
    """
    for name in ("kubectl", "docker", "kind", "k3d", "minikube"):
        _program(
            programs, name, f'echo "{name} $*" >> {log}\n{answers if name == "kubectl" else ""}'
        )
    done = subprocess.run(
        ["sh", str(tree / "deploy/k8s/tools/dev.sh")],
        env={"PATH": f"{programs}:{os.environ['PATH']}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done, log.read_text().splitlines()


def _program(directory: Path, name: str, script: str) -> None:
    file = directory / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_the_check_ends_with_its_verdict(own_workspace: Workspace) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.k8s.tools.check", "platform", "--manifests",
         str(own_workspace.manifests)],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == EXAMPLES
