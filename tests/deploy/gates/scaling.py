"""Gate 7: how far each workload scales, and how gently it changes."""

from collections.abc import Sequence
from typing import Final

from deploy.k8s.tools.objects import Object, of_kind, pods, title
from tests.deploy.workspace import WORKERS

RANGES: Final = {
    "auth": (2, 5),
    "gateway": (2, 5),
    "images": (2, 5),
    **dict.fromkeys(WORKERS, (2, 5)),
    "frontend": (2, 10),
}
# CPU of a pod with components/production-size, in millicores; a test compares it with the render.
PRODUCTION_M: Final = {"auth": 250, "gateway": 250, "images": 250, "worker": 500, "frontend": 110}


def faults(rendered: Sequence[Object]) -> list[str]:
    """Every departure from the promised scaling, in words."""
    scalers = {i["metadata"]["name"]: i for i in of_kind(rendered, "HorizontalPodAutoscaler")}
    deployments = {i["metadata"]["name"]: i for i in of_kind(rendered, "Deployment")}
    expected = {name: RANGES[name] for name in RANGES if name in deployments}
    found = [f"no autoscaler for {name}" for name in expected.keys() - scalers.keys()]
    for name, scaler in scalers.items():
        found += _scaler_faults(scaler, expected.get(name), _aims(name))
    budgets = {i["metadata"]["name"]: i for i in of_kind(rendered, "PodDisruptionBudget")}
    found += [f"no disruption budget for {name}" for name in scalers.keys() - budgets.keys()]
    for budget in budgets.values():
        if budget["spec"].get("minAvailable") != 1:
            found.append(f"{title(budget)} does not keep one")
        if budget["spec"].get("unhealthyPodEvictionPolicy") != "AlwaysAllow":
            found.append(f"{title(budget)} lets a sick pod hold a node")
    for name in scalers:
        found += _roll_out_faults(deployments[name])
    found += _request_faults(rendered)
    return found


def _aims(name: str) -> list[Object]:
    """70 % of what the production size asks for: a percentage there, a number elsewhere."""
    number = f"{PRODUCTION_M.get(name.partition('-')[0], 0) * 70 // 100}m"
    return [
        {"type": "Utilization", "averageUtilization": 70},
        {"type": "AverageValue", "averageValue": number},
    ]


def _scaler_faults(
    scaler: Object, expected: tuple[int, int] | None, aims: Sequence[Object]
) -> list[str]:
    spec, found = scaler["spec"], []
    if (spec["minReplicas"], spec["maxReplicas"]) != expected:
        found.append(f"{title(scaler)}: {spec['minReplicas']} to {spec['maxReplicas']}")
    (metric,) = spec["metrics"]
    if metric.get("resource") not in ({"name": "cpu", "target": aim} for aim in aims):
        found.append(f"{title(scaler)} does not aim at 70 % of CPU")
    down = spec.get("behavior", {}).get("scaleDown", {})
    if down.get("stabilizationWindowSeconds", 0) < 300 or not down.get("policies"):
        found.append(f"{title(scaler)} shrinks at once")
    return found


def _roll_out_faults(deployment: Object) -> list[str]:
    found = []
    strategy = deployment["spec"].get("strategy", {}).get("rollingUpdate", {})
    if strategy.get("maxUnavailable") != 0:
        found.append(f"{title(deployment)} gives pods up before it has new ones")
    spread = deployment["spec"]["template"]["spec"].get("topologySpreadConstraints", [])
    labels = deployment["spec"]["selector"]["matchLabels"]
    keys = {entry["topologyKey"] for entry in spread}
    if keys != {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}:
        found.append(f"{title(deployment)} is not spread over nodes and zones")
    if any(entry["labelSelector"]["matchLabels"] != labels for entry in spread):
        found.append(f"{title(deployment)} spreads somebody else's pods")
    return found


def _request_faults(rendered: Sequence[Object]) -> list[str]:
    return [
        f"{title(pod.workload)}, {container['name']}: no CPU request, so no utilisation"
        for pod in pods(rendered)
        for container in pod.spec["containers"]
        if "cpu" not in container.get("resources", {}).get("requests", {})
    ]
