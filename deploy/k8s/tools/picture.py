"""The objects of an overlay and the connections that it allows, as a Mermaid diagram."""

from collections.abc import Sequence
from typing import Final

from deploy.k8s.tools import network
from deploy.k8s.tools.objects import Object, Pod, of_kind, pods

# An arrow from everybody to DNS and from Prometheus to everybody would hide the others.
LEFT_OUT: Final = ("DNS", "prometheus")


def picture(rendered: Sequence[Object]) -> str:
    """The diagram as a fenced Mermaid block."""
    scalers = {
        item["spec"]["scaleTargetRef"]["name"]: item["spec"]
        for item in of_kind(rendered, "HorizontalPodAutoscaler")
    }
    lines = ["```mermaid", "flowchart LR"]
    for namespace in of_kind(rendered, "Namespace"):
        name = namespace["metadata"]["name"]
        inside = [pod for pod in pods(rendered) if pod.namespace == name]
        if inside:
            lines.append(f'  subgraph {name.replace("-", "_")}["{name}"]')
            lines += [_node(group, scalers) for group in _groups(inside)]
            lines.append("  end")
    lines += _arrows(rendered)
    return "\n".join([*lines, "```", ""])


def _groups(inside: Sequence[Pod]) -> list[list[Pod]]:
    names = dict.fromkeys(pod.name for pod in inside)
    return [[pod for pod in inside if pod.name == name] for name in names]


def _node(group: Sequence[Pod], scalers: dict[str, Object]) -> str:
    words = [f"<b>{group[0].name}</b>"]
    for pod in group:
        workload = pod.workload
        scaler = scalers.get(workload["metadata"]["name"])
        count = (
            f"{scaler['minReplicas']} to {scaler['maxReplicas']}"
            if scaler
            else f"{workload['spec'].get('replicas', 1)}"
        )
        queue = workload["metadata"]["name"].removeprefix(pod.name).strip("-")
        suffix = f" {queue}" if queue and workload["kind"] == "Deployment" else ""
        words.append(f"{workload['kind']}{suffix}: {count}")
        claims = workload["spec"].get("volumeClaimTemplates", [])
        words += [claim["spec"]["resources"]["requests"]["storage"] for claim in claims]
    shape = ("[(", ")]") if group[0].workload["kind"] == "StatefulSet" else ("[", "]")
    return f'    {_id(group[0].name)}{shape[0]}"{"<br/>".join(words)}"{shape[1]}'


def _arrows(rendered: Sequence[Object]) -> list[str]:
    shown = sorted(
        edge for edge in network.edges(rendered) if not {edge[0], edge[1]} & set(LEFT_OUT)
    )
    return [f"  {_id(a)} -->|{port.split('/')[0]}| {_id(b)}" for a, b, port in shown]


def _id(name: str) -> str:
    return name.replace("-", "_").replace(" ", "_")
