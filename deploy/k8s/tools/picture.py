"""Draws the objects of an overlay and the connections that it allows: ``make k8s-picture``.

Writes a Mermaid diagram between the markers of ``docs/deploy.md``, from a render and nothing else.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from deploy.k8s.tools import network
from deploy.k8s.tools.objects import Object, Pod, build, objects, of_kind, pods

DOCUMENT: Final = Path("docs/deploy.md")
BEGIN: Final = "<!-- picture: made by `make k8s-picture` from the render -->\n"
END: Final = "<!-- end of the picture -->\n"
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


def replaced(document: str, drawing: str) -> str:
    """``document`` with ``drawing`` between its markers. Raises ``ValueError`` without them."""
    before, begin, rest = document.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the document has no markers for the picture")
    return f"{before}{begin}\n{drawing}\n{end}{after}"


def main() -> int:
    """Draw the overlay ``platform``, whose secrets must be there (or throw-away ones)."""
    directory = Path(sys.argv[1] if len(sys.argv) > 1 else "deploy/k8s")
    drawing = picture(objects(build(directory / "overlays" / "platform")))
    DOCUMENT.write_text(replaced(DOCUMENT.read_text(encoding="utf-8"), drawing), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
