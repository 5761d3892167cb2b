"""Rendered Kubernetes objects, and the questions that checks and pictures ask of them."""

import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

Object = dict[str, Any]
WORKLOADS: Final = ("Deployment", "StatefulSet", "Job", "CronJob", "DaemonSet")


class BuildFailed(Exception):
    """Kustomize refused to build the overlay; the text is its own word."""


def build(directory: Path) -> str:
    """What ``kubectl kustomize`` makes of ``directory``. Raises `BuildFailed`."""
    done = subprocess.run(
        ["kubectl", "kustomize", str(directory)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BuildFailed(done.stderr.strip())
    return done.stdout


def objects(rendered: str) -> list[Object]:
    """The objects of a rendered stream."""
    # libyaml's safe loader: the pure one takes seconds for a render.
    return [document for document in yaml.load_all(rendered, Loader=yaml.CSafeLoader) if document]


def of_kind(rendered: Iterable[Object], *kinds: str) -> list[Object]:
    """Those of the given kinds."""
    return [item for item in rendered if item["kind"] in kinds]


def title(item: Object) -> str:
    """``Kind namespace/name``, as a person would call it."""
    metadata = item["metadata"]
    return f"{item['kind']} {metadata.get('namespace', '-')}/{metadata['name']}"


@dataclass(frozen=True)
class Pod:
    """The pods of one workload."""

    workload: Object

    @property
    def namespace(self) -> str:
        """Where they run."""
        return str(self.workload["metadata"].get("namespace", "default"))

    @property
    def template(self) -> Object:
        """The pod template, whatever the workload's kind."""
        spec = self.workload["spec"]
        if self.workload["kind"] == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        template: Object = spec["template"]
        return template

    @property
    def labels(self) -> dict[str, str]:
        """The labels that selectors see."""
        return dict(self.template["metadata"].get("labels", {}))

    @property
    def name(self) -> str:
        """Whose pods they are: the label that policies use."""
        return str(self.labels.get("app.kubernetes.io/name", self.workload["metadata"]["name"]))

    @property
    def spec(self) -> Object:
        """The pod's specification."""
        spec: Object = self.template["spec"]
        return spec

    @property
    def containers(self) -> list[Object]:
        """Every container, the ones that run first included."""
        return [*self.spec.get("initContainers", []), *self.spec["containers"]]

    @property
    def ports(self) -> dict[str, int]:
        """The declared ports by name."""
        return {
            port["name"]: port["containerPort"]
            for container in self.spec["containers"]
            for port in container.get("ports", [])
        }


def pods(rendered: Iterable[Object]) -> list[Pod]:
    """The pods of every workload."""
    return [Pod(item) for item in of_kind(rendered, *WORKLOADS)]


def selects(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    """Whether a label selector takes these labels. An empty selector takes all, ``None`` none."""
    if selector is None:
        return False
    wanted = selector.get("matchLabels", {})
    return wanted.items() <= labels.items() and all(
        _holds(rule, labels) for rule in selector.get("matchExpressions", [])
    )


def _holds(rule: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    value = labels.get(rule["key"])
    match rule["operator"]:
        case "In":
            return value in rule["values"]
        case "NotIn":
            return value not in rule["values"]
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    raise ValueError(f"no such operator: {rule['operator']}")


def named(rendered: Iterable[Object], kind: str) -> Iterator[tuple[tuple[str, str], Object]]:
    """Objects of ``kind`` by (namespace, name)."""
    for item in of_kind(rendered, kind):
        metadata = item["metadata"]
        yield (metadata.get("namespace", "default"), metadata["name"]), item
