"""What pods ask for and use, from a render and from what a cluster says."""

from deploy.k8s.tools import requests
from deploy.k8s.tools.objects import of_kind
from deploy.k8s.tools.quantities import Request
from tests.deploy.workspace import Workspace, named


def test_a_measurement_of_a_cluster_is_understood(workspace: Workspace) -> None:
    top = """NAMESPACE        POD                          NAME    CPU(cores)   MEMORY(bytes)
image-platform   auth-6d4b75cb6d-abcde        app     12m          190Mi
image-platform   auth-6d4b75cb6d-fghij        app     5m           203Mi
image-platform   worker-bulk-5f7c9b8d4-xyz12  app     1            1Gi
image-platform   redis-cache-0                redis   3m           9Mi
monitoring       kube-state-metrics-5f7c9b8d4-zzzzz kube-state-metrics 2m 30Mi
kube-system      coredns-1-2                  coredns 3m           20Mi
"""
    found = requests.of_top(top, "2026-11-27", workspace.render("platform"))["containers"]
    assert found == {
        "auth/app": {"rest": {"cpu_m": 12, "memory_mib": 203}},
        "worker/app": {"rest": {"cpu_m": 1000, "memory_mib": 1024}},
        "redis-cache/redis": {"rest": {"cpu_m": 3, "memory_mib": 9}},
        "kube-state-metrics/kube-state-metrics": {"rest": {"cpu_m": 2, "memory_mib": 30}},
    }


def test_a_pod_more_holds_more_and_the_table_says_so(workspace: Workspace) -> None:
    rendered = workspace.render("platform")
    before, _ = requests.held(rendered)
    (scaler,) = [
        item
        for item in of_kind(rendered, "HorizontalPodAutoscaler")
        if item["metadata"]["name"] == "gateway"
    ]
    scaler["spec"]["minReplicas"] += 1
    assert requests.held(rendered)[0] - before == Request(50, 224)
    text = requests.table(rendered, {"measured": "today", "by": "nobody", "containers": {}})
    assert "| gateway | app | 3 | 50m, 224Mi |  |  |" in text


def test_a_release_does_not_change_the_table(workspace: Workspace) -> None:
    rendered = workspace.render("platform")
    document = {"measured": "today", "by": "nobody", "containers": {}}
    before = requests.table(rendered, document)
    named(rendered, "Job", "migrate-0-1-0")["metadata"]["name"] = "migrate-9-9-9"
    assert requests.table(rendered, document) == before
