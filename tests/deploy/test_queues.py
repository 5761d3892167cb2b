"""One owner for the names of the queues: the app. What cannot derive them is compared with it."""

import re
import subprocess

import pytest

from deploy.k8s.tools.objects import Object, of_kind
from images.apps import ImagesConfig
from tests.deploy.workspace import ROOT, Workspace

QUEUES = set(ImagesConfig.queues)
NAMES = re.compile("|".join(rf"\b{name}\b" for name in ("bulk", "maintenance")))
"""The third is an everyday word."""
READERS = {
    # A file that repeats the names, and what in it is a name.
    "deploy/k8s/roles/worker/kustomization.yaml": r"resources: \[(.*)\]",
    "deploy/k8s/components/keda/scalers.yaml": r"listName: (\w+)",
    "deploy/k8s/data/redis-broker/disk.yaml": r'CHECK_SINGLE_KEYS, value: "(.*)"',
    "deploy/k8s/monitoring/prometheus/prometheus.yml": r"worker-metrics-(\w+)\.image-platform",
}
ONE_QUEUE = {
    # What is said of one queue, or of an alert's example.
    *(f"deploy/k8s/roles/worker/{name}/kustomization.yaml" for name in QUEUES),
    "deploy/k8s/monitoring/prometheus/rules/work.yml",
    "docs/runbooks/work.md",
}
ELSEWHERE = ("tests/", "frontend/", "docs/pictures/", "docs/adr/", "CHANGELOG.md", "bench/")


@pytest.mark.parametrize("path", READERS)
def test_a_file_that_repeats_the_names_has_them_all_and_no_other(path: str) -> None:
    found = re.findall(READERS[path], (ROOT / path).read_text())
    words = {
        word.strip('"').removeprefix("db0=") for one in found for word in re.split(r"[,|]\s*", one)
    }
    assert words == QUEUES


def test_every_queue_has_a_worker_that_reads_it(workspace: Workspace) -> None:
    rendered: list[Object] = workspace.render("platform")
    read = [
        item["data"]["QUEUE"] for item in of_kind(rendered, "ConfigMap") if "QUEUE" in item["data"]
    ]
    assert sorted(read) == sorted(QUEUES)


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
    """So that a queue more is the app's line, a worker's overlay and the files above."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    named = {
        path
        for path in listed.stdout.split()
        if path.endswith((".py", ".yaml", ".yml", ".env", ".sh", ".mk", ".conf"))
        and not path.startswith(ELSEWHERE)
        and NAMES.search((ROOT / path).read_text())
    }
    assert named - set(READERS) - ONE_QUEUE == {"images/apps.py"}
