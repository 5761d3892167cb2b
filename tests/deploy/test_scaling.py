"""Gates 7 and 8, and the proof that they see each departure."""

import re
from collections.abc import Callable

import pytest

from deploy.k8s.tools.objects import Object, of_kind, pods
from platform_site import gunicorn
from platform_site.kit.rest import preferences
from tests.deploy.gates import scaling, termination
from tests.deploy.gates.references import environment
from tests.deploy.workspace import OVERLAYS, Workspace, named

PRODUCTION = ("platform", "headless")
LONGEST_GRACE_S = 90
Mutation = Callable[[list[Object]], object]


@pytest.mark.parametrize("overlay", PRODUCTION)
def test_workloads_scale_as_promised(workspace: Workspace, overlay: str) -> None:
    assert scaling.faults(workspace.render(overlay)) == []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_pods_have_the_time_to_end(workspace: Workspace, overlay: str) -> None:
    assert termination.faults(workspace.render(overlay)) == []


def test_no_pod_holds_up_the_end_of_its_namespace(workspace: Workspace) -> None:
    """The cluster looks at an ending namespace again after half the longest time, once a round."""
    times = {
        pod.spec.get("terminationGracePeriodSeconds", 30)
        for pod in pods(workspace.render("platform"))
    }
    assert max(times) == LONGEST_GRACE_S


def test_dev_runs_one_of_each(workspace: Workspace) -> None:
    rendered = workspace.render("dev")
    kinds = ("HorizontalPodAutoscaler", "PodDisruptionBudget", "PersistentVolumeClaim", "Ingress")
    assert of_kind(rendered, *kinds) == []
    assert {item["spec"].get("replicas", 1) for item in of_kind(rendered, "Deployment")} == {1}
    assert not [p for p in pods(rendered) if "volumeClaimTemplates" in p.workload["spec"]]


SCALING: dict[str, tuple[str, Mutation]] = {
    "a range": (
        "2 to 9",
        lambda r: named(r, "HorizontalPodAutoscaler", "auth")["spec"].update(maxReplicas=9),
    ),
    "an autoscaler": (
        "no autoscaler for images",
        lambda r: r.remove(named(r, "HorizontalPodAutoscaler", "images")),
    ),
    "a target": (
        "70 % of CPU",
        lambda r: named(r, "HorizontalPodAutoscaler", "auth")["spec"]["metrics"][0]["resource"][
            "target"
        ].update(averageValue="200m"),
    ),
    "gentleness": (
        "shrinks at once",
        lambda r: named(r, "HorizontalPodAutoscaler", "auth")["spec"].pop("behavior"),
    ),
    "a budget": (
        "no disruption budget for frontend",
        lambda r: r.remove(named(r, "PodDisruptionBudget", "frontend")),
    ),
    "an eviction": (
        "sick pod",
        lambda r: named(r, "PodDisruptionBudget", "auth")["spec"].pop("unhealthyPodEvictionPolicy"),
    ),
    "a roll-out": (
        "gives pods up",
        lambda r: named(r, "Deployment", "gateway")["spec"]["strategy"]["rollingUpdate"].update(
            maxUnavailable=1
        ),
    ),
    "a spread": (
        "not spread",
        lambda r: named(r, "Deployment", "gateway")["spec"]["template"]["spec"][
            "topologySpreadConstraints"
        ].pop(),
    ),
    "a request": (
        "no CPU request",
        lambda r: named(r, "Deployment", "frontend")["spec"]["template"]["spec"]["containers"][1][
            "resources"
        ]["requests"].pop("cpu"),
    ),
}


@pytest.mark.parametrize("what", SCALING)
def test_gate_seven_sees_a_missing(workspace: Workspace, what: str) -> None:
    word, mutate = SCALING[what]
    rendered = workspace.render("platform")
    mutate(rendered)
    (fault,) = scaling.faults(rendered)
    assert word in fault


