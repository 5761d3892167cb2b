"""What Prometheus looks for is there: each name is a Service of the manifests, with that port."""

import re
from functools import cache
from typing import Any, Final

import pytest
import yaml

from deploy.k8s.tools.objects import build, objects, of_kind
from platform_site.rollout.measures import ROLES
from platform_site.rollout.split import COLOURS
from tests.deploy.workspace import POOLS, Workspace, kubectl_is_needed
from tests.observability.expressions import MONITORING, ROOT, asked_by_rules

PARTS: Final = (
    "monitoring",
    "roles/frontend",
    "roles/web",
    "core",
    "components/blue-green",
)
ELSEWHERE: Final = {("cert-manager.cert-manager", 9402)}
"""Installed by its own people, or not at all."""


@pytest.fixture(scope="module")
def overlays(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Whole overlays, with throw-away secrets."""
    kubectl_is_needed()
    return Workspace(tmp_path_factory.mktemp("overlays"))


@cache
def rendered() -> list[dict[str, Any]]:
    kubectl_is_needed()
    return [item for part in PARTS for item in objects(build(ROOT / "deploy" / "k8s" / part))]


def services() -> set[tuple[str, int]]:
    return {
        (f"{item['metadata']['name']}.{item['metadata']['namespace']}", port["port"])
        for item in of_kind(rendered(), "Service")
        for port in item["spec"]["ports"]
    }


def looked_for() -> set[tuple[str, int]]:
    configuration = yaml.safe_load((MONITORING / "prometheus" / "prometheus.yml").read_text())
    jobs = [*configuration["scrape_configs"], *configuration["alerting"]["alertmanagers"]]
    return {
        (name.removesuffix(".svc.cluster.local"), discovery["port"])
        for job in jobs
        for discovery in job.get("dns_sd_configs", [])
        for name in discovery["names"]
    }


def labelled(job: dict[str, Any], name: str) -> dict[str, str]:
    """The labels that a target found by ``name`` gets: Prometheus's ``replace``, fully anchored."""
    labels = {"__meta_dns_name": name, "job": job["job_name"]}
    for rule in job.get("relabel_configs", []):
        assert rule.keys() <= {"source_labels", "regex", "target_label", "replacement"}
        value = ";".join(labels.get(label, "") for label in rule["source_labels"])
        if match := re.fullmatch(rule["regex"], value):
            replacement = rule.get("replacement", "$1").replace("$", "\\")
            labels[rule["target_label"]] = match.expand(replacement)
    del labels["__meta_dns_name"]
    return labels


def called() -> dict[str, dict[str, str]]:
    """The labels of the targets behind each Service that Prometheus looks for."""
    configuration = yaml.safe_load((MONITORING / "prometheus" / "prometheus.yml").read_text())
    return {
        name.partition(".")[0]: labelled(job, name)
        for job in configuration["scrape_configs"]
        for discovery in job.get("dns_sd_configs", [])
        for name in discovery["names"]
    }


def test_a_target_is_called_as_rules_and_panels_call_it() -> None:
    roles = ("auth", "gateway", "images", "admin")
    assert called() == {
        **{f"{role}-metrics": {"job": role} for role in roles},
        **{f"worker-metrics-{pool}": {"job": "worker", "pool": pool} for pool in POOLS},
        **{f"{name}-metrics": {"job": name} for name in ("frontend", "postgresql")},
        **{f"redis-metrics-{name}": {"job": f"redis-{name}"} for name in ("broker", "cache")},
        **{f"{name}-metrics": {"job": name} for name in ("alertmanager", "grafana")},
        **{name: {"job": name} for name in ("minio", "kube-state-metrics", "cert-manager")},
        **{
            f"{role}-metrics-{colour}": {"job": role, "colour": colour}
            for role in ROLES
            for colour in COLOURS
        },
    }


def test_every_name_that_prometheus_looks_for_is_a_service_with_that_port() -> None:
    assert looked_for() - ELSEWHERE <= services()


def test_every_metrics_service_is_looked_for() -> None:
    scraped = {
        f"{item['metadata']['name']}.{item['metadata']['namespace']}"
        for item in of_kind(rendered(), "Service")
        if item["metadata"].get("labels", {}).get("metrics") == "scraped"
    }
    assert scraped <= {name for name, _ in looked_for()}


def test_what_is_kept_fits_on_the_volume() -> None:
    (server,) = [
        item
        for item in of_kind(rendered(), "StatefulSet")
        if item["metadata"]["name"] == "prometheus"
    ]
    arguments = server["spec"]["template"]["spec"]["containers"][0]["args"]
    (claim,) = server["spec"]["volumeClaimTemplates"]
    assert "--storage.tsdb.retention.time=31d" in arguments, "the budget looks back 30 days"
    assert "--storage.tsdb.retention.size=17GB" in arguments
    assert claim["spec"]["resources"]["requests"]["storage"] == "20Gi"


@pytest.mark.parametrize("overlay", ["platform", "headless"])
def test_what_may_never_be_absent_is_in_every_overlay_that_is_watched(
    overlays: Workspace, overlay: str
) -> None:
    """Only ``(absent…(…) and on () …)`` may ask for a part that some platforms do not have."""
    asked = " ".join(one.expr for one in asked_by_rules())
    jobs = set(
        re.findall(r'(?<!\()absent(?:_over_time)?\(up\{job="([\w-]+)"\}(?:\[1m\])?\)', asked)
    )
    assert {"auth", "gateway", "images", "worker"} < jobs
    made = {item["metadata"]["name"] for item in of_kind(overlays.render(overlay), "Service")}
    assert jobs <= {labels["job"] for name, labels in called().items() if name in made}


def test_what_the_cluster_is_told_to_run_is_asked_for_by_its_name(overlays: Workspace) -> None:
    asked = " ".join(one.expr for one in asked_by_rules())
    sets = set(re.findall(r'kube_statefulset_replicas\{[^}]*statefulset="([\w-]+)"', asked))
    (pattern,) = re.findall(r'kube_deployment_spec_replicas\{[^}]*deployment=~"([^"]+)"', asked)
    for overlay, has_frontend in (("platform", True), ("headless", False)):
        made = overlays.render(overlay)
        assert sets <= {item["metadata"]["name"] for item in of_kind(made, "StatefulSet")}
        deployments = [item["metadata"]["name"] for item in of_kind(made, "Deployment")]
        assert any(re.fullmatch(pattern, name) for name in deployments) is has_frontend


def test_a_deployments_alert_is_called_as_its_target_is(overlays: Workspace) -> None:
    """`service` is one word in all alerts of a thing, or no cause silences its symptoms."""
    (rule,) = [one.expr for one in asked_by_rules() if one.where == "ReplicasMissing"]
    (pattern,) = re.findall(r'"\$1\$2", "deployment", "([^"]+)"', rule)
    watched = {labels["job"] for labels in called().values()} | {"scheduler"}
    for item in of_kind(overlays.render("platform"), "Deployment"):
        match = re.fullmatch(pattern, item["metadata"]["name"])
        assert match
        assert (match[1] or match[2]) in watched
