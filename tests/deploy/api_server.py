"""An API server that kubectl can apply to: it keeps objects, with the defaults of Kubernetes.

Only as much as a second client-side apply needs: discovery, get, create and patch. A patch is kept
and changes nothing. The defaults are those of the fields that our manifests have.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final
from urllib.parse import urlsplit

Object = dict[str, Any]
PLURALS: Final = {
    "v1": (
        "Namespace",
        "ServiceAccount",
        "ConfigMap",
        "Secret",
        "Service",
        "PersistentVolumeClaim",
    ),
    "apps/v1": ("Deployment", "StatefulSet"),
    "batch/v1": ("Job", "CronJob"),
    "autoscaling/v2": ("HorizontalPodAutoscaler",),
    "policy/v1": ("PodDisruptionBudget",),
    "networking.k8s.io/v1": ("NetworkPolicy", "Ingress"),
    "rbac.authorization.k8s.io/v1": ("ClusterRole", "ClusterRoleBinding"),
    "scheduling.k8s.io/v1": ("PriorityClass",),
    "admissionregistration.k8s.io/v1": (
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
    ),
}
OF_THE_CLUSTER: Final = ("Namespace", "PriorityClass", "Cluster", "Validating")
QUANTITY: Final = re.compile(r"(\d+)(?:\.(\d+))?(m|[kMGT]|[KMGT]i|)")
BINARY: Final = ("", "Ki", "Mi", "Gi", "Ti")
DECIMAL: Final = ("m", "", "k", "M", "G", "T")


def plural(kind: str) -> str:
    """As it stands in a path."""
    name = kind.lower()
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}{'e' * name.endswith('s')}s"


def canonical(quantity: str | int) -> str:
    """A quantity as the API server writes it: ``1000m`` is ``1``, ``1024Mi`` is ``1Gi``."""
    found = QUANTITY.fullmatch(str(quantity))
    assert found, f"no quantity: {quantity}"
    whole, part, unit = found[1], found[2] or "", found[3]
    units, step = (BINARY, 1024) if unit in BINARY[1:] else (DECIMAL, 1000)
    place = units.index(unit)
    value, rest = int(whole + part), 10 ** len(part)
    while value % rest and place:
        value, place = value * step, place - 1
    value //= rest
    while value and value % step == 0 and place + 1 < len(units):
        value, place = value // step, place + 1
    return f"{value}{units[place]}"


def defaulted(item: Object) -> Object:
    """``item`` as the server keeps it."""
    found: Object = json.loads(json.dumps(item))
    spec = found.get("spec", {})
    if found["kind"] in DEFAULTS:
        DEFAULTS[found["kind"]](spec)
    if found["kind"] == "PriorityClass":
        found.setdefault("preemptionPolicy", "PreemptLowerPriority")
    kept: Object = _without_nulls(found)
    return kept


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_nulls(v) for k, v in value.items() if v is not None}
    return [_without_nulls(v) for v in value] if isinstance(value, list) else value


def _set(target: Object, **fields: Any) -> None:
    for name, value in fields.items():
        target.setdefault(name, value)


def _pod(spec: Object) -> None:
    _set(spec, restartPolicy="Always", dnsPolicy="ClusterFirst", schedulerName="default-scheduler",
         terminationGracePeriodSeconds=30, securityContext={})  # fmt: skip
    for volume in spec.get("volumes", []):
        for kind in ("configMap", "secret", "projected"):
            if kind in volume:
                _set(volume[kind], defaultMode=0o644)
        for source in volume.get("projected", {}).get("sources", []):
            for entry in source.get("downwardAPI", {}).get("items", []):
                _set(entry.get("fieldRef", {}), apiVersion="v1")
    for container in [*spec.get("initContainers", []), *spec["containers"]]:
        _container(container)


def _container(container: Object) -> None:
    _set(container, imagePullPolicy="IfNotPresent", terminationMessagePath="/dev/termination-log",
         terminationMessagePolicy="File")  # fmt: skip
    for port in container.get("ports", []):
        _set(port, protocol="TCP")
    for amounts in container.get("resources", {}).values():
        amounts.update({name: canonical(value) for name, value in amounts.items()})
    for name in ("startupProbe", "livenessProbe", "readinessProbe"):
        if name in container:
            probe = container[name]
            _set(probe, timeoutSeconds=1, periodSeconds=10, successThreshold=1, failureThreshold=3)
            if "httpGet" in probe:
                _set(probe["httpGet"], scheme="HTTP")
    for variable in container.get("env", []):
        if "fieldRef" in variable.get("valueFrom", {}):
            _set(variable["valueFrom"]["fieldRef"], apiVersion="v1")


def _deployment(spec: Object) -> None:
    _pod(spec["template"]["spec"])
    _set(spec, replicas=1, progressDeadlineSeconds=600, revisionHistoryLimit=10, strategy={})
    _set(spec["strategy"], type="RollingUpdate")


def _stateful_set(spec: Object) -> None:
    _pod(spec["template"]["spec"])
    _set(spec, podManagementPolicy="OrderedReady", revisionHistoryLimit=10,
         updateStrategy={"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
         persistentVolumeClaimRetentionPolicy={"whenDeleted": "Retain", "whenScaled": "Retain"},
    )  # fmt: skip
    for claim in spec.get("volumeClaimTemplates", []):
        _set(claim, apiVersion="v1", kind="PersistentVolumeClaim", status={"phase": "Pending"})
        _set(claim["spec"], volumeMode="Filesystem")
        amounts = claim["spec"]["resources"]["requests"]
        amounts.update({name: canonical(value) for name, value in amounts.items()})


def _job(spec: Object) -> None:
    _pod(spec["template"]["spec"])
    _set(
        spec,
        parallelism=1,
        completions=1,
        backoffLimit=6,
        completionMode="NonIndexed",
        suspend=False,
    )


def _cron_job(spec: Object) -> None:
    _job(spec["jobTemplate"]["spec"])
    _set(spec, concurrencyPolicy="Allow", suspend=False)


def _service(spec: Object) -> None:
    _set(spec, type="ClusterIP", sessionAffinity="None", internalTrafficPolicy="Cluster")
    for port in spec["ports"]:
        _set(port, protocol="TCP", targetPort=port["port"])


def _network_policy(spec: Object) -> None:
    for rule in [*(spec.get("ingress") or []), *(spec.get("egress") or [])]:
        for port in rule.get("ports", []):
            _set(port, protocol="TCP")


def _autoscaler(spec: Object) -> None:
    for rules in spec.get("behavior", {}).values():
        _set(rules, selectPolicy="Max")
    for metric in spec["metrics"]:
        target = metric["resource"]["target"]
        if "averageValue" in target:
            target["averageValue"] = canonical(target["averageValue"])


def _admission(spec: Object) -> None:
    _set(spec, failurePolicy="Fail")
    _set(
        spec["matchConstraints"], matchPolicy="Equivalent", namespaceSelector={}, objectSelector={}
    )
    for rule in spec["matchConstraints"]["resourceRules"]:
        _set(rule, scope="*")


DEFAULTS: Final[dict[str, Callable[[Object], None]]] = {
    "Deployment": _deployment,
    "StatefulSet": _stateful_set,
    "Job": _job,
    "CronJob": _cron_job,
    "Service": _service,
    "NetworkPolicy": _network_policy,
    "HorizontalPodAutoscaler": _autoscaler,
    "ValidatingAdmissionPolicy": _admission,
}


def _resources(version: str) -> Object:
    names = [
        {
            "name": plural(kind), "singularName": kind.lower(), "kind": kind,
            "namespaced": not kind.startswith(OF_THE_CLUSTER), "verbs": ["get", "create", "patch"],
        }
        for kind in PLURALS[version]
    ]  # fmt: skip
    return {"kind": "APIResourceList", "groupVersion": version, "resources": names}


def _discovery(path: str) -> Object | None:
    if path == "/api":
        return {"kind": "APIVersions", "versions": ["v1"]}
    if path == "/apis":
        versions = [v for v in PLURALS if "/" in v]
        entries = [{"groupVersion": v, "version": v.partition("/")[2]} for v in versions]
        groups = [
            {"name": v.partition("/")[0], "versions": [e], "preferredVersion": e}
            for v, e in zip(versions, entries, strict=True)
        ]
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}
    version = path.removeprefix("/apis/").removeprefix("/api/")
    return _resources(version) if version in PLURALS else None


class ApiServer:
    """Where it is, what it keeps, and which patches it was sent, by path."""

    def __init__(self) -> None:
        self.kept: dict[str, Object] = {}
        self.patches: dict[str, str] = {}
        self.url = ""

    def handled(self, method: str, path: str, body: bytes) -> tuple[int, Object]:
        """Status and document of one request."""
        if found := _discovery(path):
            return 200, found
        if method == "POST":
            item = defaulted(json.loads(body))
            item["metadata"] |= {"uid": f"uid-{len(self.kept)}", "resourceVersion": "1"}
            self.kept[f"{path}/{item['metadata']['name']}"] = item
            return 201, item
        if path in self.kept:
            if method == "PATCH":
                self.patches[path] = body.decode()
            return 200, self.kept[path]
        word = {"status": "Failure", "reason": "NotFound", "code": 404}
        return 404, {"kind": "Status", "apiVersion": "v1", **word}


@contextmanager
def api_server() -> Iterator[ApiServer]:
    """One that listens on a free port of this machine until the block ends."""
    api = ApiServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, document = api.handled(self.command, urlsplit(self.path).path, body)
            content = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = _answer  # noqa: N815 - as http.server looks for them

        def log_message(self, *_words: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    api.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
