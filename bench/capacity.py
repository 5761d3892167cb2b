"""What many users need, from what one request, one job and one process were measured to take.

Everything follows from ``bench/results/reads.json`` and ``pipeline.json``, the manifests, and the
assumed use (`bench.use`); two simulations check queue and autoscalers with the measured service
times. Run ``python -m bench report``, which writes the pages with it.
"""

import math
from collections.abc import Mapping
from typing import Any, Final

from bench import scalers
from bench.simulation import Scaling, Waiting, drawn, poisson, simulate
from bench.use import SCALES, Use

Report = Mapping[str, Any]

WEB: Final = ("gateway", "images", "auth")
FULL: Final = 0.7
"""Of a core, what is planned for."""
POOL_OF_A_POD: Final = {"images": 16, "auth": 16}
"""Connections that one pod keeps to PostgreSQL: two processes of 8 (`parts/database`)."""
START_S: Final = 20.0
"""From the wish for a pod until it serves, where its image is on the node; assumed."""
REDIS_PER_S: Final = 100_000.0
"""Commands a second of one Redis, which has one thread for them; assumed."""
POSTGRESQL_CORES: Final = 16.0
"""Of a large server; assumed."""
ROWS_OF_A_TABLE: Final = 1e9
"""From which on a table is divided; assumed."""
UPLOADS_OF_THE_BURST: Final = 500
BURST_S: Final = 60.0
CALM_PER_S, BUSY_PER_S, BUSY_FROM_S, UNTIL_S = 100.0, 800.0, 60.0, 240.0
SEED: Final = 20


def per_unit(reads: Report, pipeline: Report, use: Use) -> dict[str, float]:
    """Core seconds a day of one active user, by role, and what else grows with them."""
    found: dict[str, float] = dict.fromkeys((*WEB, "worker", "PostgreSQL"), 0.0)

    def add(costs: Report, times: float) -> None:
        for name, ms in costs.items():
            if name in found:
                found[name] += times * ms["median"] / 1000

    for name, times in use.calls.items():
        if name in reads["reads"]:
            add(reads["reads"][name]["cpu_ms"], times)
    add(reads["reads"]["images/bytes"]["cpu_ms"], use.pictures * use.missed_share)
    add(pipeline["upload"]["upload"]["cpu_ms"], use.uploads)
    add(pipeline["jobs"]["12 MP"]["cpu_ms"], use.uploads)
    made = pipeline["renditions"]["12 MP to 800 pixels"]["the platform"]
    add(made["cpu_ms"], use.new_renditions)
    return found


def need(users: int, cores_each: Mapping[str, float], reads: Report, use: Use) -> dict[str, Any]:
    """Pods, cores, memory and what else ``users`` need in their busiest minute."""
    roles = {}
    for role in (*WEB, "worker"):
        cores = use.peak_per_s(users, cores_each[role])
        of_pod = float(scalers.worker_processes()) if role == "worker" else scalers.web_cores()
        pods = max(2, math.ceil(cores / FULL / of_pod))
        memory_mb = pods * _memory_mb(reads, role)
        roles[role] = {"cores": cores, "pods": pods, "memory_gb": memory_mb / 1024}
    calls = sum(use.calls.values()) + use.pictures * use.missed_share + use.uploads
    connections = sum(POOL_OF_A_POD[role] * roles[role]["pods"] for role in POOL_OF_A_POD)
    connections += scalers.worker_processes() * roles["worker"]["pods"]
    stored_mb = use.uploads * (use.upload_mb + use.renditions_mb)
    return {
        "users": users,
        "requests_per_s": use.peak_per_s(users, calls),
        "pictures_per_s": use.peak_per_s(users, use.pictures),
        "pictures_mb_per_s": use.peak_per_s(users, use.pictures * use.picture_mb),
        "jobs_per_s": use.peak_per_s(users, use.uploads + use.new_renditions),
        "roles": roles,
        "postgresql_cores": use.peak_per_s(users, cores_each["PostgreSQL"]),
        "connections": connections,
        "stored_gb_a_day": use.daily(users, stored_mb) / 1024,
        "rows_a_day": use.daily(users, use.uploads * 10),
    }


def _memory_mb(reads: Report, role: str) -> float:
    """Of one pod: the role as it was measured, with its two processes."""
    found: float = reads["memory"][role]["mb"]
    return found


