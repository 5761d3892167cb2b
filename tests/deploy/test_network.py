"""Gate 5: the allowed connections are exactly the tables of docs/deploy-reference.md."""

from collections.abc import Callable, Mapping

import pytest

from deploy.k8s.tools import connections, objects
from deploy.k8s.tools.network import Edge, edges
from deploy.k8s.tools.objects import Object, Pod, of_kind, pods, selects
from tests.deploy.gates.references import environment
from tests.deploy.workspace import ROOT, Workspace, named

PAGE = (ROOT / "docs" / "deploy-reference.md").read_text()


def committed(*, monitoring: bool = True) -> set[Edge]:
    """The connections of the page; without ``monitoring`` those of every overlay."""
    return connections.committed(PAGE, tables=2 if monitoring else 1)


@pytest.mark.parametrize("overlay", ["platform", "dev"])
def test_the_allowed_connections_are_those_of_the_page(workspace: Workspace, overlay: str) -> None:
    assert edges(workspace.render(overlay)) == committed(monitoring=overlay == "platform")


def test_headless_opens_the_roles_to_the_ingress_and_nothing_else(workspace: Workspace) -> None:
    without_frontend = {edge for edge in committed() if "frontend" not in edge[:2]}
    assert edges(workspace.render("headless")) == without_frontend | {
        ("ingress controller", "auth", "8080/TCP"),
        ("ingress controller", "gateway", "3000/TCP"),
        ("ingress controller", "images", "5000/TCP"),
    }


def test_nobody_reaches_the_admin_but_prometheus_its_metrics(workspace: Workspace) -> None:
    reached = {edge for edge in edges(workspace.render("platform")) if edge[1] == "admin"}
    assert reached == {("prometheus", "admin", "9090/TCP")}


def test_the_data_layer_calls_nobody(workspace: Workspace) -> None:
    callers = {edge[0] for edge in edges(workspace.render("platform"))}
    assert not callers & {"postgresql", "redis-broker", "redis-cache", "minio"}


def test_nobody_here_reaches_the_internet_or_the_kubernetes_api(workspace: Workspace) -> None:
    reached = {edge[1] for edge in edges(workspace.render("dev"))}
    assert not reached & {"internet", "nodes", "anywhere", "stranger here", "stranger elsewhere"}


@pytest.mark.parametrize(
    ("purpose", "callers", "places"),
    [
        (
            "mail",
            {"auth", "housekeeping"},
            {(at, f"{port}/TCP") for at in ("internet", "nodes") for port in (25, 465, 587)},
        ),
        ("single-sign-on", {"auth"}, {("internet", "443/TCP")}),
        ("breached-passwords", {"auth", "admin"}, {("internet", "443/TCP")}),
        ("audit-webhook", {"auth"}, {("internet", "443/TCP")}),
    ],
)
def test_a_way_out_is_for_one_purpose_and_for_who_has_it(
    workspace: Workspace,
    renders: Mapping[str, list[Object]],
    purpose: str,
    callers: set[str],
    places: set[tuple[str, str]],
) -> None:
    """The whole of what it opens: nobody else, no other port, no new way between our own pods."""
    rendered = [
        item
        for item in renders["outgoing"]
        if item["metadata"]["name"] == f"outgoing-{purpose}"
        or not item["metadata"]["name"].startswith("outgoing-")
    ]
    opened = edges(rendered) - edges(workspace.render("platform"))
    assert opened == {(caller, *place) for caller in callers for place in places}


def test_whoever_may_call_somebody_may_ask_for_the_address(workspace: Workspace) -> None:
    rendered = workspace.render("platform")
    callers = {
        pod.name
        for pod in pods(rendered)
        for policy in of_kind(rendered, "NetworkPolicy")
        if policy["metadata"]["namespace"] == pod.namespace
        and selects(policy["spec"]["podSelector"], pod.labels)
        and policy["spec"].get("egress")
    }
    assert {source for source, target, _ in edges(rendered) if target == "DNS"} == callers


