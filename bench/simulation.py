"""Queue, servers and autoscaler as a discrete-event simulation: who waits how long, pod by pod.

It knows no clock and no platform: arrivals, service times and the rule come from the caller, and
the same seed gives the same run. That a queue without an autoscaler waits as Erlang's formula says
is tested.
"""

import math
import random
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import simpy

from bench.scalers import SYNC_S, ScalingRule

Draw = Callable[[], float]
Steps = Generator[simpy.Event, Any, None]


@dataclass
class Waiting:
    """What came of a run: the seconds that each waited, and what the autoscaler saw.

    A look is (second, pods, waiting, arrivals a second since the look before).
    """

    waits: list[float] = field(default_factory=list)
    looks: list[tuple[float, int, int, float]] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Of the waits, in seconds."""
        found = sorted(self.waits)
        return found[min(len(found) - 1, int(share * len(found)))]

    @property
    def mean(self) -> float:
        """Of the waits, in seconds."""
        return sum(self.waits) / len(self.waits)

    @property
    def most_pods(self) -> int:
        """At any look."""
        return max(pods for _, pods, *_ in self.looks)


class Servers:
    """One queue, first come first served, before servers whose number may change.

    A server that is taken away finishes what it does.
    """

    def __init__(self, env: simpy.Environment, service: Draw, outcome: Waiting) -> None:
        self.queue: deque[float] = deque()
        self.busy = 0
        self.busy_s = 0.0
        self.number = self.arrived = 0
        self._env = env
        self._service = service
        self._outcome = outcome

    def resize(self, number: int) -> None:
        """From now on there are ``number`` servers."""
        self.number = number
        self._begin()

    def arrive(self) -> None:
        """One more to serve."""
        self.arrived += 1
        self.queue.append(self._env.now)
        self._begin()

    def _begin(self) -> None:
        while self.queue and self.busy < self.number:
            self._outcome.waits.append(self._env.now - self.queue.popleft())
            self.busy += 1
            self._env.process(self._serve(self._service()))

    def _serve(self, seconds: float) -> Steps:
        yield self._env.timeout(seconds)
        self.busy -= 1
        self.busy_s += seconds
        self._begin()


@dataclass(frozen=True)
class Scaling:
    """How servers are scaled: the rule, its load, and what a pod is.

    ``by_queue``: the load is what waits; else the cores that are busy (a server is a core).
    """

    rule: ScalingRule
    servers_per_pod: int
    by_queue: bool
    start_s: float
    """From the wish for a pod until it serves."""


def simulate(
    arrivals: Iterable[float], service: Draw, *, scaling: Scaling | None, servers: int = 0
) -> Waiting:
    """Serve ``arrivals`` (seconds, ascending) with ``servers``, or with as many as the rule gives.

    Ends when all are served.
    """
    outcome, env = Waiting(), simpy.Environment()
    line = Servers(env, service, outcome)
    if scaling is None:
        line.resize(servers)
        env.process(_arriving(env, line, arrivals))
        env.run()
        return outcome
    line.resize(scaling.rule.least * scaling.servers_per_pod)
    done = env.process(_arriving(env, line, arrivals))
    scaler = env.process(_scaling(env, line, scaling, outcome, done))
    env.run(scaler)
    env.run()  # who is still served
    return outcome


def _arriving(env: simpy.Environment, line: Servers, arrivals: Iterable[float]) -> Steps:
    for moment in arrivals:
        yield env.timeout(moment - env.now)
        line.arrive()


def _scaling(
    env: simpy.Environment, line: Servers, scaling: Scaling, outcome: Waiting, done: simpy.Event
) -> Steps:
    rule = scaling.rule
    pods, wishes = rule.least, deque[tuple[float, int]]()
    busy_before, arrived_before, removed = 0.0, 0, -math.inf
    while not done.processed or line.queue:
        yield env.timeout(SYNC_S)
        load = float(len(line.queue)) if scaling.by_queue else (line.busy_s - busy_before) / SYNC_S
        busy_before = line.busy_s
        wished = rule.wished(load, pods)
        wishes.append((env.now, wished))
        while wishes[0][0] < env.now - rule.stabilization_s:
            wishes.popleft()
        if wished > pods:
            pods = rule.upward(pods, wished)
            env.process(_started(env, line, pods * scaling.servers_per_pod, scaling.start_s))
        elif (lowest := max(wish for _, wish in wishes)) < pods:
            if not rule.down_each_s:
                pods = lowest
            elif env.now - removed >= rule.down_each_s:
                pods, removed = pods - 1, env.now
            line.resize(min(line.number, pods * scaling.servers_per_pod))
        rate = (line.arrived - arrived_before) / SYNC_S
        arrived_before = line.arrived
        there = line.number // scaling.servers_per_pod
        outcome.looks.append((env.now, there, len(line.queue), rate))


def _started(env: simpy.Environment, line: Servers, servers: int, seconds: float) -> Steps:
    yield env.timeout(seconds)
    line.resize(max(line.number, servers))


def poisson(
    rate: Callable[[float], float], most: float, until: float, seed: int
) -> Iterator[float]:
    """Arrivals of a rate that changes, by thinning (Lewis and Shedler, 1979), up to ``until``."""
    dice, moment = random.Random(seed), 0.0
    while (moment := moment + dice.expovariate(most)) < until:
        if dice.random() * most <= rate(moment):
            yield moment


def drawn(samples: Sequence[float], seed: int) -> Draw:
    """Service times as they were measured, in any order."""
    dice = random.Random(seed)
    return lambda: dice.choice(samples)


def erlang_wait(rate: float, service_s: float, servers: int) -> float:
    """Mean seconds of waiting in M/M/c (Erlang, 1917). Raises ``ValueError`` when it grows."""
    load = rate * service_s
    if load >= servers:
        raise ValueError("The queue grows without end.")
    blocked = 1.0
    for number in range(1, servers + 1):  # Erlang's B, by its recursion
        blocked = load * blocked / (number + load * blocked)
    waits = blocked / (1 - load / servers * (1 - blocked))
    return waits * service_s / (servers - load)
