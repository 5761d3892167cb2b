"""What processes may hold, what pods may have, and the one limit of a file."""

from collections.abc import Mapping

import pytest
import yaml
from pytest_django import Settings

from deploy.k8s.tools import objects
from tests.deploy.gates import bounds
from tests.deploy.gates.references import environment
from tests.deploy.workspace import OVERLAYS, ROOT, Workspace, named
from tests.edge.rendering import variables_with_defaults

ADDRESSES = dict.fromkeys(("GATEWAY_UPSTREAM", "AUTH_UPSTREAM", "IMAGES_UPSTREAM"), "a:1")


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return variables_with_defaults({**ADDRESSES, "RUN_DIR": str(tmp_path_factory.mktemp("run"))})


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_no_pod_can_be_ended_by_what_its_bounds_let_in(
    workspace: Workspace, edge: dict[str, str], overlay: str
) -> None:
    assert list(bounds.faults(workspace.render(overlay), edge)) == []


def test_a_hash_on_every_thread_does_not_fit(
    workspace: Workspace, edge: dict[str, str], settings: Settings
) -> None:
    settings.HASHES_AT_ONCE = 16
    found = list(bounds.faults(workspace.render("platform"), edge))
    assert [fault.split(":")[0] for fault in found] == ["admin", "auth"]


def test_more_uploads_than_there_is_disk_for_are_seen(
    workspace: Workspace, edge: dict[str, str]
) -> None:
    found = list(bounds.faults(workspace.render("platform"), edge | {"UPLOADS_AT_ONCE": "64"}))
    assert {fault.split(":")[0] for fault in found} == {"frontend"}


def test_more_pictures_kept_than_there_is_disk_for_are_seen(
    workspace: Workspace, edge: dict[str, str]
) -> None:
    found = list(bounds.faults(workspace.render("platform"), edge | {"DELIVERY_CACHE_MB": "512"}))
    assert {fault.split(":")[0] for fault in found} == {"frontend"}


def test_a_role_whose_bounds_nobody_knows_is_seen(
    workspace: Workspace, edge: dict[str, str]
) -> None:
    rendered = workspace.render("platform")
    metadata = named(rendered, "Deployment", "gateway")["spec"]["template"]["metadata"]
    metadata["labels"]["app.kubernetes.io/name"] = "reports"
    assert list(bounds.faults(rendered, edge)) == ["reports: nobody says what it may hold"]


def test_a_worker_may_map_what_a_picture_may_take(settings: Settings) -> None:
    """At rest it maps 0.2 GB, and threads of decoders 0.15 GB more."""
    picture = settings.IMAGE_DECODE_MEMORY_MB * 1_000_000
    assert picture + 350_000_000 < settings.WORKER_ADDRESS_SPACE_BYTES


def upload_limits(rendered: list[objects.Object]) -> dict[str, str]:
    maps = dict(objects.named(rendered, "ConfigMap"))
    found = {}
    for pod in objects.pods(rendered):
        variables: Mapping[str, str] = environment(pod.spec["containers"][0], pod.namespace, maps)
        if "UPLOAD_MAX_BYTES" in variables:
            found[pod.name] = variables["UPLOAD_MAX_BYTES"]
    return found


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_one_literal_is_the_limit_of_a_file_everywhere(
    own_workspace: Workspace, overlay: str, settings: Settings
) -> None:
    file = own_workspace.manifests / "overlays" / overlay / "kustomization.yaml"
    line = f"upload-max-bytes={settings.UPLOAD_MAX_BYTES}"
    assert line in file.read_text()
    file.write_text(file.read_text().replace(line, "upload-max-bytes=100000000"))
    limits = upload_limits(objects.objects(own_workspace.build(f"overlays/{overlay}")))
    roles = {"auth", "gateway", "images"} | ({"frontend"} if overlay != "headless" else set())
    assert limits == dict.fromkeys(roles, "100000000")


def test_one_variable_is_the_limit_of_a_file_in_compose(settings: Settings) -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    limits = {
        name: service["environment"]["UPLOAD_MAX_BYTES"]
        for name, service in services.items()
        if "UPLOAD_MAX_BYTES" in service.get("environment", {})
    }
    roles = ("frontend", "auth", "gateway", "images")
    assert limits == dict.fromkeys(roles, f"${{UPLOAD_MAX_BYTES:-{settings.UPLOAD_MAX_BYTES}}}")


def test_nginx_and_the_roles_have_the_same_default(
    edge: dict[str, str], settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert int(edge["UPLOAD_MAX"]) == (
        settings.UPLOAD_MAX_BYTES + settings.UPLOAD_FORM_ALLOWANCE_BYTES
    )
    run = str(tmp_path_factory.mktemp("run"))
    raised = variables_with_defaults({**ADDRESSES, "RUN_DIR": run, "UPLOAD_MAX_BYTES": "100"})
    assert int(raised["UPLOAD_MAX"]) == 100 + settings.UPLOAD_FORM_ALLOWANCE_BYTES
