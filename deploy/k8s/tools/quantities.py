"""What a pod asks a node for, in millicores and MiB, as the scheduler adds it up."""

import re
from dataclasses import dataclass
from typing import Final

from deploy.k8s.tools.objects import Object

QUANTITY: Final = re.compile(r"(\d+(?:\.\d+)?)(m|[KMGT]i?|)")
SCALE: Final = {
    "": 1.0, "m": 1e-3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12,
    "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40,
}  # fmt: skip


@dataclass(frozen=True)
class Request:
    """CPU in millicores and memory in MiB."""

    cpu_m: int = 0
    memory_mib: int = 0

    def __add__(self, other: "Request") -> "Request":
        return Request(self.cpu_m + other.cpu_m, self.memory_mib + other.memory_mib)

    def __sub__(self, other: "Request") -> "Request":
        return Request(self.cpu_m - other.cpu_m, self.memory_mib - other.memory_mib)

    def __mul__(self, times: int) -> "Request":
        return Request(self.cpu_m * times, self.memory_mib * times)

    def __or__(self, other: "Request") -> "Request":
        """The larger of each."""
        return Request(max(self.cpu_m, other.cpu_m), max(self.memory_mib, other.memory_mib))

    def fits(self, free: "Request") -> bool:
        """Whether ``free`` is enough for it."""
        return self.cpu_m <= free.cpu_m and self.memory_mib <= free.memory_mib


def number(quantity: str) -> float:
    """A Kubernetes quantity as a number: ``250m`` is 0.25. Raises ``ValueError``."""
    found = QUANTITY.fullmatch(str(quantity))
    if found is None:
        raise ValueError(f"no quantity: {quantity}")
    return float(found[1]) * SCALE[found[2]]


def of_container(container: Object, kind: str = "requests") -> Request:
    """What one container asks for (or, with ``limits``, may take at most)."""
    asked = container.get("resources", {}).get(kind, {})
    cpu, memory = number(asked.get("cpu", "0")), number(asked.get("memory", "0"))
    return Request(round(1000 * cpu), round(memory / 2**20))


def of_pod(spec: Object) -> Request:
    """What the pod holds of its node from its start to its end.

    Containers run together, so theirs are added; those that run before do so one by one beside
    the sidecars started until then, so the largest step counts. The larger of the two is held all
    the time: a pod that only waits holds what it will need when it runs.
    """
    together = sum((of_container(each) for each in spec["containers"]), Request())
    before, sidecars = Request(), Request()
    # In the order of the manifest: a step runs beside the sidecars above it and not those below.
    for each in spec.get("initContainers", []):
        if each.get("restartPolicy") == "Always":
            sidecars += of_container(each)
            before |= sidecars
        else:
            before |= sidecars + of_container(each)
    return before | (together + sidecars)
