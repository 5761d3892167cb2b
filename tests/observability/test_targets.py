"""What Prometheus looks for is there: each name is a Service of the manifests, with that port."""

import shutil
from functools import cache
from typing import Any, Final

import pytest
import yaml

from deploy.k8s.tools.objects import build, objects, of_kind
from tests.observability.expressions import MONITORING, ROOT

PARTS: Final = (
    "data",
    "monitoring",
    *(f"overlays/{role}" for role in ("auth", "gateway", "images", "admin", "worker", "frontend")),
)
ELSEWHERE: Final = {("cert-manager.cert-manager", 9402)}
"""Installed by its own people, or not at all."""


@cache
def rendered() -> list[dict[str, Any]]:
    if shutil.which("kubectl") is None:
        pytest.skip("not installed: kubectl")
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
