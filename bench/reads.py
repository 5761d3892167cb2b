"""Every read of every service beside its peers, in one run: processor time, latency, memory.

The processes that answer share one core, the load generator and the servers behind them have the
others; rounds take turns, so that a busy machine slows all alike. Run ``python -m bench reads``.
"""

import argparse
import os
import platform as machine
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bench import reports
from bench.cpu import cpu_seconds, pin
from bench.load import CONNECTIONS, Outcome, load
from bench.memory import memory_mb
from bench.peers.reading import PEERS, PeerRead, peers_ready
from bench.read_targets import verdicts
from bench.served import POSTGRESQL, Read, Served, served
from bench.spread import ratios, spread, words

WARM_S: Final = 0.5
QUICK_WARM_S: Final = 0.2
ROLES: Final = ("auth", "gateway", "images", "worker")


@dataclass(frozen=True)
class Sample:
    """One round: the load, and the processor milliseconds a request of each program."""

    outcome: Outcome
    cpu_ms: Mapping[str, float]

    @property
    def roles_ms(self) -> float:
        """Of the programs that answer, without the database."""
        return sum(ms for name, ms in self.cpu_ms.items() if name != POSTGRESQL)

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.outcome.requests / self.outcome.seconds


@dataclass(frozen=True)
class Cores:
    """The core of the programs that answer, and those of everything else."""

    answering: frozenset[int]
    others: frozenset[int]

    @staticmethod
    def divided() -> "Cores":
        """The first core for those that answer; a machine of one core has it for all."""
        all_cores = sorted(os.sched_getaffinity(0))
        return Cores(frozenset(all_cores[:1]), frozenset(all_cores[1:] or all_cores))


def loaded(read: Read, connections: int, seconds: float, cores: Cores) -> Outcome:
    """Ask for ``read`` for ``seconds`` by so many connections, from the cores of the others."""
    return load(
        read.url,
        read.headers,
        seconds=seconds,
        connections=connections,
        bodies=read.bodies,
        follow=read.follow,
        cores=sorted(cores.others),
    )


def sample(
    read: Read,
    pids: Mapping[str, int],
    *,
    seconds: float,
    cores: Cores,
    connections: int = CONNECTIONS,
) -> Sample:
    """Load ``read`` for ``seconds``. Raises ``RuntimeError`` when it is refused."""
    before = {name: cpu_seconds(pid) for name, pid in pids.items()}
    outcome = loaded(read, connections, seconds, cores)
    if outcome.refused:
        raise RuntimeError(f"{read.name}: {outcome.refused} of {outcome.requests} are refused.")
    return Sample(
        outcome,
        {
            name: 1000 * (cpu_seconds(pid) - before[name]) / outcome.requests
            for name, pid in pids.items()
        },
    )


def ours(now: Served, *, is_quick: bool) -> list[PeerRead]:
    """Our reads with tokens that have just been issued, and the renewal of sessions."""
    asked = now.reads()
    if not is_quick:
        asked.append(now.refresh(CONNECTIONS))
    return [PeerRead(read, {role: now.pid(role) for role in read.roles}) for read in asked]


def compare(*, rounds: int, seconds: float, is_quick: bool) -> dict[str, Any]:
    """Every read of everybody in turn, round after round."""
    start = time.monotonic()
    cores = Cores.divided()
    os.sched_setaffinity(0, cores.others)  # and so of every process that is started below
    samples: dict[str, list[Sample]] = {}
    with served() as now, peers_ready(now) as (peers, missing):
        database = now.postgresql_pid()
        behind = {} if database is None else {POSTGRESQL: database}
        for pid in {
            pid for one in (*ours(now, is_quick=True), *peers) for pid in one.pids.values()
        }:
            pin(pid, cores.answering)
        for turn in range(-1, rounds):  # the first one warms up
            for one in (*ours(now, is_quick=is_quick), *peers):
                length_s = seconds if turn >= 0 else QUICK_WARM_S if is_quick else WARM_S
                pids = {**one.pids, **behind}
                taken = sample(one.read, pids, seconds=length_s, cores=cores)
                if turn >= 0:
                    samples.setdefault(one.read.name, []).append(taken)
        memory = {role: memory_mb(now.pid(role)) for role in ROLES}
    rows = {name: _row(taken) for name, taken in samples.items()}
    for name, others in PEERS.items():
        rows[name]["peers"] = {
            other: _beside(samples[name], samples[other]) for other in others if other in samples
        }
    return {
        "python": machine.python_version(),
        "cores": os.cpu_count(),
        "connections": CONNECTIONS,
        "rounds": rounds,
        "load_average": round(os.getloadavg()[1], 1),
        "reads": rows,
        "missing": missing,
        "memory": memory,
        "targets": verdicts(rows),
        "took_s": round(time.monotonic() - start, 1),
    }


def _row(taken: list[Sample]) -> dict[str, Any]:
    names = taken[0].cpu_ms
    return {
        "requests": sum(one.outcome.requests for one in taken),
        "requests_per_s": spread([one.rate for one in taken], 0),
        "latency_ms": spread([one.outcome.latency_ms for one in taken], 1),
        "p95_ms": spread([one.outcome.p95_ms for one in taken], 1),
        "cpu_ms": {name: spread([one.cpu_ms[name] for one in taken]) for name in names},
        "roles_ms": spread([one.roles_ms for one in taken]),
    }


def _beside(taken: list[Sample], others: list[Sample]) -> dict[str, Any]:
    return {
        "cpu": ratios([one.roles_ms for one in taken], [one.roles_ms for one in others]),
        "rate": ratios([one.rate for one in taken], [one.rate for one in others]),
    }


def show(report: Mapping[str, Any]) -> bool:
    """Print the comparison; True when every target is met."""
    print(f"{'read':22} {'req/s':>6} {'mean':>9}  CPU of a request")
    for name, row in report["reads"].items():
        cpu = ", ".join(f"{program} {words(ms)} ms" for program, ms in row["cpu_ms"].items())
        mean = row["latency_ms"]["median"]
        print(f"{name:22} {row['requests_per_s']['median']:6.0f} {mean:6.1f} ms  {cpu}")
        for peer, beside in row.get("peers", {}).items():
            print(f"{'':22} × {peer}: CPU {words(beside['cpu'])}, rate {words(beside['rate'])}")
    return reports.verdict_show(report)


def main() -> int:
    """Take the options of the command line; 0 when every target is met."""
    is_quick = reports.is_quick()
    parser = argparse.ArgumentParser(prog="python -m bench reads", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2 if is_quick else 5, help="of each read")
    parser.add_argument("--seconds", type=float, default=0.3 if is_quick else 1.2, help="of each")
    asked = parser.parse_args()
    report = compare(rounds=asked.rounds, seconds=asked.seconds, is_quick=is_quick)
    reports.write("reads", report)
    return 0 if show(report) else 1


if __name__ == "__main__":
    sys.exit(main())
