"""Which connections the NetworkPolicies of a render allow, computed as a cluster would."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from deploy.k8s.tools.objects import Object, Pod, of_kind, pods, selects

Port = tuple[str, int]
Edge = tuple[str, str, str]
Namespaces = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Peer:
    """Somebody who may connect or be connected to. No namespace: outside the cluster."""

    name: str
    namespace: str | None
    labels: Mapping[str, str]
    ports: frozenset[Port]
    named_ports: Mapping[str, int] = field(default_factory=dict)


STRANGERS: Final = (
    Peer("ingress controller", "ingress-nginx", {"app": "controller"}, frozenset()),
    Peer("stranger here", "image-platform", {"app": "stranger"}, frozenset({("TCP", 80)})),
    Peer("stranger elsewhere", "default", {"app": "stranger"}, frozenset({("TCP", 80)})),
    Peer(
        "DNS",
        "kube-system",
        {"k8s-app": "kube-dns"},
        frozenset({("TCP", 53), ("UDP", 53), ("TCP", 9153)}),
    ),
    Peer("Kubernetes API", "kube-system", {"component": "apiserver"}, frozenset({("TCP", 6443)})),
    Peer("internet", None, {}, frozenset({("TCP", 443), ("TCP", 25)})),
)
PROMETHEUS: Final = Peer(
    "prometheus", "monitoring", {"app.kubernetes.io/name": "prometheus"}, frozenset()
)


def edges(rendered: Sequence[Object]) -> set[Edge]:
    """Every allowed connection as (from, to, port): both the sender and the receiver agree."""
    policies = of_kind(rendered, "NetworkPolicy")
    namespaces = {
        item["metadata"]["name"]: {
            "kubernetes.io/metadata.name": item["metadata"]["name"],
            **item["metadata"].get("labels", {}),
        }
        for item in of_kind(rendered, "Namespace")
    }
    everybody = peers(rendered)
    return {
        (source.name, target.name, f"{port[1]}/{port[0]}")
        for source in everybody
        for target in everybody
        for port in target.ports
        if source.name != target.name
        and not (_is_foreign(source, namespaces) and _is_foreign(target, namespaces))
        and _sends(policies, source, target, port, namespaces)
        and _receives(policies, target, source, port, namespaces)
    }


def peers(rendered: Sequence[Object]) -> list[Peer]:
    """The render's own pods, one for each name, and the strangers."""
    own = {pod.name: _peer(pod) for pod in pods(rendered)}
    if PROMETHEUS.name not in own:
        own[PROMETHEUS.name] = PROMETHEUS
    return [*own.values(), *STRANGERS]


def _peer(pod: Pod) -> Peer:
    ports = frozenset(("TCP", number) for number in pod.ports.values())
    return Peer(pod.name, pod.namespace, pod.labels, ports, pod.ports)


def _is_foreign(peer: Peer, namespaces: Mapping[str, Any]) -> bool:
    return peer.namespace not in namespaces


def _sends(
    policies: Iterable[Object], source: Peer, target: Peer, port: Port, namespaces: Namespaces
) -> bool:
    rules = _rules(policies, "Egress", source)
    return rules is None or any(
        _names(rule.get("to"), source, target, namespaces)
        and _opens(rule.get("ports"), target, port)
        for rule in rules
    )


def _receives(
    policies: Iterable[Object], target: Peer, source: Peer, port: Port, namespaces: Namespaces
) -> bool:
    rules = _rules(policies, "Ingress", target)
    return rules is None or any(
        _names(rule.get("from"), target, source, namespaces)
        and _opens(rule.get("ports"), target, port)
        for rule in rules
    )


def _rules(policies: Iterable[Object], direction: str, peer: Peer) -> list[Object] | None:
    """What the policies on ``peer`` allow in that direction. ``None``: no policy, so everything."""
    mine = [
        policy["spec"]
        for policy in policies
        if policy["metadata"]["namespace"] == peer.namespace
        and direction in policy["spec"]["policyTypes"]
        and selects(policy["spec"]["podSelector"], peer.labels)
    ]
    return [rule for spec in mine for rule in spec.get(direction.lower(), [])] if mine else None


def _names(
    listed: list[Mapping[str, Any]] | None,
    subject: Peer,
    other: Peer,
    namespaces: Namespaces,
) -> bool:
    return listed is None or any(_is(entry, subject, other, namespaces) for entry in listed)


def _is(
    entry: Mapping[str, Any],
    subject: Peer,
    other: Peer,
    namespaces: Namespaces,
) -> bool:
    if "ipBlock" in entry:
        return other.namespace is None
    if other.namespace is None:
        return False
    if "namespaceSelector" in entry:
        labels = namespaces.get(other.namespace, {"kubernetes.io/metadata.name": other.namespace})
        here = selects(entry["namespaceSelector"], labels)
    else:
        here = other.namespace == subject.namespace
    return here and selects(entry.get("podSelector", {}), other.labels)


def _opens(listed: list[Mapping[str, Any]] | None, receiver: Peer, port: Port) -> bool:
    if listed is None:
        return True
    return any(
        entry.get("protocol", "TCP") == port[0]
        and ("port" not in entry or _number(entry["port"], receiver) == port[1])
        for entry in listed
    )


def _number(port: str | int, receiver: Peer) -> int | None:
    return receiver.named_ports.get(port) if isinstance(port, str) else port
