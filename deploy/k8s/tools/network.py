"""Which connections the NetworkPolicies of a render allow, computed as a cluster would."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any, Final

from deploy.k8s.tools.objects import Object, Pod, of_kind, pods, selects

Port = tuple[str, int]
Edge = tuple[str, str, str]
Namespaces = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Peer:
    """Somebody who may connect or be connected to. With an ``address``: outside of every pod."""

    name: str
    workload: str
    namespace: str | None
    labels: Mapping[str, str]
    named_ports: Mapping[str, int] = field(default_factory=dict)
    address: str = ""


def _stranger(name: str, namespace: str | None, address: str = "", **labels: str) -> Peer:
    words = {key.replace("_", "-"): value for key, value in labels.items()}
    return Peer(name, name, namespace, words, address=address)


CONTROLLER: Final = Peer(
    "ingress controller", "ingress controller", "traefik", {"app.kubernetes.io/name": "traefik"}
)
STRANGERS: Final = (
    _stranger("neighbour of the controller", "traefik", app="neighbour"),
    _stranger("cert-manager", "cert-manager", app="cert-manager"),
    _stranger("stranger here", "image-platform", app="stranger"),
    _stranger("stranger elsewhere", "default", app="stranger"),
    _stranger("DNS", "kube-system", k8s_app="kube-dns"),
    # The API server and the kubelets have no labels that a policy sees: they are nodes' addresses.
    _stranger("nodes", None, "10.250.0.1"),
    _stranger("internet", None, "203.0.113.9"),
)
PROMETHEUS: Final = Peer(
    "prometheus", "prometheus", "monitoring", {"app.kubernetes.io/name": "prometheus"}
)
# A port that nobody names: open only where every port is.
ANY_PORT: Final = 65000


def edges(rendered: Sequence[Object], *, controller: Peer = CONTROLLER) -> set[Edge]:
    """Every allowed connection as (from, to, port): both the sender and the receiver agree.

    Whether anybody listens there does not matter. Workloads that share a name (one Deployment a
    queue, one a colour) are called by it where they may all do the same, else each by its own.
    ``controller`` is whoever stands before the platform.
    """
    policies = of_kind(rendered, "NetworkPolicy")
    namespaces = {
        item["metadata"]["name"]: {
            "kubernetes.io/metadata.name": item["metadata"]["name"],
            **item["metadata"].get("labels", {}),
        }
        for item in of_kind(rendered, "Namespace")
    }
    everybody = peers(rendered, controller=controller)
    found = {
        (source.workload, target.workload, "any" if port[1] == ANY_PORT else f"{port[1]}/{port[0]}")
        for source in everybody
        for target in everybody
        for port in _ports(policies, target)
        if not (_is_foreign(source, namespaces) and _is_foreign(target, namespaces))
        and _sends(policies, source, target, port, namespaces)
        and _receives(policies, target, source, port, namespaces)
    }
    outside = {peer.workload for peer in (controller, *STRANGERS) if _is_foreign(peer, namespaces)}
    return _by_name(_anywhere(found, outside), everybody)


def peers(rendered: Sequence[Object], *, controller: Peer = CONTROLLER) -> list[Peer]:
    """The render's own pods, one for each workload, and the strangers."""
    own = [_peer(pod) for pod in pods(rendered)]
    known = {peer.name for peer in own}
    return [*own, *([] if PROMETHEUS.name in known else [PROMETHEUS]), controller, *STRANGERS]


def _peer(pod: Pod) -> Peer:
    workload = str(pod.workload["metadata"]["name"])
    return Peer(pod.name, workload, pod.namespace, pod.labels, pod.ports)


def _ports(policies: Iterable[Object], target: Peer) -> set[Port]:
    """The ports that may make a difference: each that any rule names, and one that none does."""
    named = {
        (entry.get("protocol", "TCP"), number)
        for policy in policies
        for direction in ("ingress", "egress")
        for rule in policy["spec"].get(direction, [])
        for entry in rule.get("ports", [])
        for number in (_number(entry.get("port"), target), entry.get("endPort"))
        if number is not None
    }
    declared = {("TCP", number) for number in target.named_ports.values()}
    return named | declared | {("TCP", ANY_PORT), ("UDP", ANY_PORT)}


def _anywhere(found: set[Edge], outside: set[str]) -> set[Edge]:
    """A port that is open to each stranger is open to whoever there may be."""
    for source, target, port in sorted(found):
        if target in outside and {(source, one, port) for one in outside} <= found:
            found = found - {(source, one, port) for one in outside}
            found.add((source, "anywhere", port))
    return found


def _by_name(found: set[Edge], everybody: Iterable[Peer]) -> set[Edge]:
    # Only where the whole group may do the same: a policy for one queue's workers stays visible
    # as a connection of that Deployment, and is not hidden below the name that they share.
    groups: dict[str, set[str]] = {}
    for peer in everybody:
        groups.setdefault(peer.name, set()).add(peer.workload)
    for name, group in groups.items():
        for source, target, port in sorted(found):
            if source in group and {(one, target, port) for one in group} <= found:
                found = found - {(one, target, port) for one in group} | {(name, target, port)}
            elif target in group and {(source, one, port) for one in group} <= found:
                found = found - {(source, one, port) for one in group} | {(source, name, port)}
    return found


def _is_foreign(peer: Peer, namespaces: Mapping[str, Any]) -> bool:
    return peer.namespace not in namespaces


def _sends(
    policies: Iterable[Object], source: Peer, target: Peer, port: Port, namespaces: Namespaces
) -> bool:
    # The sender's rules name the port by the receiver's pod: a named port is looked up there.
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
        return bool(other.address) and _lies_in(other.address, entry["ipBlock"])
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
        and ("port" not in entry or _spans(entry, receiver, port[1]))
        for entry in listed
    )


def _spans(entry: Mapping[str, Any], receiver: Peer, port: int) -> bool:
    first = _number(entry["port"], receiver)
    return first is not None and first <= port <= entry.get("endPort", first)


def _lies_in(address: str, block: Mapping[str, Any]) -> bool:
    there = ip_address(address)
    return there in ip_network(block["cidr"]) and not any(
        there in ip_network(left_out) for left_out in block.get("except", [])
    )


def _number(port: str | int | None, receiver: Peer) -> int | None:
    return receiver.named_ports.get(port) if isinstance(port, str) else port
