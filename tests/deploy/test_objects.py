"""Selectors take the labels that a cluster would take."""

from collections.abc import Mapping
from typing import Any

import pytest

from deploy.k8s.tools.objects import Pod, objects, selects, title

LABELS = {"name": "worker", "component": "bulk"}


@pytest.mark.parametrize(
    ("selector", "takes"),
    [
        ({}, True),
        (None, False),
        ({"matchLabels": {"name": "worker"}}, True),
        ({"matchLabels": {"name": "gateway"}}, False),
        ({"matchExpressions": [{"key": "name", "operator": "In", "values": ["worker"]}]}, True),
        ({"matchExpressions": [{"key": "name", "operator": "NotIn", "values": ["worker"]}]}, False),
        ({"matchExpressions": [{"key": "component", "operator": "Exists"}]}, True),
        ({"matchExpressions": [{"key": "colour", "operator": "DoesNotExist"}]}, True),
        ({"matchLabels": {"name": "worker"},
          "matchExpressions": [{"key": "colour", "operator": "Exists"}]}, False),
    ],
)  # fmt: skip
def test_a_selector_takes(selector: Mapping[str, Any] | None, takes: bool) -> None:  # noqa: FBT001
    assert selects(selector, LABELS) is takes


def test_an_operator_that_nobody_knows_is_no_match_by_accident() -> None:
    with pytest.raises(ValueError, match="no such operator: Like"):
        selects({"matchExpressions": [{"key": "name", "operator": "Like"}]}, LABELS)


def test_a_job_that_is_due_regularly_has_its_pod_one_level_deeper() -> None:
    (job,) = objects("""
kind: CronJob
metadata: {name: housekeeping, namespace: image-platform}
spec:
  jobTemplate:
    spec:
      template:
        metadata: {labels: {app.kubernetes.io/name: housekeeping}}
        spec:
          initContainers: [{name: first}]
          containers: [{name: app, ports: [{name: http, containerPort: 80}]}]
---
""")
    pod = Pod(job)
    assert title(job) == "CronJob image-platform/housekeeping"
    assert (pod.name, pod.namespace, pod.ports) == ("housekeeping", "image-platform", {"http": 80})
    assert [container["name"] for container in pod.containers] == ["first", "app"]
