"""System overview: does it keep its promises, and if not, where to look."""

from typing import Final

from deploy.grafana.source.panels import (
    GREEN,
    ORANGE,
    RED,
    Board,
    Panel,
    Query,
    Row,
    number,
    quantile,
    rate,
)

ROLES: Final = ("auth", "gateway", "images")

_NOW: Final = Row(
    "Now",
    (
        number(
            "Services up",
            "Roles of which at least one process answers Prometheus; there are five.",
            "short",
            'count(sum by (job) (up{job=~"auth|gateway|images|worker|frontend"}) > 0)',
            below=RED,
            steps=((5, GREEN),),
            runbook="roles.md#roledown",
        ),
        number(
            "Alerts that fire",
            "Alerts of severity warning or critical that fire now.",
            "short",
            'count(ALERTS{alertstate="firing",severity=~"warning|critical"}) or vector(0)',
            steps=((1, ORANGE), (5, RED)),
            runbook="README.md#when-you-are-woken",
        ),
        number(
            "Requests",
            "Requests answered each second by auth, gateway and images together.",
            "reqps",
            "sum(slo:events:rate5m{slo='availability'})",
            decimals=1,
            board="gateway",
        ),
        number(
            "Errors",
            "Share of requests answered with a 5xx in the last five minutes; 0.1 % is allowed.",
            "percentunit",
            "sum(slo:failures:rate5m{slo='availability'}) / "
            "sum(slo:events:rate5m{slo='availability'})",
            decimals=2,
            steps=((0.001, ORANGE), (0.0144, RED)),
            board="gateway",
            runbook="availability.md#availabilityburnsfast",
        ),
        number(
            "Oldest job",
            "How long the oldest upload has waited for a worker.",
            "s",
            'max(platform_queue_oldest_seconds{queue="interactive"})',
            steps=((15, ORANGE), (60, RED)),
            board="images",
            runbook="work.md#peoplewaitforjobs",
        ),
        number(
            "Workers",
            "Worker processes heard of within 20 seconds.",
            "short",
            'max(platform_workers{state="alive"})',
            below=RED,
            steps=((1, GREEN),),
            board="images",
            runbook="work.md#noworker",
        ),
    ),
)


def _budget(role: str, slo: str, promise: str) -> Panel:
    name = slo.capitalize()
    return number(
        f"{role}: {slo} budget",
        f"{name} budget that is left of 30 days. The promise: {promise}. "
        "At 0 % it is broken; below, by how much.",
        "percentunit",
        f'slo:budget_left:ratio{{role="{role}",slo="{slo}"}}',
        below=RED,
        steps=((0, ORANGE), (0.25, GREEN)),
        lowest=None,
        decimals=1,
        board=role,
        runbook=f"{slo}.md#{slo}burnsfast",
    )


_OBJECTIVES: Final = Row(
    "Objectives: error budgets of 30 days",
    (
        *(_budget(role, "availability", "99.9 % of requests without a 5xx") for role in ROLES),
        *(_budget(role, "latency", "95 % of requests below 100 ms") for role in ROLES),
        Panel(
            "Availability burn rate",
            "How many times faster than allowed the budget is spent, over one hour. 1 lasts "
            "exactly "
            "30 days; 14.4 pages.",
            "x",
            (
                Query(
                    "slo:failures:ratio_1h{slo='availability'} / on (slo) group_left () "
                    "slo:budget:ratio",
                    "{{role}}",
                ),
            ),
            steps=((1, ORANGE), (14.4, RED)),
            runbook="availability.md#availabilityburnsfast",
        ),
        Panel(
            "Latency burn rate",
            "How many times faster than allowed slow requests come, over one hour. 14.4 pages.",
            "x",
            (
                Query(
                    "slo:failures:ratio_1h{slo='latency'} / on (slo) group_left () "
                    "slo:budget:ratio",
                    "{{role}}",
                ),
            ),
            steps=((1, ORANGE), (14.4, RED)),
            runbook="latency.md#latencyburnsfast",
        ),
    ),
)

