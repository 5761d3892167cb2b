"""A second apply of the same manifests changes nothing, and says so.

kubectl sends a patch, and says "configured", whenever a list that is replaced as a whole, or a
field that is kept by name, differs from what the server made of it with its defaults; so such a
list has every field that the server adds. Before, a second apply of `platform` said so of 18
NetworkPolicies (no protocol), 10 Deployments (no type beside `rollingUpdate`), 5 StatefulSets
(claims in short), 7 PodDisruptionBudgets and the admission policy (no scope).
"""

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.k8s.tools.objects import Object, of_kind
from tests.deploy.api_server import ApiServer, api_server, canonical
from tests.deploy.workspace import Workspace, named

# Every patch replaces its selector as a whole (patchStrategy of policy/v1), whatever we write.
ALWAYS_SENT = "poddisruptionbudgets"

AMOUNTS = {"requests", "limits", "sizeLimit", "averageValue"}


@pytest.fixture
def api(socket_enabled: None) -> Iterator[ApiServer]:
    """A cluster with nothing in it."""
    with api_server() as running:
        yield running


def patches_of_a_second_apply(api: ApiServer, file: Path) -> Mapping[str, str]:
    """What kubectl sends the second time, by the object's path."""
    for word in ("created", ""):
        done = subprocess.run(
            ["kubectl", "--server", api.url, "--kubeconfig", "/dev/null", "--cache-dir",
             str(file.parent / "cache"), "apply", "--validate=false", "-f", str(file)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert all(line.endswith(word) for line in done.stdout.splitlines())
    said = [line for line in done.stdout.splitlines() if line.endswith(" configured")]
    assert len(said) == len(api.patches)
    return api.patches


@pytest.mark.parametrize("overlay", ["platform"])
def test_a_second_apply_finds_nothing_to_change(
    workspace: Workspace, api: ApiServer, tmp_path: Path, overlay: str
) -> None:
    file = tmp_path / "render.yaml"
    file.write_text(workspace.text(overlay))
    patches = patches_of_a_second_apply(api, file)
    assert [path for path in patches if ALWAYS_SENT not in path] == []
    assert all(body.startswith('{"spec":{"selector":') for body in patches.values())


def _short_of_something(rendered: list[Object]) -> list[Object]:
    """One object of each kind that the server would add something to, or write in another way."""
    policy = named(rendered, "NetworkPolicy", "auth")
    for port in [p for rule in policy["spec"]["egress"] for p in rule["ports"]]:
        port.pop("protocol")
    strategy = named(rendered, "Deployment", "gateway")
    strategy["spec"]["strategy"].pop("type")
    quantity = named(rendered, "Deployment", "images")
    quantity["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["cpu"] = "1000m"
    claims = named(rendered, "StatefulSet", "postgresql")
    claims["spec"]["volumeClaimTemplates"][0]["spec"].pop("volumeMode")
    guard = named(rendered, "ValidatingAdmissionPolicy", "image-platform-one-overlay")
    guard["spec"]["matchConstraints"]["resourceRules"][0].pop("scope")
    return [policy, strategy, quantity, claims, guard]


def test_what_is_left_out_or_written_in_another_way_is_seen(
    workspace: Workspace, api: ApiServer, tmp_path: Path
) -> None:
    file = tmp_path / "short.yaml"
    short = _short_of_something(workspace.render("platform"))
    untouched = named(workspace.render("platform"), "Deployment", "auth")
    file.write_text(yaml.safe_dump_all([*short, untouched]))
    patches = patches_of_a_second_apply(api, file)
    assert sorted(path.rpartition("/")[2] for path in patches) == [
        "auth", "gateway", "image-platform-one-overlay", "images", "postgresql",
    ]  # fmt: skip
    assert not any("deployments/auth" in path for path in patches)


@pytest.mark.parametrize("overlay", ["platform", "headless", "dev"])
def test_no_value_is_one_that_the_server_writes_in_another_way(
    workspace: Workspace, overlay: str
) -> None:
    assert list(_other_words(workspace.render(overlay))) == []


def test_with_a_component_neither(renders: Mapping[str, list[Object]]) -> None:
    for name, rendered in renders.items():
        assert list(_other_words(rendered)) == [], name


def _other_words(rendered: list[Object]) -> Iterator[str]:
    """Fields that the server drops or writes anew: nulls, ``stringData``, quantities, protocols."""
    for item in rendered:
        where = f"{item['kind']} {item['metadata']['name']}"
        if "stringData" in item:
            yield f"{where}: stringData"
        yield from (f"{where}: {fault}" for fault in _faults_in(item, ()))
    for policy in of_kind(rendered, "NetworkPolicy"):
        for rule in [*policy["spec"].get("ingress", []), *policy["spec"].get("egress", [])]:
            for port in rule.get("ports", []):
                if "protocol" not in port:
                    yield f"NetworkPolicy {policy['metadata']['name']}: port without protocol"


def _faults_in(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    if value is None:
        yield f"{'.'.join(path)} is null"
    elif isinstance(value, dict):
        for name, inside in value.items():
            yield from _faults_in(inside, (*path, str(name)))
    elif isinstance(value, list):
        for inside in value:
            yield from _faults_in(inside, path)
    elif AMOUNTS & {*path[-2:]} and canonical(value) != value:
        yield f"{'.'.join(path)} is {value}, which is {canonical(value)}"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("1000m", "1"), ("0.5", "500m"), ("1.2", "1200m"), ("1500m", "1500m"), ("2", "2"),
        ("1024Mi", "1Gi"), ("1536Mi", "1536Mi"), ("0.5Gi", "512Mi"), ("64Mi", "64Mi"), ("9", "9"),
    ],
)  # fmt: skip
def test_a_quantity_has_one_way_to_be_written(written: str, kept: str) -> None:
    assert canonical(written) == kept