@pytest.mark.parametrize("side", ["Ingress", "Egress"])
def test_caller_and_called_have_a_rule_for_the_same_connections(
    workspace: Workspace, side: str
) -> None:
    rendered = workspace.render("platform")
    agreed = edges(rendered)
    for policy in of_kind(rendered, "NetworkPolicy"):
        policy["spec"]["policyTypes"] = [
            one for one in policy["spec"]["policyTypes"] if one != side
        ]
    ours = {pod.name for pod in pods(rendered) if pod.namespace == "image-platform"}
    one_sided = edges(rendered) - agreed
    assert {edge for edge in one_sided if ours.issuperset(edge[:2])} == set()


@pytest.mark.parametrize("name", ["platform", "blue-green"])
def test_a_role_that_others_call_answers_to_each_name_that_it_has(
    workspace: Workspace, renders: Mapping[str, list[Object]], name: str
) -> None:
    rendered = renders[name] if name in renders else workspace.render(name)
    maps = dict(objects.named(rendered, "ConfigMap"))
    ours = [pod for pod in pods(rendered) if pod.namespace == "image-platform"]
    # Not the frontend, which passes on the host that it was asked for, and the roll-out, which
    # asks probes, and they are answered under any name.
    callers = {pod.name for pod in ours} - {"frontend", "rollout"}
    called = {target for source, target, _ in edges(rendered) if source in callers}
    asked = set()
    for pod in (pod for pod in ours if pod.name in called):
        variables = environment(pod.spec["containers"][0], pod.namespace, maps)
        if "ALLOWED_HOSTS" in variables:
            asked.add(pod.name)
            assert _addresses(rendered, pod) <= set(variables["ALLOWED_HOSTS"].split(","))
    assert asked >= {"auth", "images"}


def _addresses(rendered: list[Object], pod: Pod) -> set[str]:
    return {
        service["metadata"]["name"]
        for service in of_kind(rendered, "Service")
        if selects({"matchLabels": service["spec"]["selector"]}, pod.labels)
        and service["metadata"]["labels"].get("metrics") != "scraped"
    }


def test_prometheus_may_reach_whatever_is_scraped(workspace: Workspace) -> None:
    rendered = workspace.render("platform")
    scraped = {
        (service["spec"]["selector"]["app.kubernetes.io/name"], f"{port['port']}/TCP")
        for service in of_kind(rendered, "Service")
        if service["metadata"]["labels"].get("metrics") == "scraped"
        for port in service["spec"]["ports"]
    }
    assert scraped <= {edge[1:] for edge in edges(rendered) if edge[0] == "prometheus"}


def test_every_role_that_is_told_to_send_traces_may(own_workspace: Workspace) -> None:
    overlay = own_workspace.manifests / "overlays" / "platform" / "kustomization.yaml"
    text, before = overlay.read_text(), "components:\n"
    assert before in text
    overlay.write_text(text.replace(before, f"{before}  - ../../monitoring/tracing\n"))
    rendered = objects.objects(own_workspace.build("overlays/platform"))
    told = {
        pod.name
        for pod in pods(of_kind(rendered, "Deployment"))
        for variable in pod.spec["containers"][0].get("env", [])
        if variable["name"] == "OTEL_EXPORTER_OTLP_ENDPOINT"
    }
    senders = {source for source, *rest in edges(rendered) if rest == ["tempo", "4318/TCP"]}
    # The scheduler answers nobody and runs no task, so it has nothing to trace.
    assert senders == told - {"scheduler"}


def _policy(rendered: list[Object], name: str) -> Object:
    (found,) = [
        item["spec"]
        for item in of_kind(rendered, "NetworkPolicy")
        if item["metadata"]["name"] == name and item["metadata"]["namespace"] == "image-platform"
    ]
    spec: Object = found
    return spec


def _queue_policy_added(rendered: list[Object], queue: str, egress: Object) -> Object:
    labels = {"app.kubernetes.io/name": "worker", "app.kubernetes.io/component": queue}
    policy = {
        "kind": "NetworkPolicy",
        "metadata": {"name": queue, "namespace": "image-platform"},
        "spec": {"podSelector": {"matchLabels": labels}, "policyTypes": ["Egress"],
                 "egress": [egress]},
    }  # fmt: skip
    rendered.append(policy)
    return policy


