"""Gate 8: a pod has the time to end what it began."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from deploy.k8s.tools.objects import Object, Pod, named, of_kind, title
from platform_site import gunicorn
from platform_site.settings.parts import broker
from tests.deploy.gates.references import environment
from tests.deploy.workspace import ROOT

MARGIN_S: Final = 5
PRE_STOP_S: Final = 5
TEMPLATES: Final = ROOT / "frontend" / "nginx" / "templates"


def faults(rendered: Sequence[Object]) -> list[str]:
    """Pods that are killed before they can be done, and pods that end while still sent requests."""
    settings = dict(named(rendered, "ConfigMap"))
    found = []
    for deployment in of_kind(rendered, "Deployment"):
        pod = Pod(deployment)
        if pod.namespace != "image-platform":
            continue
        container = pod.spec["containers"][0]
        hook = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        if any(port["name"] == "http" for port in container.get("ports", [])) and hook < PRE_STOP_S:
            found.append(f"{title(deployment)} ends while endpoints still name it")
        patience = longest_s(container, environment(container, pod.namespace, settings))
        if container["args"][0] in {"gunicorn", "python", "nginx"} and patience < (
            wait := longest_answer_s()
        ):
            found.append(f"{title(deployment)} gives up after {patience} s what may take {wait} s")
        needed = hook + patience
        given = pod.spec.get("terminationGracePeriodSeconds", 30)
        if needed + MARGIN_S >= given:
            found.append(f"{title(deployment)} is killed after {given} s and needs {needed}")
    return found


def longest_answer_s() -> int:
    """How long nginx waits for a role at most: an upload, and what is done with it."""
    return max(
        int(seconds)
        for template in TEMPLATES.glob("*.template")
        for seconds in re.findall(r"proxy_read_timeout (\d+)s;", template.read_text())
    )


def longest_s(container: Object, variables: Mapping[str, str]) -> float:
    """What the process itself takes to end what it began, by its own settings."""
    match container["args"][0]:
        case "gunicorn":
            return gunicorn.graceful_timeout
        case "python" if "platform_site.web.granian_server" in container["args"]:
            return gunicorn.graceful_timeout
        case "celery" if "worker" in container["args"]:
            return float(variables.get("WORKER_DRAIN_S", broker.WORKER_DRAIN_S))
        case "celery":
            return 0
        case "nginx":
            return int(variables["DRAIN_S"])
    raise ValueError(f"unknown program {container['args'][0]}")
