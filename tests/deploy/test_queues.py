"""One owner for the names of the queues: the app. What cannot derive them is compared with it."""

import re
import subprocess
from collections.abc import Sequence
from itertools import chain

from deploy.k8s.tools.objects import Object, named, pods
from images.apps import ImagesConfig
from tests.deploy.gates.references import environment
from tests.deploy.workspace import POOLS, ROOT, WORKERS, Workspace

QUEUES = set(ImagesConfig.queues)
NAMES = re.compile("|".join(rf"\b{name}\b" for name in ("bulk", "maintenance")))
"""The third is an everyday word."""
BROKER = "deploy/k8s/data/redis-broker/disk.yaml"
SCALERS = "deploy/k8s/components/keda/scalers.yaml"
WORKER = "deploy/k8s/roles/worker/kustomization.yaml"
TARGETS = "deploy/k8s/monitoring/prometheus/prometheus.yml"
ONE_QUEUE = {
    # What is said of one queue, or of an alert's example.
    *(f"deploy/k8s/roles/worker/{name}/kustomization.yaml" for name in QUEUES),
    "deploy/k8s/monitoring/prometheus/rules/work.yml",
    "docs/runbooks/work.md",
    "drills/k8s/everything-restarted.sh",  # the pools of workers, one by one
}
ELSEWHERE = ("tests/", "frontend/", "docs/pictures/", "docs/adr/", "CHANGELOG.md", "bench/")


def queues_read(rendered: Sequence[Object]) -> dict[str, list[str]]:
    """The queues that each pool of workers reads."""
    maps = dict(named(rendered, "ConfigMap"))
    found = {}
    for pod in pods(rendered):
        if pod.name == "worker":
            variables = environment(pod.spec["containers"][0], pod.namespace, maps)
            found[pod.workload["metadata"]["name"]] = variables["QUEUE"].split(",")
    return found


def test_every_queue_has_one_pool_of_workers_that_reads_it(workspace: Workspace) -> None:
    read = queues_read(workspace.render("platform"))
    assert sorted(chain(*read.values())) == sorted(QUEUES)
    assert {name: queues[0] for name, queues in read.items()} == dict(
        zip(WORKERS, POOLS, strict=True)
    ), "a pool has the name of its first queue"


def test_the_length_of_every_queue_is_measured() -> None:
    (keys,) = re.findall(r'CHECK_SINGLE_KEYS, value: "(.*)"', (ROOT / BROKER).read_text())
    assert keys.split(",") == [f"db0={name}" for name in ImagesConfig.queues]


def test_prometheus_looks_for_every_pool() -> None:
    found = re.findall(r"worker-metrics-(\w+)\.image-platform", (ROOT / TARGETS).read_text())
    assert found == list(POOLS)


def test_rules_and_panels_ask_for_queues_and_tasks_that_there_are() -> None:
    """One of an old name would find nothing, and so say that all is well."""
    asked = "".join(
        file.read_text()
        for place in ("deploy/k8s/monitoring/prometheus/rules", "deploy/grafana/source")
        for file in (ROOT / place).iterdir()
        if file.suffix in {".yml", ".py"}
    )
    queues = set(re.findall(r'queue!?="([\w-]+)"', asked))
    assert queues
    assert queues <= QUEUES
    tasks = set(re.findall(r"images\.\w+", " ".join(re.findall(r'task=~?"([^"]+)"', asked))))
    assert tasks <= set(ImagesConfig.accepted_messages)


def test_nobody_else_names_a_queue() -> None:
    """So that a queue more is the app's line, a worker's kustomization and the files above."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    naming = {
        path
        for path in listed.stdout.split()
        if path.endswith((".py", ".yaml", ".yml", ".env", ".sh", ".mk", ".conf"))
        and not path.startswith(ELSEWHERE)
        and NAMES.search((ROOT / path).read_text())
    }
    assert naming - {BROKER, SCALERS, TARGETS, WORKER} - ONE_QUEUE == {"images/apps.py"}
