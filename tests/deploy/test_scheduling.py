"""Gate 13, its sizes, and the proof that it sees what held the first apply up.

With the manifests before this gate (6420m asked for, no priorities) it said, on 4 cores and 8 GiB:
for ever Pending: worker-bulk, worker-interactive, worker-maintenance, postgresql, redis-broker,
redis-cache, prometheus, bucket, migrate; on 2 cores the store, too. So it was on a cluster.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Final

import pytest

from deploy.k8s.tools import requests
from deploy.k8s.tools.objects import Object, of_kind, pods
from deploy.k8s.tools.quantities import Request, number, of_container, of_pod
from tests.deploy.gates.scheduling import PLATFORM, Cluster, Deadlock
from tests.deploy.workspace import MANIFESTS, Workspace, named

# Another node of a cluster runs no DNS and no API server: only the kubelet and the node's agents.
RESERVED_ON_OTHERS: Final = Request(350, 460)
FOUR: Final = (Request(4000, 8192) - requests.RESERVED,)
TWO: Final = (Request(2000, 4096) - requests.RESERVED,)
TWICE_TWO: Final = (*TWO, Request(2000, 4096) - RESERVED_ON_OTHERS)
USED: Final = json.loads((MANIFESTS / "tools" / "used.json").read_text())["containers"]
CLASSES: Final = {"StatefulSet": "image-platform-data", "Job": "image-platform-release"}


def _roles_first(rendered: list[Object]) -> list[Object]:
    """The order that is worst: whoever waits comes before those he waits for."""
    return sorted(rendered, key=lambda item: item["kind"] != "Deployment")


def outcome(rendered: list[Object], *nodes: Request) -> str:
    """What becomes of an apply and a roll-out of everything after it."""
    cluster = Cluster(*nodes)
    try:
        cluster.apply(rendered)
        cluster.roll_out()
    except Deadlock as exc:
        return str(exc)
    return "runs"


@pytest.mark.parametrize(
    ("overlay", "nodes"),
    [
        ("platform", FOUR), ("headless", FOUR), ("dev", FOUR),
        ("platform", TWICE_TWO), ("headless", TWICE_TWO),
        ("dev", TWO),
    ],
)  # fmt: skip
def test_everything_gets_a_place(
    workspace: Workspace, overlay: str, nodes: tuple[Request, ...]
) -> None:
    rendered = workspace.render(overlay)
    assert outcome(rendered, *nodes) == "runs"
    assert outcome(_roles_first(rendered), *nodes) == "runs"


@pytest.mark.parametrize(("overlay", "nodes"), [("platform", FOUR), ("dev", TWO)])
def test_a_roll_out_of_everything_at_once_fits(
    workspace: Workspace, overlay: str, nodes: tuple[Request, ...]
) -> None:
    """Nobody is pushed out and nobody waits, not even for a moment."""
    steady, more = requests.held(workspace.render(overlay))
    assert (steady + more).fits(nodes[0])


def test_no_roll_out_on_a_laptop_runs_two_pods_for_one(workspace: Workspace) -> None:
    doubled = [pod.name for pod in pods(workspace.render("dev")) if requests.surge(pod)]
    assert doubled == []


def test_the_production_size_fits_where_the_document_says(
    renders: Mapping[str, list[Object]],
) -> None:
    node = Request(12_000, 12 * 1024) - requests.RESERVED
    assert outcome(renders["production-size"], node) == "runs"
    steady, more = requests.held(renders["production-size"])
    assert (steady + more).fits(node)


def test_too_small_a_node_is_seen(workspace: Workspace) -> None:
    assert outcome(workspace.render("platform"), *TWO).startswith("for ever Pending: ")


def _without_priorities(rendered: list[Object]) -> None:
    for pod in pods(rendered):
        pod.spec.pop("priorityClassName", None)


def _hungry_roles(rendered: list[Object]) -> None:
    for pod in pods(rendered):
        if pod.workload["kind"] == "Deployment":
            pod.spec["containers"][0]["resources"]["requests"]["cpu"] = "500m"


def _hungry_waiting(rendered: list[Object]) -> None:
    for pod in pods(rendered):
        for container in pod.spec.get("initContainers", []):
            if container["name"] == "wait-for-migrations":
                container["resources"]["requests"]["cpu"] = "500m"


@pytest.mark.parametrize("hungry", [_hungry_roles, _hungry_waiting])
def test_without_priorities_roles_that_ask_for_much_lock_the_jobs_out(
    workspace: Workspace, hungry: Callable[[list[Object]], None]
) -> None:
    rendered = workspace.render("platform")
    hungry(rendered)
    _without_priorities(rendered)
    word = outcome(_roles_first(rendered), *FOUR)
    assert "migrate-" in word
    assert "bucket-" in word


def test_with_priorities_the_jobs_come_through_whatever_the_roles_ask_for(
    workspace: Workspace,
) -> None:
    rendered = workspace.render("platform")
    _hungry_roles(rendered)
    word = outcome(_roles_first(rendered), *FOUR)
    assert word.startswith("for ever Pending: ")
    assert not re.search("migrate|bucket|postgresql|redis|minio", word)


@pytest.mark.parametrize("overlay", ["platform", "headless", "dev"])
def test_data_and_release_stand_above_those_who_wait_for_them(
    workspace: Workspace, overlay: str
) -> None:
    rendered = workspace.render(overlay)
    for pod in pods(rendered):
        wanted = CLASSES.get(pod.workload["kind"]) if pod.namespace == PLATFORM else None
        assert pod.spec.get("priorityClassName") == (wanted or "image-platform-role"), pod.workload
    value = {c["metadata"]["name"]: c["value"] for c in of_kind(rendered, "PriorityClass")}
    assert value["image-platform-data"] > value["image-platform-release"]
    assert value["image-platform-release"] > value["image-platform-role"] > 0
    assert not any(c.get("globalDefault") for c in of_kind(rendered, "PriorityClass"))


def test_waiting_asks_for_no_more_than_running(workspace: Workspace) -> None:
    for pod in pods(workspace.render("platform")):
        beside = [c for c in pod.spec.get("initContainers", ()) if c.get("restartPolicy")]
        running = sum((of_container(c) for c in (*pod.spec["containers"], *beside)), Request())
        assert of_pod(pod.spec) == running, pod.workload["metadata"]["name"]


def test_a_step_before_the_start_counts_beside_the_sidecars_before_it() -> None:
    def container(cpu: str, **more: str) -> Object:
        return {"resources": {"requests": {"cpu": cpu, "memory": "1Mi"}}, **more}

    spec = {
        "initContainers": [container("100m", restartPolicy="Always"), container("500m")],
        "containers": [container("200m"), container("50m")],
    }
    assert of_pod(spec) == Request(600, 3)


def _containers(rendered: list[Object]) -> Mapping[str, Request]:
    return {
        f"{pod.name}/{container['name']}": of_container(container)
        for pod in pods(rendered)
        for container in pod.spec["containers"]
    }


@pytest.mark.parametrize("overlay", ["platform", "dev"])
def test_nothing_asks_for_less_memory_than_it_was_measured_to_use(
    workspace: Workspace, overlay: str
) -> None:
    """Memory cannot be shared out later, so a node must not be promised twice."""
    asked = _containers(workspace.render(overlay))
    for name, used in USED.items():
        if name in asked:
            most = max(usage["memory_mib"] for usage in used.values())
            assert asked[name].memory_mib >= most, name


def test_what_is_asked_for_is_not_far_from_what_is_used(workspace: Workspace) -> None:
    """At rest a pod uses less CPU than it asks for; under load it may take more, to its limit."""
    for name, asked in _containers(workspace.render("platform")).items():
        if name in USED:
            assert (
                USED[name]["rest"]["cpu_m"] <= asked.cpu_m <= USED[name]["load"]["cpu_m"] + 100
            ), name


def test_every_role_and_its_data_were_measured(workspace: Workspace) -> None:
    rendered = workspace.render("platform")
    own = {
        f"{pod.name}/{c['name']}"
        for pod in pods(rendered)
        if pod.namespace == PLATFORM and pod.workload["kind"] in {"Deployment", "StatefulSet"}
        for c in pod.spec["containers"]
    }
    assert own - set(USED) == {"minio/minio"}, "make k8s-measure"


@pytest.mark.parametrize("overlay", ["platform", "headless"])
def test_no_autoscaler_adds_a_pod_at_rest(workspace: Workspace, overlay: str) -> None:
    rendered = workspace.render(overlay)
    of_name = {p.workload["metadata"]["name"]: p for p in pods(rendered)}
    for scaler in of_kind(rendered, "HorizontalPodAutoscaler"):
        pod = of_name[scaler["spec"]["scaleTargetRef"]["name"]]
        containers = [f"{pod.name}/{c['name']}" for c in pod.spec["containers"]]
        used = sum(USED[name]["rest"]["cpu_m"] for name in containers)
        (metric,) = scaler["spec"]["metrics"]
        aim = 1000 * number(metric["resource"]["target"]["averageValue"])
        assert used < aim / 2, scaler["metadata"]["name"]


def test_a_named_class_that_nobody_made_is_seen(workspace: Workspace) -> None:
    from tests.deploy.gates.references import faults  # noqa: PLC0415 - of this test only

    rendered = workspace.render("platform")
    rendered.remove(named(rendered, "PriorityClass", "image-platform-data"))
    assert len([f for f in faults(rendered) if "PriorityClass" in f]) == 4
