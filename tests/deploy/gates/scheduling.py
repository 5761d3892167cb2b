"""Gate 13: on nodes of a given size everything gets a place, at first and in every roll-out.

Simulates controllers and scheduler with the render's own numbers. Pods arrive in the order of the
render and take the first node with enough free for all that they request; who finds none waits,
the highest priority first, and may push out pods of a lower one. Jobs end once the data layer has
its places, roles are ready once the Jobs have ended, and a pod that waits holds its place. Not
simulated: affinity, taints, volumes, disk, time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from deploy.k8s.tools.objects import Object, Pod, of_kind, pods
from deploy.k8s.tools.quantities import Request, of_pod
from deploy.k8s.tools.requests import replicas, surge

PLATFORM: Final = "image-platform"


class Deadlock(Exception):
    """Nothing moves any more, and the pods of these workloads have no place."""


@dataclass(eq=False)
class Member:
    """One pod; ``node`` is ``None`` while it is Pending."""

    workload: "Workload"
    old: bool = False
    node: "Node | None" = None


@dataclass(eq=False)
class Node:
    """What a node has to give, and to whom it gave it."""

    size: Request
    members: list[Member] = field(default_factory=list)

    @property
    def free(self) -> Request:
        """What is left."""
        return self.size - sum((m.workload.request for m in self.members), Request())


@dataclass(eq=False)
class Workload:
    """What a controller knows of its pods."""

    pod: Pod
    count: int
    priority: int
    preempts: bool
    members: list[Member] = field(default_factory=list)
    done: bool = False

    @property
    def name(self) -> str:
        """As the render has it."""
        return str(self.pod.workload["metadata"]["name"])

    @property
    def kind(self) -> str:
        """Its kind."""
        return str(self.pod.workload["kind"])

    @property
    def request(self) -> Request:
        """What one pod holds."""
        return of_pod(self.pod.spec)

    @property
    def waits(self) -> bool:
        """Whether its pods are ready only when the release's Jobs have ended."""
        return any(
            each["name"] == "wait-for-migrations"
            for each in self.pod.spec.get("initContainers", [])
        )

    @property
    def missing(self) -> bool:
        """Whether it is not yet as it should be."""
        if self.kind == "Job":
            return not self.done
        new = [m for m in self.members if not m.old and m.node]
        return len(new) < self.count or any(m.old for m in self.members)


class Cluster:
    """Nodes, and what was applied to them."""

    def __init__(self, *sizes: Request) -> None:
        self.nodes = [Node(size) for size in sizes]
        self.workloads: list[Workload] = []
        self.moved = False

    def apply(self, rendered: Sequence[Object]) -> None:
        """The first apply. Raises `Deadlock`."""
        classes = {c["metadata"]["name"]: c for c in of_kind(rendered, "PriorityClass")}
        for pod in pods(rendered):
            if pod.workload["kind"] != "CronJob":
                given = classes.get(pod.spec.get("priorityClassName", ""), {})
                self.workloads.append(
                    Workload(
                        pod,
                        replicas(pod, rendered),
                        given.get("value", 0),
                        given.get("preemptionPolicy") != "Never",
                    )
                )
        self._settle()

    def roll_out(self) -> None:
        """A new version: each Job runs anew, each Deployment goes over. Raises `Deadlock`."""
        for workload in self.workloads:
            workload.done = False
            for member in workload.members:
                member.old = workload.kind == "Deployment"
        self._settle()

    @property
    def pending(self) -> list[Member]:
        """Who has no place, the first to get one first."""
        found = [m for w in self.workloads for m in w.members if m.node is None]
        return sorted(found, key=lambda member: -member.workload.priority)

    def _settle(self) -> None:
        self.moved = True
        while self.moved:
            self.moved = False
            for workload in self.workloads:
                self._reconcile(workload)
            for member in self.pending:
                self._place(member)
        if unfinished := [w.name for w in self.workloads if w.missing]:
            raise Deadlock(f"for ever Pending: {', '.join(unfinished)}")

    def _reconcile(self, workload: Workload) -> None:
        """What the workload's controller does next."""
        if workload.kind == "Job":
            self._job(workload)
            return
        old = [m for m in workload.members if m.old]
        new = [m for m in workload.members if not m.old]
        spare = surge(workload.pod)
        while len(new) < workload.count and len(new) + len(old) < workload.count + spare:
            new.append(self._arrives(workload))
        available = [m for m in workload.members if self._available(m)]
        least = workload.count - (0 if spare else 1)
        for member in old:
            if member not in available or len(available) > least:
                available = [m for m in available if m is not member]
                self._leaves(member)

    def _job(self, workload: Workload) -> None:
        if not workload.done and not workload.members:
            self._arrives(workload)
        data = [
            w for w in self.workloads if w.kind == "StatefulSet" and w.pod.namespace == PLATFORM
        ]
        if any(m.node for m in workload.members) and not any(w.missing for w in data):
            workload.done = True
            for member in list(workload.members):
                self._leaves(member)

    def _available(self, member: Member) -> bool:
        jobs_done = all(w.done for w in self.workloads if w.kind == "Job")
        ready = member.old or jobs_done or not member.workload.waits
        return member.node is not None and ready

    def _arrives(self, workload: Workload) -> Member:
        member = Member(workload)
        workload.members.append(member)
        self.moved = True
        self._place(member)
        return member

    def _leaves(self, member: Member) -> None:
        member.workload.members.remove(member)
        if member.node:
            member.node.members.remove(member)
        self.moved = True

    def _place(self, member: Member) -> None:
        wanted = member.workload.request
        node = next((n for n in self.nodes if wanted.fits(n.free)), None)
        if node is None and member.workload.preempts:
            node = self._cleared(member)
        if node is not None:
            node.members.append(member)
            member.node = node
            self.moved = True

    def _cleared(self, member: Member) -> Node | None:
        """A node that pods of a lower priority have left, the lowest first, none for nothing."""
        wanted, priority = member.workload.request, member.workload.priority
        for node in self.nodes:
            lower = [m for m in node.members if m.workload.priority < priority]
            free, gone = node.free, []
            for victim in sorted(lower, key=lambda m: m.workload.priority):
                if wanted.fits(free):
                    break
                free += victim.workload.request
                gone.append(victim)
            if wanted.fits(free):
                for victim in gone:
                    node.members.remove(victim)
                    victim.node = None
                return node
        return None