MUTATIONS: dict[str, tuple[Edge, bool, Callable[[list[Object]], object]]] = {
    "a missing edge": (
        ("gateway", "auth", "8080/TCP"),
        False,
        lambda r: _policy(r, "auth")["ingress"].pop(0),
    ),
    "an edge that only the sender allows no more": (
        ("scheduler", "redis-broker", "6379/TCP"),
        False,
        lambda r: _policy(r, "scheduler")["egress"].pop(),
    ),
    "a wrong port": (
        ("frontend", "gateway", "3000/TCP"),
        False,
        lambda r: _policy(r, "gateway")["ingress"][0]["ports"][0].update(port=3001),
    ),
    "an open door": (
        ("stranger here", "auth", "8080/TCP"),
        True,
        lambda r: (
            _policy(r, "auth")["ingress"].append({}),
            _policy(r, "default-deny").update(policyTypes=["Ingress"]),
        ),
    ),
    "a way out": (
        ("worker", "internet", "443/TCP"),
        True,
        lambda r: _policy(r, "worker")["egress"].append(
            {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}
        ),
    ),
    "a way out by a port that nobody else has": (
        ("worker", "internet", "22/TCP"),
        True,
        lambda r: _policy(r, "worker")["egress"].append(
            {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [{"port": 22}]}
        ),
    ),
    "a way out to one address": (
        ("worker", "nodes", "22/TCP"),
        True,
        lambda r: _policy(r, "worker")["egress"].append(
            {"to": [{"ipBlock": {"cidr": "10.250.0.0/16"}}], "ports": [{"port": 22}]}
        ),
    ),
    "every port": (
        ("gateway", "auth", "any"),
        True,
        lambda r: (
            _policy(r, "auth")["ingress"][0].pop("ports"),
            _policy(r, "gateway")["egress"][0].pop("ports"),
        ),
    ),
    "a port on which nobody listens": (
        ("stranger here", "postgresql", "8008/TCP"),
        True,
        lambda r: (
            _policy(r, "postgresql")["ingress"].append({"ports": [{"port": 8008}]}),
            _policy(r, "default-deny").update(policyTypes=["Ingress"]),
        ),
    ),
    "a range of ports": (
        ("scheduler", "redis-broker", "6390/TCP"),
        True,
        lambda r: (
            _policy(r, "scheduler")["egress"][0]["ports"][0].update(endPort=6390),
            _policy(r, "redis-broker")["ingress"][0]["ports"][0].update(endPort=6390),
        ),
    ),
    "a way from one queue's workers only": (
        ("worker-bulk", "auth", "8080/TCP"),
        True,
        lambda r: (
            _policy(r, "auth")["ingress"].append({"ports": [{"port": 8080}]}),
            _queue_policy_added(r, "bulk", {"ports": [{"port": 8080}]}),
        ),
    ),
    "a way between pods of one kind": (
        ("gateway", "gateway", "3000/TCP"),
        True,
        lambda r: (
            _policy(r, "gateway")["ingress"].append({"from": [{"podSelector": {}}]}),
            _policy(r, "gateway")["egress"].append({"to": [{"podSelector": {}}]}),
        ),
    ),
    "no default": (
        ("postgresql", "anywhere", "any"),
        True,
        lambda r: _policy(r, "default-deny").update(policyTypes=["Ingress"]),
    ),
    "a rewritten peer": (
        ("gateway", "images", "5000/TCP"),
        False,
        lambda r: _policy(r, "images")["ingress"][0]["from"][0]["podSelector"].update(
            matchLabels={"app.kubernetes.io/part-of": "image-platform"}
        ),
    ),
}


@pytest.mark.parametrize("what", MUTATIONS)
def test_the_gate_sees(workspace: Workspace, what: str) -> None:
    edge, appears, mutate = MUTATIONS[what]
    rendered = workspace.render("platform")
    mutate(rendered)
    found = edges(rendered)
    assert (edge in found) is appears
    assert found != committed()


def test_the_service_of_the_admin_stands_behind_no_ingress(workspace: Workspace) -> None:
    rules = named(workspace.render("platform"), "Ingress", "platform")["spec"]["rules"]
    backends = {p["backend"]["service"]["name"] for rule in rules for p in rule["http"]["paths"]}
    assert backends == {"frontend"}
