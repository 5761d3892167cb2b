"""The capacity sheet as a page, from what was measured and worked out."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template
from typing import Any, Final

from bench.capacity import FULL, START_S, WEB
from bench.spread import words
from bench.storm import REFRESHES, SIGN_INS
from bench.tables import number, table
from bench.use import Use

TEMPLATE: Final = Path(__file__).parent / "pages" / "capacity.md.in"
Report = Mapping[str, Any]


def capacity_page(
    reads: Report, pipeline: Report, sheet: Report, accounts: Report | None = None
) -> str:
    """The whole page; ``None`` when accounts were never measured."""
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        machine=_machine(reads),
        reads=_reads(reads),
        accounts=_accounts(accounts),
        jobs=_jobs(pipeline),
        memory=_memory(reads),
        use=_use(Use()),
        full=f"{FULL:.0%}",
        needs=_needs(sheet),
        limits=_limits(sheet),
        burst=_burst(sheet["burst"]),
        rush=_rush(sheet["rush"]),
        start=f"{START_S:.0f}",
    )


def _machine(reads: Report) -> str:
    cores = f"{reads['cores']} cores, " if "cores" in reads else ""
    return f"{cores}Python {reads['python']}, a load average of {reads['load_average']}"


def _reads(reads: Report) -> str:
    def rows() -> Iterator[list[str]]:
        for name, row in reads["reads"].items():
            if name.partition("/")[0] not in WEB:
                continue
            costs = {one: ms["median"] for one, ms in row["cpu_ms"].items()}
            roles = sum(ms for one, ms in costs.items() if one in WEB)
            parts = " + ".join(f"{number(ms)} {one}" for one, ms in costs.items() if one in WEB)
            database = costs.get("PostgreSQL", 0.0)
            yield [name, parts, number(database), number(1000 / roles)]

    head = ["Route", "ms of processor time", "PostgreSQL, ms", "Requests/s of one core"]
    return table(head, rows())


def _accounts(accounts: Report | None) -> str:
    if accounts is None:
        return "Not measured yet (`python -m bench accounts`)."
    head = ["On one core of auth", "ms of processor time", "PostgreSQL, ms", "A second"]
    rows = (
        [
            UNITS.get(name, name),
            number(row["cpu_ms"].get("auth", row["cpu_ms"].get("stock"))["median"]),
            number(row["cpu_ms"].get("PostgreSQL", {"median": 0.0})["median"]),
            words(row["of_one_core"], 0),
        ]
        for name, row in accounts["units"].items()
    )
    beside = ", ".join(f"{what} {found['median']} ×" for what, found in accounts["beside"].items())
    storm = f"\n\n{_storm(accounts['storm'])}" if "storm" in accounts else ""
    told = f"Processor time as a ratio: {beside}. {_machine(accounts)}."
    return f"{table(head, rows)}\n\n{told}{storm}"


def _storm(found: Report) -> str:
    come_in, busy = words(found["sign_ins_per_s"], 0), words(found["refused_per_s"], 0)
    within, alone = words(found["p95_ms"], 0), words(found["alone_p95_ms"], 0)
    return (
        f"While {SIGN_INS} clients sign in again and again, of whom {come_in} a second come in and "
        f"{busy} are refused as busy, {REFRESHES} others renew their sessions at "
        f"{words(found['share'])} × their rate alone; 95 % of these renewals took {within} ms, "
        f"alone {alone} ms, and of {found['requests']:,} {found['refused'] or 'none'} were refused."
    )


UNITS: Final = {
    "auth/sign-in": "password sign-in",
    "auth/service token": "service-token grant",
    "auth/refresh": "refresh",
    "auth/introspect": "introspection",
    "auth/profile": "verified read (profile)",
    "stock/profile": "verified read (profile), stock DRF and simplejwt",
}
"""As other account servers name what they publish."""


def _jobs(pipeline: Report) -> str:
    def rows() -> Iterator[list[str]]:
        for name, row in pipeline["jobs"].items():
            worker_s = row["cpu_ms"]["worker"]["median"] / 1000
            database = row["cpu_ms"].get("PostgreSQL", {"median": 0.0})["median"]
            rate = 1 / worker_s
            yield [
                name,
                number(1000 * worker_s),
                number(database),
                number(rate),
                number(rate * row["megapixels"]),
            ]

    head = ["Original", "Worker, ms", "PostgreSQL, ms", "Jobs/s of one core", "Megapixels/s"]
    return table(head, rows())


def _memory(reads: Report) -> str:
    rows = [
        [role, f"{found['processes']}", number(found["mb"]), number(found["most_mb"])]
        for role, found in reads["memory"].items()
    ]
    return table(["Role", "Processes", "All, MB", "The largest, MB"], rows)


def _use(use: Use) -> str:
    calls = sum(use.calls.values())
    return (
        f"{use.active_share:.0%} of all users are there on a day, and each of them makes "
        f"{number(calls)} calls of the API, looks at {number(use.pictures)} pictures of "
        f"{number(use.picture_mb * 1000)} kB ({1 - use.missed_share:.0%} of them from a cache), "
        f"uploads {number(use.uploads)} photographs of 12 megapixels and asks for "
        f"{number(use.new_renditions)} other rendition; {use.busiest_hour_share:.0%} of a day is "
        f"in its busiest hour, whose busiest minute has {number(use.busiest_minute_times)} times "
        f"the mean."
    )


def _needs(sheet: Report) -> str:
    needs = sheet["needs"]

    def role(name: str) -> list[str]:
        found = [one["roles"][name] for one in needs]
        return [f"{one['pods']:,} pods, {number(one['cores'])} cores" for one in found]

    roles = (*WEB, "worker")
    memory = [sum(one["roles"][name]["memory_gb"] for name in roles) for one in needs]
    rows = [
        ["requests/s", *(number(one["requests_per_s"]) for one in needs)],
        ["pictures/s by nginx or a CDN", *(number(one["pictures_per_s"]) for one in needs)],
        ["of them, MB/s", *(number(one["pictures_mb_per_s"]) for one in needs)],
        ["jobs/s", *(number(one["jobs_per_s"]) for one in needs)],
        *([name, *role(name)] for name in roles),
        ["memory of these pods, GB", *map(number, memory)],
        ["PostgreSQL, cores", *(number(one["postgresql_cores"]) for one in needs)],
        ["connections to it", *(f"{one['connections']:,}" for one in needs)],
        ["rows a day", *(number(one["rows_a_day"]) for one in needs)],
        ["stored a day, GB", *(number(one["stored_gb_a_day"]) for one in needs)],
    ]
    return table(["Users", *(f"{one['users']:,}" for one in needs)], rows)


REPLACED: Final = {
    "connections of PostgreSQL": "PgBouncer",
    "cores of PostgreSQL": "replicas, then a server for each application",
    "commands of one Redis": "Redis Cluster",
    "rows of one table, after a year": "partitions by owner",
}


def _limits(sheet: Report) -> str:
    found = sorted(sheet["limits"].items(), key=lambda one: one[1])
    rows = [[name, number(users), REPLACED.get(name, "more pods")] for name, users in found]
    return table(["Part", "Users", "Then"], rows)


def _burst(found: Report) -> str:
    p50, p95, longest = (number(found[name]) for name in ("p50_s", "p95_s", "longest_s"))
    return (
        f"{found['uploads']} photographs of 12 megapixels arrive within {found['within_s']:.0f} s; "
        f"a job takes {number(found['service_s'])} s of a core. KEDA brings up to "
        f"{found['most_pods']} worker pods. Half of the jobs wait at most {p50} s, 95 % at most "
        f"{p95} s, and the last one {longest} s; with the least number of pods 95 % would wait at "
        f"most {number(found['p95_s_without_scaling'])} s."
    )


def _rush(found: Report) -> str:
    p50, p95, longest = (number(1000 * found[name]) for name in ("p50_s", "p95_s", "longest_s"))
    return (
        f"{found['calm_per_s']:.0f} requests/s become {found['busy_per_s']:.0f} at "
        f"{found['busy_from_s']:.0f} s, in the assumed mix, of which the gateway takes "
        f"{number(1000 * found['service_s'])} ms each. The autoscaler brings up to "
        f"{found['most_pods']} pods. Half of the requests wait at most {p50} ms for a core, 95 % "
        f"at most {p95} ms, and the last one {longest} ms."
    )
