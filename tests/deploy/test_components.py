"""Every component builds into an overlay, and changes what it promises and nothing else."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest

from deploy.k8s.tools import network, objects
from deploy.k8s.tools.objects import Object, of_kind
from deploy.k8s.tools.quantities import of_pod
from tests.deploy.components import USES, WEB, with_component
from tests.deploy.gates import pods, references, scaling
from tests.deploy.gates.references import environment
from tests.deploy.test_queues import queues_read
from tests.deploy.test_schemas import OWN_GROUPS
from tests.deploy.workspace import MANIFESTS, OVERLAYS, WORKERS, Workspace, named

PROMETHEUS = MANIFESTS / "monitoring" / "prometheus" / "prometheus.yml"


@pytest.fixture(scope="module")
def coloured(workspace: Workspace) -> set[str]:
    """What a release has in two colours: the roles that answer requests, and the frontend."""
    web = objects.objects(workspace.build("roles/web"))
    return {"frontend", *(pod.name for pod in objects.pods(web))}


@pytest.mark.parametrize("name", USES)
def test_a_component_needs_the_groups_it_says_and_no_others(
    workspace: Workspace, renders: Mapping[str, list[Object]], name: str
) -> None:
    assert {i["apiVersion"] for i in renders[name]} - OWN_GROUPS == USES[name].groups


@pytest.mark.parametrize("name", sorted(set(USES) - {"external-secrets"}))
def test_with_a_component_every_reference_still_resolves(
    workspace: Workspace, renders: Mapping[str, list[Object]], name: str
) -> None:
    assert references.faults(renders[name]) == []
    assert pods.faults(renders[name]) == []


def test_external_secrets_make_every_secret_that_is_left_out(
    workspace: Workspace, renders: Mapping[str, list[Object]]
) -> None:
    rendered = renders["external-secrets"]
    assert of_kind(rendered, "Secret") == []
    made = {i["spec"]["target"]["name"] for i in of_kind(rendered, "ExternalSecret")}
    assert not [
        f for f in references.faults(rendered) if "no Secret" in f and f.split()[-1] not in made
    ]


def test_blue_and_green_are_two_closed_sets_behind_one_switch(
    workspace: Workspace, renders: Mapping[str, list[Object]], coloured: set[str]
) -> None:
    rendered = renders["blue-green"]
    names = {i["metadata"]["name"] for i in of_kind(rendered, "Deployment")}
    both = {f"{role}-{colour}" for role in coloured for colour in ("blue", "green")}
    assert both <= names
    for kind in ("HorizontalPodAutoscaler", "PodDisruptionBudget"):
        assert both <= {i["metadata"]["name"] for i in of_kind(rendered, kind)}
    for role in coloured:
        assert named(rendered, "Service", role)["spec"]["selector"]["colour"] == "blue"
        preview = named(rendered, "Service", f"{role}-green")["spec"]["selector"]
        assert preview == {"app.kubernetes.io/name": role, "colour": "green"}
    more = {
        *(("frontend", f"frontend-{colour}", "3000/TCP") for colour in ("blue", "green")),
        *(("rollout", role, "3000/TCP") for role in ("frontend", "gateway")),
        ("rollout", "auth", "8080/TCP"),
        ("rollout", "images", "5000/TCP"),
        ("rollout", "prometheus", "9090/TCP"),
        *(("rollout", "DNS", f"53/{name}") for name in ("TCP", "UDP")),
        *(("rollout", "anywhere", f"{port}/TCP") for port in (443, 6443)),
    }
    assert network.edges(rendered) == network.edges(workspace.render("platform")) | more


def test_prometheus_finds_the_pods_of_each_colour_once(
    renders: Mapping[str, list[Object]], coloured: set[str]
) -> None:
    rendered = renders["blue-green"]
    looked_for = PROMETHEUS.read_text()
    found: dict[str, list[str]] = {}
    for service in of_kind(rendered, "Service"):
        name, namespace = service["metadata"]["name"], service["metadata"]["namespace"]
        if service["metadata"].get("labels", {}).get("metrics") != "scraped":
            continue
        assert f"{name}.{namespace}.svc.cluster.local" in looked_for
        selector = {"matchLabels": service["spec"]["selector"]}
        for pod in objects.pods(rendered):
            if objects.selects(selector, pod.labels) and pod.name in coloured:
                found.setdefault(f"{pod.name} {pod.labels['colour']}", []).append(name)
    # nginx has no metrics by which a release is judged, and one name for both.
    assert found == {
        f"{role} {colour}": [
            "frontend-metrics" if role == "frontend" else f"{role}-metrics-{colour}"
        ]
        for role in coloured
        for colour in ("blue", "green")
    }


@pytest.mark.parametrize("name", [*OVERLAYS, *USES])
def test_the_frontend_brings_the_bytes_exactly_where_there_is_one(
    workspace: Workspace, renders: Mapping[str, list[Object]], name: str
) -> None:
    rendered = renders[name] if name in USES else workspace.render(name)
    settings = dict(objects.named(rendered, "ConfigMap"))
    said = {}
    for pod in objects.pods(rendered):
        if pod.name in {"images", "frontend"}:
            said[pod.name] = environment(pod.spec["containers"][0], pod.namespace, settings)
    assert said["images"]["DELIVERY_ACCEL"] == ("true" if "frontend" in said else "false")
    if "frontend" in said:
        store = urlsplit(said["images"]["S3_ENDPOINT_URL"])
        assert said["frontend"]["STORE_UPSTREAM"] == store.netloc
        assert said["frontend"]["STORE_SCHEME"] == store.scheme


def test_one_line_switches_the_colour_and_one_line_a_version(
    own_workspace: Workspace, coloured: set[str]
) -> None:
    file = own_workspace.manifests / "components" / "blue-green" / "kustomization.yaml"
    text = re.sub(r"green=[0-9].*", "green=99.2.0", file.read_text())
    file.write_text(text.replace("live=blue", "live=green"))
    released = re.search(r"blue=(\S+)", text)
    assert released is not None
    rendered = objects.objects(with_component(own_workspace, "blue-green"))
    for role in coloured:
        assert named(rendered, "Service", role)["spec"]["selector"]["colour"] == "green"
        for colour, version in (("blue", released[1]), ("green", "99.2.0")):
            spec = named(rendered, "Deployment", f"{role}-{colour}")["spec"]["template"]["spec"]
            image = spec["containers"][0]["image"]
            kind = "frontend" if role == "frontend" else "app"
            assert image == f"registry.example.com/image-platform/{kind}:{version}"
            waiting = {c["image"] for c in spec.get("initContainers", [])}
            assert waiting <= {image}


def test_keda_takes_the_place_of_the_workers_autoscalers(
    workspace: Workspace, renders: Mapping[str, list[Object]]
) -> None:
    rendered = renders["keda"]
    scaled = {i["spec"]["scaleTargetRef"]["name"] for i in of_kind(rendered, "ScaledObject")}
    assert scaled == set(WORKERS)
    assert not scaled & {
        i["metadata"]["name"] for i in of_kind(rendered, "HorizontalPodAutoscaler")
    }
    read = queues_read(rendered)
    for item in of_kind(rendered, "ScaledObject"):
        name = item["spec"]["scaleTargetRef"]["name"]
        assert item["metadata"]["name"] == name
        lists = [trigger["metadata"]["listName"] for trigger in item["spec"]["triggers"]]
        assert lists == read[name], "a pool grows with each queue that it reads"


def test_the_workers_autoscalers_are_those_that_the_page_deletes_before_keda(
    workspace: Workspace,
) -> None:
    """`kubectl delete horizontalpodautoscaler --selector app.kubernetes.io/component`."""
    deleted = {
        item["metadata"]["name"]
        for item in of_kind(workspace.render("platform"), "HorizontalPodAutoscaler")
        if "app.kubernetes.io/component" in item["metadata"]["labels"]
    }
    assert deleted == set(WORKERS)


def test_the_production_size_scales_by_percent_of_what_its_pods_ask_for(
    renders: Mapping[str, list[Object]],
) -> None:
    rendered = renders["production-size"]
    assert scaling.faults(rendered) == []
    targets = {
        i["spec"]["metrics"][0]["resource"]["target"]["type"]
        for i in of_kind(rendered, "HorizontalPodAutoscaler")
    }
    assert targets == {"Utilization"}
    asked = {p.name: of_pod(p.spec).cpu_m for p in objects.pods(rendered)}
    assert {name: asked[name] for name in scaling.PRODUCTION_M} == scaling.PRODUCTION_M


def test_the_production_size_asks_for_more_of_everything_that_serves(
    workspace: Workspace, renders: Mapping[str, list[Object]]
) -> None:
    small = {p.workload["metadata"]["name"]: p for p in objects.pods(workspace.render("platform"))}
    for pod in objects.pods(renders["production-size"]):
        before = of_pod(small[pod.workload["metadata"]["name"]].spec)
        assert before.fits(of_pod(pod.spec))
        serves = pod.workload["kind"] not in {"Job", "CronJob"} and pod.name != "scheduler"
        if pod.namespace == "image-platform" and serves:
            assert of_pod(pod.spec).cpu_m > before.cpu_m, pod.name


def test_the_gateway_has_the_overlays_host(
    workspace: Workspace, renders: Mapping[str, list[Object]]
) -> None:
    rendered = renders["gateway-api"]
    assert of_kind(rendered, "Ingress") == []
    assert {h for r in of_kind(rendered, "HTTPRoute") for h in r["spec"]["hostnames"]} == {
        "images.example.com"
    }


def test_behind_a_gateway_certificates_are_proved_through_it(
    renders: Mapping[str, list[Object]],
) -> None:
    rendered = renders["gateway-api with certificates"]
    for issuer in of_kind(rendered, "ClusterIssuer"):
        (solver,) = issuer["spec"]["acme"]["solvers"]
        (parent,) = solver["http01"]["gatewayHTTPRoute"]["parentRefs"]
        gateway = named(rendered, "Gateway", parent["name"])["metadata"]
        assert gateway["namespace"] == parent["namespace"]
    proof = named(rendered, "NetworkPolicy", "acme-proof")["spec"]["ingress"][0]["from"]
    assert proof == named(rendered, "NetworkPolicy", "frontend")["spec"]["ingress"][0]["from"]


def test_a_private_registry_reaches_every_service_account(
    workspace: Workspace, renders: Mapping[str, list[Object]]
) -> None:
    accounts = of_kind(renders["registry"], "ServiceAccount")
    own = [a for a in accounts if a["metadata"]["namespace"] == "image-platform"]
    assert all(a["imagePullSecrets"][0]["name"].startswith("registry-") for a in own)


@pytest.mark.parametrize(
    ("service", "port"),
    [("postgresql", "5432"), ("redis-broker", "6379"), ("redis-cache", "6379"), ("minio", "443")],
)
def test_a_managed_service_takes_the_place_of_a_part_for_the_same_callers(
    workspace: Workspace, own_workspace: Workspace, service: str, port: str
) -> None:
    component = "object-store" if service == "minio" else service
    manifests = own_workspace.manifests
    data = manifests / "data" / "kustomization.yaml"
    data.write_text(data.read_text().replace(f"  - {service}\n", ""))
    overlay = manifests / "overlays" / "platform" / "kustomization.yaml"
    managed = f"{WEB}  - ../../components/managed/{component}\n"
    overlay.write_text(overlay.read_text().replace(WEB, managed))
    rendered = objects.objects(own_workspace.build("overlays/platform"))
    assert service not in {i["metadata"]["name"] for i in of_kind(rendered, "StatefulSet")}
    (policy,) = [
        i["spec"]
        for i in of_kind(rendered, "NetworkPolicy")
        if i["metadata"]["name"] == f"managed-{component}"
    ]
    # Of the platform that is left: Prometheus reads the server here, and `bucket` goes with MinIO.
    left = [pod for pod in objects.pods(rendered) if pod.namespace == "image-platform"]
    here = network.edges(workspace.render("platform"))
    callers = {source for source, target, _ in here if target == service}
    let_out = {pod.name for pod in left if objects.selects(policy["podSelector"], pod.labels)}
    assert let_out == callers & {pod.name for pod in left}
    assert policy["egress"][0]["ports"] == [{"port": int(port), "protocol": "TCP"}]


def test_one_line_names_a_store_elsewhere_for_those_who_ask_it_and_for_the_frontend(
    own_workspace: Workspace,
) -> None:
    overlay = own_workspace.manifests / "overlays" / "platform" / "kustomization.yaml"
    text = overlay.read_text()
    line = "object-store=http://minio.image-platform.svc.cluster.local:9000"
    assert line in text
    overlay.write_text(text.replace(line, "object-store=https://s3.eu-central-1.example.net"))
    rendered = objects.objects(own_workspace.build("overlays/platform"))
    maps = {i["metadata"]["name"].rpartition("-")[0]: i["data"]
            for i in of_kind(rendered, "ConfigMap")}  # fmt: skip
    told = {
        name: data["S3_ENDPOINT_URL"] for name, data in maps.items() if "S3_ENDPOINT_URL" in data
    }
    assert {"images", "admin", *WORKERS} <= set(told)
    assert set(told.values()) == {"https://s3.eu-central-1.example.net"}
    assert maps["frontend"]["STORE_SCHEME"] == "https"
    assert maps["frontend"]["STORE_UPSTREAM"] == "s3.eu-central-1.example.net"


@pytest.mark.parametrize("overlay", ["platform", "headless", "dev"])
def test_one_line_each_names_the_pages_that_may_use_api_and_pictures(
    own_workspace: Workspace, overlay: str
) -> None:
    file = own_workspace.manifests / "overlays" / overlay / "kustomization.yaml"
    text = file.read_text()
    pages = {
        "CORS_ORIGINS": "https://a.example.net,https://b.example.net",
        "PICTURE_CORS_ORIGINS": "*",
    }
    for name, value in pages.items():
        line = f"- {name.lower().replace('_', '-')}="
        assert f"{line}\n" in text
        text = text.replace(f"{line}\n", f"{line}{value}\n")
    file.write_text(text)
    rendered = objects.objects(own_workspace.build(f"overlays/{overlay}"))
    told = {
        item["metadata"]["name"].rpartition("-")[0]: {name: item["data"][name] for name in pages}
        for item in of_kind(rendered, "ConfigMap")
        if "CORS_ORIGINS" in item["data"]
    }
    front = set() if overlay == "headless" else {"frontend"}
    assert told == dict.fromkeys({"auth", "gateway", "images"} | front, pages)


def test_scaling_holds_for_each_colour(
    workspace: Workspace, renders: Mapping[str, list[Object]]
) -> None:
    words = {fault.rpartition(":")[2] for fault in scaling.faults(renders["blue-green"])}
    assert words <= {" 2 to 5", " 2 to 10"}, "nothing but that the gate knows no colours"
