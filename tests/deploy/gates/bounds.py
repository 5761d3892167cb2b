"""Gate: memory and disk of each pod hold what its processes may have at once by their bounds."""

import json
from collections.abc import Iterator, Sequence
from typing import Final

from django.conf import settings

from deploy.k8s.tools.bounds import MIB, ROLES, held
from deploy.k8s.tools.objects import Object, Pod, named, of_kind
from deploy.k8s.tools.quantities import number
from platform_site import gunicorn
from tests.deploy.gates.references import environment
from tests.deploy.workspace import MANIFESTS

USED: Final = json.loads((MANIFESTS / "tools" / "used.json").read_text())["containers"]
CELERY_CHILDREN: Final = 2
WITHOUT_BOUNDS: Final = "scheduler"
"""Takes no requests and no tasks, so it holds what it has at rest."""


def processes(role: str) -> int:
    """How many processes a pod of ``role`` has."""
    return {"worker": CELERY_CHILDREN, "frontend": 2}.get(role, gunicorn.workers)


def memory_needed(role: str) -> int:
    """At rest, as measured, and with everything that may be there at once."""
    rest: int = USED[f"{role}/app"]["rest"]["memory_mib"] * MIB
    return rest + processes(role) * sum(each.bytes * each.at_once for each in held(role))


def disk_needed(role: str, variables: dict[str, str]) -> int:
    """Bodies that wait until they are whole (nginx), or until the store has them (images).

    What nginx keeps counts twice: it looks at its size from time to time only.
    """
    largest = int(variables["UPLOAD_MAX_BYTES"]) + settings.UPLOAD_FORM_ALLOWANCE_BYTES
    if role == "frontend":
        uploads, writes = (int(variables[n]) for n in ("UPLOADS_AT_ONCE", "WRITES_AT_ONCE"))
        kept = 2 * int(variables["DELIVERY_CACHE_MB"]) * MIB
        return uploads * largest + writes * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + kept
    return gunicorn.workers * (gunicorn.threads // 2) * largest


def faults(rendered: Sequence[Object], edge: dict[str, str]) -> Iterator[str]:
    """Every pod that its own bounds can end; ``edge`` are the defaults of nginx's variables."""
    maps = dict(named(rendered, "ConfigMap"))
    for item in of_kind(rendered, "Deployment"):
        pod = Pod(item)
        if pod.name not in ROLES:
            is_role = item["metadata"].get("labels", {}).get("image") == "app"
            if is_role and pod.name != WITHOUT_BOUNDS:
                yield f"{pod.name}: nobody says what it may hold"
            continue
        container = next(each for each in pod.spec["containers"] if each["name"] == "app")
        limit = number(container["resources"]["limits"]["memory"])
        if limit < (needed := memory_needed(pod.name)):
            yield f"{pod.name}: {limit / MIB:.0f} MiB of memory, {needed / MIB:.0f} needed"
        if pod.name in {"frontend", "images"}:
            variables = edge | environment(container, pod.namespace, maps)
            yield from _disk_faults(pod, container, disk_needed(pod.name, variables))


def _disk_faults(pod: Pod, container: Object, needed: int) -> Iterator[str]:
    (tmp,) = (each for each in pod.spec["volumes"] if each["name"] == "tmp")
    limits = {
        "volume": number(tmp["emptyDir"]["sizeLimit"]),
        "container": number(container["resources"]["limits"]["ephemeral-storage"]),
    }
    for where, limit in limits.items():
        if limit < needed:
            yield f"{pod.name}: {limit / MIB:.0f} MiB of disk ({where}), {needed / MIB:.0f} needed"
