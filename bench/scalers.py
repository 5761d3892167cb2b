"""The rules by which pods come and go, read from the manifests, so that the pages follow them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

K8S: Final = Path(__file__).resolve().parent.parent / "deploy" / "k8s"
SYNC_S: Final = 15.0
"""How often Kubernetes' autoscaler looks, by default; KEDA's triggers are asked by it."""
TOLERANCE: Final = 0.1
"""How far off the target the autoscaler does nothing, by default."""
STABILIZATION_S: Final = 300.0
"""How long it remembers the highest wish before it takes pods away, by default."""
PODS_AT_ONCE: Final = 4
"""What it may add each 15 s beside doubling, by default (KEDA's scalers set nothing else)."""


@dataclass(frozen=True)
class ScalingRule:
    """One autoscaler: its bounds, and how many pods a measured ``load`` asks for.

    ``per_pod`` is in the unit of the load: messages in the queue, or cores of processor time.
    """

    least: int
    most: int
    per_pod: float
    at_once: int = PODS_AT_ONCE
    down_each_s: float = 0.0
    """Seconds between two pods that go; 0 for all at once."""
    stabilization_s: float = STABILIZATION_S

    def wished(self, load: float, pods: int) -> int:
        """How many pods there should be for ``load`` in all, within the bounds."""
        if pods and abs(load / (pods * self.per_pod) - 1) <= TOLERANCE:
            return pods
        return min(self.most, max(self.least, math.ceil(load / self.per_pod)))

    def upward(self, pods: int, wished: int) -> int:
        """How many there may be after one look: twice as many, or a few more."""
        return min(wished, max(2 * pods, pods + self.at_once))


def queue_rule(worker: str = "worker-bulk") -> ScalingRule:
    """KEDA's, by the messages that wait in the list of a queue."""
    found = next(
        one["spec"]
        for one in _documents(K8S / "components" / "keda" / "scalers.yaml")
        if one["kind"] == "ScaledObject" and one["metadata"]["name"] == worker
    )
    return ScalingRule(
        least=found["minReplicaCount"],
        most=found["maxReplicaCount"],
        per_pod=float(found["triggers"][0]["metadata"]["listLength"]),
    )


def web_rule() -> ScalingRule:
    """That of a web role, by processor time."""
    found = next(
        one["spec"]
        for one in _documents(K8S / "parts" / "autoscaling" / "scaling.yaml")
        if one["kind"] == "HorizontalPodAutoscaler"
    )
    target = found["metrics"][0]["resource"]["target"]["averageValue"]
    down = found["behavior"]["scaleDown"]
    return ScalingRule(
        least=found["minReplicas"],
        most=found["maxReplicas"],
        per_pod=cores(target),
        at_once=0,
        down_each_s=float(down["policies"][0]["periodSeconds"]),
        stabilization_s=float(down["stabilizationWindowSeconds"]),
    )


def worker_processes() -> int:
    """Jobs that one worker pod does at a time."""
    (found,) = _documents(K8S / "roles" / "worker" / "common" / "celery.yaml")
    arguments = found["spec"]["template"]["spec"]["containers"][0]["args"]
    option = next(one for one in arguments if one.startswith("--concurrency="))
    return int(option.partition("=")[2])


def web_cores() -> float:
    """The cores that one pod of a web role may use."""
    (found,) = _documents(K8S / "base" / "role.yaml", kind="Deployment")
    container = found["spec"]["template"]["spec"]["containers"][0]
    return cores(container["resources"]["limits"]["cpu"])


def most_connections() -> int:
    """What the PostgreSQL of the manifests accepts."""
    text = (K8S / "data" / "postgresql" / "server.yaml").read_text()
    return int(text.partition("max_connections=")[2].split()[0])


def cores(quantity: str | int) -> float:
    """Kubernetes' quantity of CPU: ``175m`` is 0.175."""
    text = str(quantity)
    return float(text.removesuffix("m")) / 1000 if text.endswith("m") else float(text)


def _documents(path: Path, *, kind: str = "") -> Iterator[dict[str, Any]]:
    for one in yaml.safe_load_all(path.read_text()):
        if one and (not kind or one["kind"] == kind):
            yield one