TERMINATION: dict[str, tuple[str, Mutation]] = {
    "no preStop": (
        "ends while endpoints",
        lambda r: _pod(r, "auth")["containers"][0].pop("lifecycle"),
    ),
    "a long preStop": (
        "is killed after 90 s and needs 110",
        lambda r: _pod(r, "images")["containers"][0]["lifecycle"]["preStop"]["sleep"].update(
            seconds=50
        ),
    ),
    "a short grace": (
        "Deployment image-platform/worker-bulk is killed after 60 s and needs 65.0",
        lambda r: _pod(r, "worker-bulk").update(terminationGracePeriodSeconds=60),
    ),
    "a slow nginx": (
        "Deployment image-platform/frontend is killed",
        lambda r: _settings(r, "frontend").update(DRAIN_S="80"),
    ),
    "a hasty nginx": (
        "Deployment image-platform/frontend gives up after 55 s what may take 60 s",
        lambda r: _settings(r, "frontend").update(DRAIN_S="55"),
    ),
}


def _pod(rendered: list[Object], name: str) -> Object:
    found: Object = named(rendered, "Deployment", name)["spec"]["template"]["spec"]
    return found


def _settings(rendered: list[Object], role: str) -> Object:
    (found,) = [
        item["data"] for item in of_kind(rendered, "ConfigMap") if item["data"].get("ROLE") == role
    ]
    data: Object = found
    return data


@pytest.mark.parametrize("what", TERMINATION)
def test_gate_eight_sees(workspace: Workspace, what: str) -> None:
    word, mutate = TERMINATION[what]
    rendered = workspace.render("platform")
    mutate(rendered)
    (fault,) = termination.faults(rendered)
    assert word in fault


def test_gate_eight_sees_a_role_that_ends_before_its_longest_request(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gunicorn, "graceful_timeout", 30)
    found = termination.faults(workspace.render("platform"))
    assert found == [
        f"Deployment image-platform/{role} gives up after 30 s what may take 60 s"
        for role in ("admin", "auth", "gateway", "images")
    ]


def test_a_person_who_prefers_to_wait_is_answered_before_nginx_gives_up() -> None:
    assert termination.longest_answer_s() > preferences.LONGEST_WAIT_S + termination.MARGIN_S


def test_the_brokers_file_is_rewritten_within_its_memory(workspace: Workspace) -> None:
    """Redis forks for that, and every page that changes meanwhile exists twice."""
    (conf,) = [
        item["data"]["redis.conf"]
        for item in of_kind(workspace.render("platform"), "ConfigMap")
        if item["metadata"]["name"].startswith("redis-broker")
    ]
    (most,) = re.findall(r"^maxmemory (\d+)mb$", conf, re.MULTILINE)
    spec = named(workspace.render("platform"), "StatefulSet", "redis-broker")["spec"]
    container = spec["template"]["spec"]["containers"][0]
    assert container["name"] == "redis"
    assert 2 * int(most) + 64 <= int(container["resources"]["limits"]["memory"].removesuffix("Mi"))


def test_the_database_takes_every_connection_of_a_fully_scaled_platform(
    workspace: Workspace,
) -> None:
    rendered = workspace.render("platform")
    maps = {(i["metadata"]["namespace"], i["metadata"]["name"]): i
            for i in of_kind(rendered, "ConfigMap")}  # fmt: skip
    most = {i["metadata"]["name"]: i["spec"]["maxReplicas"]
            for i in of_kind(rendered, "HorizontalPodAutoscaler")}  # fmt: skip
    needed = 0
    for deployment in of_kind(rendered, "Deployment"):
        container = deployment["spec"]["template"]["spec"]["containers"][0]
        variables = environment(container, "image-platform", maps)
        if "DATABASE_URL_FILE" in variables:
            web = container["args"][0] == "gunicorn"
            # Beside its pool a process of images has one that listens while somebody waits.
            listening = int(deployment["metadata"]["name"] == "images")
            one = 2 * (int(variables["DATABASE_POOL_MAX"]) + listening) if web else 3
            # A roll-out has one more pod than the most.
            needed += one * (most.get(deployment["metadata"]["name"], 1) + 1)
    (limit,) = [
        int(argument.partition("=")[2])
        for argument in named(rendered, "StatefulSet", "postgresql")["spec"]["template"]["spec"][
            "containers"
        ][0]["args"]
        if argument.startswith("max_connections=")
    ]
    # Kept free for the superuser (3), the exporter, the migrate Job and a person.
    assert needed + 10 <= limit
