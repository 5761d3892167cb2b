"""What containers ask for and what they use, as a table.

What is asked for comes from the render, what is used from ``used.json``: the measurement of
``make k8s-measure``, or of a cluster, as ``kubectl top pods --all-namespaces --containers`` prints
it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from deploy.k8s.tools.objects import Object, Pod, of_kind, pods
from deploy.k8s.tools.quantities import Request, number, of_container, of_pod

USED: Final = Path("deploy/k8s/tools/used.json")
# Everything of a cluster's own on a node: kube-system's pods and what is kept for the kubelet.
RESERVED: Final = Request(850, 768)
# What a ReplicaSet and a StatefulSet put after the name of the workload.
SUFFIX: Final = re.compile(r"-[a-z0-9]{5,10}-[a-z0-9]{5}$|-\d+$")
ONCE: Final = ("Job", "CronJob")
Used = Mapping[str, Mapping[str, Mapping[str, int]]]


def replicas(pod: Pod, rendered: Sequence[Object]) -> int:
    """How many pods there are at rest: the autoscaler's least, or what the workload says."""
    name = pod.workload["metadata"]["name"]
    for scaler in of_kind(rendered, "HorizontalPodAutoscaler"):
        if scaler["spec"]["scaleTargetRef"]["name"] == name:
            return int(scaler["spec"]["minReplicas"])
    return int(pod.workload["spec"].get("replicas", 1))


def surge(pod: Pod) -> int:
    """How many pods more a roll-out has for a while."""
    strategy = pod.workload["spec"].get("strategy", {})
    if pod.workload["kind"] != "Deployment" or strategy.get("type") == "Recreate":
        return 0
    return int(strategy.get("rollingUpdate", {}).get("maxSurge", 1))


def held(rendered: Sequence[Object]) -> tuple[Request, Request]:
    """What all pods hold at rest, and what a roll-out of everything adds.

    With every Job, and one CronJob: the largest of those that run by themselves, each at its hour.
    """
    steady, more, hourly = Request(), Request(), Request()
    for pod in pods(rendered):
        if pod.workload["kind"] == "CronJob":
            if not pod.workload["spec"].get("suspend"):
                asked = of_pod(pod.spec)
                most = (max(hourly.cpu_m, asked.cpu_m), max(hourly.memory_mib, asked.memory_mib))
                hourly = Request(*most)
        elif pod.workload["kind"] == "Job":
            more += of_pod(pod.spec)
        else:
            steady += of_pod(pod.spec) * replicas(pod, rendered)
            more += of_pod(pod.spec) * surge(pod)
    return steady, more + hourly


def table(rendered: Sequence[Object], document: Mapping[str, Any]) -> str:
    """The Markdown of it."""
    used: Used = document["containers"]
    lines = [
        "| Workload | Container | Pods | Asks for | Uses at rest | Uses under load |",
        "|----------|-----------|------|----------|--------------|-----------------|",
    ]
    for pod in pods(rendered):
        count = replicas(pod, rendered) if pod.workload["kind"] not in ONCE else 1
        for container in pod.spec["containers"]:
            found = used.get(f"{pod.name}/{container['name']}", {})
            cells = [
                # A Job is called after the release; the table is the same for every release.
                pod.name if pod.workload["kind"] in ONCE else pod.workload["metadata"]["name"],
                container["name"],
                str(count),
                _amount(of_container(container)),
                *(_amount(_of(found, when)) for when in ("rest", "load")),
            ]
            lines.append(f"| {' | '.join(cells)} |")
    steady, more = held(rendered)
    words = (
        f"At rest all pods of `platform` hold {_amount(steady)}; a roll-out of everything at once "
        f"adds {_amount(more)}. Used: measured on {document['measured']} by {document['by']}; "
        "an empty cell was not measured."
    )
    return "\n".join([*lines, "", words, ""])


def _of(found: Mapping[str, Mapping[str, int]], when: str) -> Request | None:
    usage = found.get(when)
    return Request(usage["cpu_m"], usage["memory_mib"]) if usage else None


def _amount(request: Request | None) -> str:
    return f"{request.cpu_m}m, {request.memory_mib}Mi" if request else ""


def of_top(top: str, day: str, rendered: Sequence[Object]) -> dict[str, Any]:
    """A measurement from the words of ``kubectl top``: of several pods the one that uses most."""
    names = {pod.workload["metadata"]["name"]: pod.name for pod in pods(rendered)}
    found: dict[str, dict[str, dict[str, int]]] = {}
    for pod, container, cpu, memory in _of_the_platform(top):
        usage = {
            "cpu_m": round(1000 * number(cpu)),
            "memory_mib": round(number(memory) / 2**20),
        }
        workload = SUFFIX.sub("", pod)
        key = f"{names.get(workload, workload)}/{container}"
        rest = found.setdefault(key, {}).setdefault("rest", usage)
        rest.update({name: max(value, rest[name]) for name, value in usage.items()})
    return {"measured": day, "by": "`kubectl top`", "containers": found}


def _of_the_platform(top: str) -> Iterable[list[str]]:
    for line in top.splitlines():
        cells = line.split()
        if len(cells) == 5 and cells[0] in {"image-platform", "monitoring"}:  # noqa: PLR2004
            yield cells[1:]
