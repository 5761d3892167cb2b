"""Gate 6: every pod keeps to Pod Security "restricted", and to what we ask beyond it."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from deploy.k8s.tools.objects import Object, Pod, of_kind, pods, title

ALLOWED_VOLUMES: Final = {
    "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim",
    "projected", "secret",
}  # fmt: skip
# PostgreSQL's exact versions have two parts; MinIO's are dates.
EXACT_VERSION: Final = re.compile(
    r"(:v?\d+\.\d+\.\d+|(?<=postgres):\d+\.\d+|:RELEASE\.\d{4}-)[^:@]*(@sha256:[0-9a-f]{64})?$"
)
TOKEN_NEEDED: Final = frozenset({"prometheus"})


def faults(rendered: Sequence[Object]) -> list[str]:
    """What a cluster that enforces "restricted" would refuse, and what we refuse beyond."""
    found = [fault for pod in pods(rendered) for fault in _pod_faults(pod)]
    for namespace in of_kind(rendered, "Namespace"):
        level = namespace["metadata"]["labels"].get("pod-security.kubernetes.io/enforce")
        if level != "restricted":
            found.append(f"{title(namespace)} enforces {level}")
    return found


def _pod_faults(pod: Pod) -> Iterator[str]:
    where, spec = title(pod.workload), pod.spec
    context = spec.get("securityContext", {})
    yield from (
        f"{where}: {field}" for field in ("hostNetwork", "hostPID", "hostIPC") if spec.get(field)
    )
    if context.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield f"{where}: no seccomp profile"
    if context.get("runAsNonRoot") is not True or not context.get("runAsUser"):
        yield f"{where}: may run as root"
    if spec.get("enableServiceLinks") is not False:
        yield f"{where}: service links are on"
    if spec.get("automountServiceAccountToken") is not False and pod.name not in TOKEN_NEEDED:
        yield f"{where}: mounts a token that it does not use"
    for volume in spec.get("volumes", []):
        if not set(volume) & ALLOWED_VOLUMES:
            yield f"{where}: volume {volume['name']} is of a forbidden kind"
        yield from _volume_faults(where, volume)
    yield from _disk_faults(where, spec)
    for container in pod.containers:
        found = [*_right_faults(container), *_resource_faults(container), *_word_faults(container)]
        yield from (f"{where}, {container['name']}: {fault}" for fault in found)


def _volume_faults(where: str, volume: Object) -> Iterator[str]:
    if "emptyDir" in volume and "sizeLimit" not in (volume["emptyDir"] or {}):
        yield f"{where}: {volume['name']} may fill the node's disk"
    for kind in ("secret", "projected"):
        if kind in volume and volume[kind].get("defaultMode") != 0o440:
            yield f"{where}: {volume['name']} is readable by others"


def _disk_faults(where: str, spec: Object) -> Iterator[str]:
    """The kubelet evicts a pod whose directories and logs are more than its containers' limits."""
    directories = [volume.get("emptyDir") or {} for volume in spec.get("volumes", [])]
    on_disk = sum(
        _bytes(d.get("sizeLimit", "0")) for d in directories if d.get("medium") != "Memory"
    )
    limits = [c.get("resources", {}).get("limits", {}) for c in spec["containers"]]
    allowed = sum(_bytes(limit.get("ephemeral-storage", "0")) for limit in limits)
    if all("ephemeral-storage" in limit for limit in limits) and on_disk > allowed:
        yield f"{where}: is evicted before its directories are full"


def _bytes(quantity: str) -> int:
    number, unit = quantity.rstrip("KMGi"), quantity.lstrip("0123456789")
    return int(number) * {"": 1, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}[unit]


def _right_faults(container: Object) -> Iterator[str]:
    context: dict[str, Any] = container.get("securityContext", {})
    if context.get("allowPrivilegeEscalation") is not False:
        yield "may gain privileges"
    if context.get("readOnlyRootFilesystem") is not True:
        yield "its root file system is writable"
    if context.get("capabilities", {}).get("drop") != ["ALL"]:
        yield "keeps capabilities"
    if context.get("capabilities", {}).get("add") or context.get("privileged"):
        yield "has more rights than others"
    if context.get("runAsUser") == 0 or context.get("runAsNonRoot") is False:
        yield "runs as root"
    if context.get("seccompProfile", {"type": "RuntimeDefault"}).get("type") != "RuntimeDefault":
        yield "leaves the seccomp profile"
    if any("hostPort" in port for port in container.get("ports", [])):
        yield "takes a port of the host"


def _resource_faults(container: Object) -> Iterator[str]:
    resources: dict[str, dict[str, str]] = container.get("resources", {})
    for kind in ("requests", "limits"):
        for name in ("cpu", "memory", "ephemeral-storage"):
            if name not in resources.get(kind, {}):
                yield f"no {kind[:-1]} of {name}"


def _word_faults(container: Object) -> Iterator[str]:
    if not EXACT_VERSION.search(container["image"]):
        yield f"{container['image']} is not an exact version"
    for variable in container.get("env", []):
        if "secretKeyRef" in variable.get("valueFrom", {}):
            yield f"{variable['name']} carries a secret; mount it as a file"
    if any("secretRef" in source for source in container.get("envFrom", [])):
        yield "takes a whole Secret as variables"