_BACKUPS: Final = Row(
    "Backups",
    (
        number(
            "Last backup",
            "Time since the last backup that succeeded began. Empty: there was never one.",
            "s",
            'time() - max(platform_backup_last_success_timestamp_seconds{kind="backup"})',
            steps=((108_000, RED),),
            runbook="backup.md#backuplate",
        ),
        number(
            "Last rehearsal",
            "Time since the last rehearsal that brought all of a backup back. Empty: there was "
            "never one.",
            "s",
            'time() - max(platform_backup_last_success_timestamp_seconds{kind="rehearsal"})',
            steps=((108_000, ORANGE),),
            runbook="backup.md#rehearsallate",
        ),
        number(
            "Its verdict",
            "1 when the last rehearsal found everything as it was saved, 0 when it failed.",
            "short",
            'max(platform_backup_last_ok{kind="rehearsal"})',
            below=RED,
            steps=((1, GREEN),),
            decimals=0,
            runbook="backup.md#rehearsalfailed",
        ),
        number(
            "Recovery time",
            "How long the last rehearsal took to bring the platform back (RTO). The promise: "
            "below ten minutes.",
            "s",
            "max(platform_rehearsal_recovery_seconds)",
            steps=((300, ORANGE), (600, RED)),
            runbook="backup.md#rehearsalslow",
        ),
        number(
            "Recovery point",
            "How much work a disaster at the start of the last rehearsal would have lost (RPO), "
            "as a share of what is promised. Above 100 % it is broken.",
            "percentunit",
            "max(platform_rehearsal_recovery_point_seconds) / "
            "max(platform_recovery_point_objective_seconds)",
            steps=((0.8, ORANGE), (1, RED)),
            runbook="backup.md#recoverypointlate",
        ),
        number(
            "Hashes compared",
            "Share of the objects of which the last rehearsal compared the hash; the rest is "
            "compared by size.",
            "percentunit",
            "max(platform_rehearsal_checked_ratio)",
            runbook="backup.md#rehearsalfailed",
        ),
        Panel(
            "Size of a backup",
            "Bytes of the objects in the last backup and rehearsal that succeeded.",
            "bytes",
            (Query("max by (kind) (platform_backup_bytes)", "{{kind}}"),),
        ),
        Panel(
            "Duration",
            "How long the last backup and the last rehearsal that succeeded took.",
            "s",
            (Query("max by (kind) (platform_backup_last_seconds)", "{{kind}}"),),
            steps=((300, ORANGE), (600, RED)),
            runbook="backup.md#rehearsalslow",
        ),
    ),
)

_TRAFFIC: Final = Row(
    "Traffic",
    (
        Panel(
            "Requests by service",
            "Requests answered each second.",
            "reqps",
            (Query(rate("http_requests_total", "role"), "{{role}}"),),
            kind="areas",
            board="gateway",
        ),
        Panel(
            "Duration by service, 95 %",
            "95 % of the requests of each service were faster than this.",
            "s",
            (Query(quantile(0.95, "http_request_seconds", "role"), "{{role}}"),),
            steps=((0.1, ORANGE), (0.3, RED)),
            board="gateway",
            exemplars=True,
            runbook="latency.md#latencyburnsfast",
        ),
        Panel(
            "Jobs",
            "Jobs that ended each second, by how. Failed ones are files that cannot be read, or "
            "ours.",
            "ops",
            (Query(rate("images_jobs_total", "outcome"), "{{outcome}}"),),
            kind="areas",
            board="images",
            runbook="work.md#jobsfail",
        ),
        Panel(
            "Versions",
            "Processes that answer, by version: two at once are a roll-out.",
            "short",
            (Query("count by (role, version) (platform_build_info)", "{{role}} {{version}}"),),
            decimals=0,
            runbook="roles.md#versionsdiffer",
        ),
    ),
)

BOARD: Final = Board(
    "overview",
    "System overview",
    "Does the platform keep its promises, how much error budget is left, and where to look next.",
    (_NOW, _OBJECTIVES, _TRAFFIC, _BACKUPS),
)
