"""Gate 4: every reference of a render resolves, and nothing lies around that no one refers to."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from deploy.k8s.tools.objects import Object, Pod, named, of_kind, pods, selects, title

ROOT: Final = Path(__file__).resolve().parents[3]
# Made in the cluster, by cert-manager or a person and by Kubernetes itself: never by us.
MADE_ELSEWHERE: Final = frozenset({("Secret", "platform-tls"), ("ConfigMap", "kube-root-ca.crt")})
CLOSED: Final = ("door", "closed")


def faults(rendered: Sequence[Object]) -> list[str]:
    """Everything that points at nothing, in words; empty when all is well."""
    return [
        *_selector_faults(rendered),
        *_pod_faults(rendered),
        *_service_faults(rendered),
        *_target_faults(rendered),
        *_route_faults(rendered),
        *_role_faults(rendered),
        *_orphans(rendered),
        *_duplicates(rendered),
    ]


def _index(rendered: Sequence[Object], kind: str) -> dict[tuple[str, str], Object]:
    return dict(named(rendered, kind))


def _selector_faults(rendered: Sequence[Object]) -> Iterator[str]:
    controllers = of_kind(rendered, "Deployment", "StatefulSet", "DaemonSet")
    for item in controllers:
        if not selects(item["spec"]["selector"], Pod(item).labels):
            yield f"{title(item)} does not select its own pods"
    for index, item in enumerate(controllers):
        for other in controllers[index + 1 :]:
            if Pod(item).namespace == Pod(other).namespace and (
                selects(item["spec"]["selector"], Pod(other).labels)
                or selects(other["spec"]["selector"], Pod(item).labels)
            ):
                yield f"{title(item)} and {title(other)} select each other's pods"


def _pod_faults(rendered: Sequence[Object]) -> Iterator[str]:
    kept = {kind: _index(rendered, kind) for kind in ("ConfigMap", "Secret", "ServiceAccount")}
    claims = _index(rendered, "PersistentVolumeClaim") | _claims_of_templates(rendered)
    classes = {item["metadata"]["name"] for item in of_kind(rendered, "PriorityClass")}
    for pod in pods(rendered):
        where = title(pod.workload)
        if (priority := pod.spec.get("priorityClassName")) and priority not in classes:
            yield f"{where}: no PriorityClass {priority}"
        account = pod.spec.get("serviceAccountName", "default")
        if (pod.namespace, account) not in kept["ServiceAccount"]:
            yield f"{where}: no ServiceAccount {account}"
        for kind, name, keys in _uses(pod, kept["ServiceAccount"]):
            found = kept[kind].get((pod.namespace, name))
            if (kind, name) in MADE_ELSEWHERE:
                continue
            if found is None:
                yield f"{where}: no {kind} {name}"
            elif missing := set(keys) - _keys(found):
                yield f"{where}: {kind} {name} has no {', '.join(sorted(missing))}"
        yield from _mount_faults(pod, where, claims)
        yield from _file_faults(pod, where, kept)
        yield from _settings_faults(pod, where, kept["ConfigMap"])
        yield from _probe_faults(pod, where)


def _claims_of_templates(rendered: Sequence[Object]) -> dict[tuple[str, str], Object]:
    """Those that a StatefulSet makes for its first pod, as Kubernetes names them."""
    return {
        (Pod(item).namespace, f"{claim['metadata']['name']}-{item['metadata']['name']}-0"): claim
        for item in of_kind(rendered, "StatefulSet")
        for claim in item["spec"].get("volumeClaimTemplates", [])
    }


def _uses(
    pod: Pod, accounts: dict[tuple[str, str], Object]
) -> Iterator[tuple[str, str, list[str]]]:
    """(kind, name, keys) of every ConfigMap and Secret that the pod names."""
    for volume in pod.spec.get("volumes", []):
        yield from _volume_uses(volume)
    for container in pod.containers:
        for source in container.get("envFrom", []):
            for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                if field in source:
                    yield kind, source[field]["name"], []
        for variable in container.get("env", []):
            value = variable.get("valueFrom", {})
            for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
                if field in value:
                    yield kind, value[field]["name"], [value[field]["key"]]
    account = accounts.get((pod.namespace, pod.spec.get("serviceAccountName", "")), {})
    for source in [*pod.spec.get("imagePullSecrets", []), *account.get("imagePullSecrets", [])]:
        yield "Secret", source["name"], [".dockerconfigjson"]


def _volume_uses(volume: Object) -> Iterator[tuple[str, str, list[str]]]:
    sources = [volume, *volume.get("projected", {}).get("sources", [])]
    for source in sources:
        if "secret" in source and not source["secret"].get("optional"):
            secret = source["secret"]
            keys = [item["key"] for item in secret.get("items", [])]
            yield "Secret", secret.get("secretName") or secret["name"], keys
        if "configMap" in source:
            keys = [item["key"] for item in source["configMap"].get("items", [])]
            yield "ConfigMap", source["configMap"]["name"], keys


def _keys(item: Object) -> set[str]:
    return {*item.get("data", {}), *item.get("stringData", {}), *item.get("binaryData", {})}


def _mount_faults(pod: Pod, where: str, claims: dict[tuple[str, str], Object]) -> Iterator[str]:
    templates = pod.workload["spec"].get("volumeClaimTemplates", [])
    volumes = {volume["name"] for volume in pod.spec.get("volumes", [])}
    volumes |= {claim["metadata"]["name"] for claim in templates}
    mounted = {
        mount["name"] for container in pod.containers for mount in container.get("volumeMounts", [])
    }
    for name in mounted - volumes:
        yield f"{where} mounts the volume {name}, which it does not have"
    for name in volumes - mounted:
        yield f"{where} has the volume {name} and mounts it nowhere"
    for volume in pod.spec.get("volumes", []):
        claim = volume.get("persistentVolumeClaim", {}).get("claimName")
        if claim and (pod.namespace, claim) not in claims:
            yield f"{where}: no PersistentVolumeClaim {claim}"


def _file_faults(
    pod: Pod, where: str, kept: dict[str, dict[tuple[str, str], Object]]
) -> Iterator[str]:
    """A variable ``…_FILE`` below a mounted Secret names a key of that Secret."""
    volumes = {volume["name"]: volume for volume in pod.spec.get("volumes", [])}
    for container in pod.containers:
        mounts = {
            mount["mountPath"]: _files(volumes[mount["name"]], pod.namespace, kept["Secret"])
            for mount in container.get("volumeMounts", [])
            if {"secret", "projected"} & set(volumes.get(mount["name"], {}))
        }
        for name, value in environment(container, pod.namespace, kept["ConfigMap"]).items():
            directory, _, file = value.rpartition("/")
            if not name.endswith("_FILE") or not value.startswith("/run/secrets/"):
                continue
            if file not in mounts.get(directory, set()):
                yield f"{where}: {name} points at {value}, which is not mounted"


def _settings_faults(pod: Pod, where: str, kept: dict[tuple[str, str], Object]) -> Iterator[str]:
    """The settings module that a container starts with is in the image."""
    for container in pod.containers:
        variables = environment(container, pod.namespace, kept)
        module = variables.get("DJANGO_SETTINGS_MODULE", "platform_site.settings.base")
        module = module.replace("$(ROLE)", variables.get("ROLE", ""))
        if not (ROOT / f"{module.replace('.', '/')}.py").exists():
            yield f"{where}: there are no settings {module}"


def environment(
    container: Object, namespace: str, settings: dict[tuple[str, str], Object]
) -> dict[str, str]:
    """The literal variables of a container, those of its ConfigMaps included."""
    found: dict[str, str] = {}
    for source in container.get("envFrom", []):
        reference = source.get("configMapRef", {}).get("name")
        found |= settings.get((namespace, reference), {}).get("data", {})
    found |= {item["name"]: item["value"] for item in container.get("env", []) if "value" in item}
    return {name: str(value) for name, value in found.items()}


def _files(volume: Object, namespace: str, secrets: dict[tuple[str, str], Object]) -> set[str]:
    files: set[str] = set()
    for source in [volume, *volume.get("projected", {}).get("sources", [])]:
        secret: dict[str, Any] = source.get("secret", {})
        name = secret.get("secretName") or secret.get("name", "")
        if items := secret.get("items"):
            files |= {item["path"] for item in items}
        else:
            files |= _keys(secrets.get((namespace, name), {}))
    return files


def _probe_faults(pod: Pod, where: str) -> Iterator[str]:
    for container in pod.containers:
        declared = {port["name"]: port["containerPort"] for port in container.get("ports", [])}
        for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
            probe = container.get(kind, {})
            for how in ("httpGet", "tcpSocket"):
                port = probe.get(how, {}).get("port")
                if port and port not in {*declared, *declared.values()}:
                    whose = container["name"]
                    yield f"{where}: {whose}'s {kind} asks port {port}, which is not its"


def _service_faults(rendered: Sequence[Object]) -> Iterator[str]:
    everybody = pods(rendered)
    for service in of_kind(rendered, "Service"):
        namespace = service["metadata"].get("namespace", "default")
        selector = {"matchLabels": _once_open(service["spec"].get("selector", {}))}
        behind = [p for p in everybody if p.namespace == namespace and selects(selector, p.labels)]
        if not behind:
            yield f"{title(service)} selects nobody"
        for port in service["spec"]["ports"]:
            wanted = port.get("targetPort", port["port"])
            for pod in behind:
                if wanted not in {*pod.ports, *pod.ports.values()}:
                    yield f"{title(service)}: {title(pod.workload)} has no port {wanted}"
    services = _index(rendered, "Service")
    for item in of_kind(rendered, "StatefulSet"):
        name = item["spec"]["serviceName"]
        if (Pod(item).namespace, name) not in services:
            yield f"{title(item)}: no Service {name}"


def _target_faults(rendered: Sequence[Object]) -> Iterator[str]:
    everybody = pods(rendered)
    for scaler in of_kind(rendered, "HorizontalPodAutoscaler", "ScaledObject"):
        target = scaler["spec"]["scaleTargetRef"]
        key = (scaler["metadata"]["namespace"], target["name"])
        found = _index(rendered, target.get("kind", "Deployment")).get(key)
        if found is None:
            yield f"{title(scaler)}: no {target.get('kind', 'Deployment')} {target['name']}"
        elif "replicas" in found["spec"]:
            yield f"{title(found)} sets spec.replicas, and {title(scaler)} sets it, too"
    for budget in of_kind(rendered, "PodDisruptionBudget"):
        namespace = budget["metadata"]["namespace"]
        behind = [
            pod
            for pod in everybody
            if pod.namespace == namespace and selects(budget["spec"]["selector"], pod.labels)
        ]
        if len(behind) != 1:
            yield f"{title(budget)} covers {len(behind)} workloads instead of one"


def _route_faults(rendered: Sequence[Object]) -> Iterator[str]:
    services, secrets = _index(rendered, "Service"), _index(rendered, "Secret")
    for ingress in of_kind(rendered, "Ingress"):
        namespace = ingress["metadata"]["namespace"]
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                backend = path["backend"]["service"]
                service = services.get((namespace, backend["name"]))
                ports = service["spec"]["ports"] if service else []
                if backend["port"]["name"] not in {port.get("name") for port in ports}:
                    yield f"{title(ingress)}: no Service {backend['name']} with that port"
        for tls in ingress["spec"].get("tls", []):
            name = tls["secretName"]
            if ("Secret", name) not in MADE_ELSEWHERE and (namespace, name) not in secrets:
                yield f"{title(ingress)}: no Secret {name}"


def _role_faults(rendered: Sequence[Object]) -> Iterator[str]:
    roles = {
        *(
            (item["metadata"]["namespace"], item["metadata"]["name"], "Role")
            for item in of_kind(rendered, "Role")
        ),
        *(
            ("", item["metadata"]["name"], "ClusterRole")
            for item in of_kind(rendered, "ClusterRole")
        ),
    }
    for binding in of_kind(rendered, "RoleBinding", "ClusterRoleBinding"):
        reference = binding["roleRef"]
        namespace = binding["metadata"].get("namespace", "") if reference["kind"] == "Role" else ""
        if (namespace, reference["name"], reference["kind"]) not in roles:
            yield f"{title(binding)}: no {reference['kind']} {reference['name']}"


def _once_open(selector: Mapping[str, str]) -> Mapping[str, str]:
    """Of a door (components/blue-green/next.yaml), which leads to nobody until it is opened."""
    return {name: value for name, value in selector.items() if (name, value) != CLOSED}


def _orphans(rendered: Sequence[Object]) -> Iterator[str]:
    accounts = _index(rendered, "ServiceAccount")
    used = {
        (pod.namespace, kind, name)
        for pod in pods(rendered)
        for kind, name, _keys_of in _uses(pod, accounts)
    }
    for item in of_kind(rendered, "ConfigMap", "Secret"):
        metadata = item["metadata"]
        if (metadata["namespace"], item["kind"], metadata["name"]) not in used:
            yield f"{title(item)} is used by nobody"
    carried = {(pod.namespace, pod.spec.get("serviceAccountName")) for pod in pods(rendered)}
    for key, account in accounts.items():
        if key not in carried:
            yield f"{title(account)} is used by nobody"


def _duplicates(rendered: Sequence[Object]) -> Iterator[str]:
    seen: set[str] = set()
    for item in rendered:
        name = title(item)
        if name in seen:
            yield f"{name} stands there twice"
        seen.add(name)