def limits(cores_each: Mapping[str, float], use: Use) -> dict[str, float]:
    """The users at which each part stops scaling as it is deployed."""

    def users_of(limit_per_s: float, a_day: float) -> float:
        return limit_per_s / use.peak_per_s(1, a_day) if a_day else math.inf

    web, queue = scalers.web_rule(), scalers.queue_rule()
    most = {role: web.most * FULL * scalers.web_cores() for role in WEB}
    most["worker"] = queue.most * FULL * scalers.worker_processes()
    found = {f"{role} at its most pods": users_of(most[role], cores_each[role]) for role in most}
    pods = {role: cores_each[role] / FULL / scalers.web_cores() for role in POOL_OF_A_POD}
    connections = sum(POOL_OF_A_POD[role] * each for role, each in pods.items())
    connections += cores_each["worker"] / FULL
    calls = sum(use.calls.values()) + use.pictures * use.missed_share + use.uploads
    return {
        **found,
        "connections of PostgreSQL": users_of(scalers.most_connections(), connections),
        "cores of PostgreSQL": users_of(POSTGRESQL_CORES * FULL, cores_each["PostgreSQL"]),
        "commands of one Redis": users_of(REDIS_PER_S, calls),
        "rows of one table, after a year": ROWS_OF_A_TABLE / use.daily(1, use.uploads * 8 * 365),
    }


def burst(pipeline: Report) -> dict[str, Any]:
    """Many photographs within a minute: who waits how long, and how many pods come."""
    service = [ms / 1000 for ms in pipeline["jobs"]["12 MP"]["samples_ms"]]
    rate = UPLOADS_OF_THE_BURST / BURST_S
    rule = scalers.queue_rule("worker-interactive")
    scaling = Scaling(rule, scalers.worker_processes(), by_queue=True, start_s=START_S)
    arrivals = list(poisson(lambda _: rate, rate, BURST_S, SEED))
    found = simulate(arrivals, drawn(service, SEED), scaling=scaling)
    fixed = simulate(
        arrivals, drawn(service, SEED), scaling=None, servers=rule.least * scaling.servers_per_pod
    )
    return {
        "uploads": len(arrivals),
        "within_s": BURST_S,
        "service_s": sum(service) / len(service),
        **_waited(found),
        "p95_s_without_scaling": round(fixed.percentile(0.95), 3),
    }


def rush(reads: Report, use: Use) -> dict[str, Any]:
    """The gateway when eight times as many requests come at once, in the assumed mix."""
    rows, calls = reads["reads"], use.calls
    asked = {name: times for name, times in calls.items() if name.startswith("gateway/")}
    service = [
        rows[name]["cpu_ms"]["gateway"]["median"] / 1000
        for name, times in asked.items()
        for _ in range(round(times))
    ]
    rule = scalers.web_rule()
    scaling = Scaling(rule, servers_per_pod=1, by_queue=False, start_s=START_S)

    def rate(moment: float) -> float:
        return CALM_PER_S if moment < BUSY_FROM_S else BUSY_PER_S

    arrivals = poisson(rate, BUSY_PER_S, UNTIL_S, SEED)
    found = simulate(arrivals, drawn(service, SEED), scaling=scaling)
    return {
        "calm_per_s": CALM_PER_S,
        "busy_per_s": BUSY_PER_S,
        "busy_from_s": BUSY_FROM_S,
        "service_s": sum(service) / len(service),
        **_waited(found),
    }


def _waited(found: Waiting) -> dict[str, Any]:
    return {
        "p50_s": round(found.percentile(0.5), 4),
        "p95_s": round(found.percentile(0.95), 4),
        "longest_s": round(max(found.waits), 4),
        "most_pods": found.most_pods,
        "looks": [list(look) for look in found.looks],
    }


def sheet(reads: Report, pipeline: Report) -> dict[str, Any]:
    """Everything that the page says."""
    use = Use()
    cores_each = per_unit(reads, pipeline, use)
    return {
        "core_seconds_a_day_of_an_active_user": cores_each,
        "needs": [need(users, cores_each, reads, use) for users in SCALES],
        "limits": limits(cores_each, use),
        "burst": burst(pipeline),
        "rush": rush(reads, use),
    }
