"""Data layer: PostgreSQL, the two Redis and MinIO."""

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

_OURS: Final = 'datname!~"template.*|postgres"'

_POSTGRESQL: Final = Row(
    "PostgreSQL",
    (
        number(
            "PostgreSQL",
            "1 when it answers its exporter.",
            "short",
            "min(pg_up)",
            below=RED,
            steps=((1, GREEN),),
            runbook="data.md#databasedown",
        ),
        number(
            "Connections",
            "Share of the connections that it takes which are open now.",
            "percentunit",
            "sum(pg_stat_activity_count) / max(pg_settings_max_connections)",
            decimals=1,
            steps=((0.6, ORANGE), (0.8, RED)),
            runbook="data.md#databaseconnectionsnearlimit",
        ),
        number(
            "Size",
            "Bytes that all databases take.",
            "bytes",
            "sum(pg_database_size_bytes)",
            runbook="data.md#volumefillsup",
        ),
        number(
            "Read from memory",
            "Share of the blocks that were found in memory instead of on disk.",
            "percentunit",
            f"sum(rate(pg_stat_database_blks_hit{{{_OURS}}}[$__rate_interval])) / "
            f"(sum(rate(pg_stat_database_blks_hit{{{_OURS}}}[$__rate_interval])) "
            f"+ sum(rate(pg_stat_database_blks_read{{{_OURS}}}[$__rate_interval])))",
            below=RED,
            decimals=1,
            highest=1,
            steps=((0.9, ORANGE), (0.98, GREEN)),
            runbook="latency.md#latencyburnsfast",
        ),
        number(
            "Deadlocks",
            "Transactions that ended in the last hour because they waited for each other.",
            "short",
            f"sum(increase(pg_stat_database_deadlocks{{{_OURS}}}[1h]))",
            decimals=0,
            steps=((1, ORANGE), (10, RED)),
            runbook="data.md#transactionhangs",
        ),
        number(
            "Longest transaction",
            "How long the oldest open transaction has been open.",
            "s",
            'max(pg_stat_activity_max_tx_duration{state!="idle"})',
            decimals=1,
            steps=((30, ORANGE), (300, RED)),
            runbook="data.md#transactionhangs",
        ),
        Panel(
            "Transactions",
            "Transactions each second; a roll-back is a refusal or a fault of ours.",
            "ops",
            (
                Query(
                    f"sum(rate(pg_stat_database_xact_commit{{{_OURS}}}[$__rate_interval]))",
                    "commit",
                ),
                Query(
                    f"sum(rate(pg_stat_database_xact_rollback{{{_OURS}}}[$__rate_interval]))",
                    "roll-back",
                ),
            ),
            width=8,
        ),
        Panel(
            "Connections by state",
            "Open connections by what they do. Many `idle in transaction` hold locks.",
            "short",
            (Query("sum by (state) (pg_stat_activity_count)", "{{state}}"),),
            kind="areas",
            width=8,
            decimals=0,
            runbook="data.md#databaseconnectionsnearlimit",
        ),
        Panel(
            "Queries by role, 95 %",
            "95 % of the queries of each role were faster than this, seen from the role.",
            "s",
            (Query(quantile(0.95, "django_db_query_duration_seconds", "job"), "{{job}}"),),
            width=8,
            steps=((0.05, ORANGE), (0.1, RED)),
            runbook="latency.md#latencyburnsfast",
        ),
    ),
)

_REDIS: Final = Row(
    "Redis",
    (
        Panel(
            "Memory",
            "Memory in use. The broker refuses tasks when it is full, the cache forgets.",
            "bytes",
            (Query("max by (job) (redis_memory_used_bytes)", "{{job}}"),),
            width=8,
            runbook="data.md#brokermemoryfull",
        ),
        Panel(
            "Commands",
            "Commands each second.",
            "ops",
            (Query(rate("redis_commands_processed_total", "job"), "{{job}}"),),
            width=8,
            runbook="data.md#redisdown",
        ),
        Panel(
            "Clients",
            "Connections that are open.",
            "short",
            (Query("max by (job) (redis_connected_clients)", "{{job}}"),),
            width=8,
            decimals=0,
        ),
        Panel(
            "Found in the cache",
            "Share of the keys asked for that were there.",
            "percentunit",
            (
                Query(
                    "sum by (job) "
                    '(rate(redis_keyspace_hits_total{job="redis-cache"}[$__rate_interval])) '
                    "/ (sum by (job) "
                    '(rate(redis_keyspace_hits_total{job="redis-cache"}[$__rate_interval])) '
                    "+ sum by (job) "
                    '(rate(redis_keyspace_misses_total{job="redis-cache"}[$__rate_interval])))',
                    "{{job}}",
                ),
            ),
            width=8,
            highest=1,
        ),
        Panel(
            "Forgotten keys",
            "Keys that went each second because memory was full. On the broker this must stay 0.",
            "ops",
            (Query(rate("redis_evicted_keys_total", "job"), "{{job}}"),),
            width=8,
            steps=((1, ORANGE),),
            runbook="data.md#brokermemoryfull",
        ),
        Panel(
            "Length of Celery's queues",
            "Length of the lists that are the queues, counted by Redis itself.",
            "short",
            (Query('max by (key) (redis_key_size{job="redis-broker"})', "{{key}}"),),
            width=8,
            decimals=0,
            runbook="work.md#peoplewaitforjobs",
        ),
    ),
)

_MINIO: Final = Row(
    "MinIO",
    (
        number(
            "Free",
            "Share of the object store that is free.",
            "percentunit",
            "sum(minio_cluster_capacity_usable_free_bytes) / "
            "sum(minio_cluster_capacity_usable_total_bytes)",
            width=6,
            below=RED,
            decimals=1,
            steps=((0.15, ORANGE), (0.3, GREEN)),
            runbook="data.md#storefillsup",
        ),
        number(
            "Drives offline",
            "Drives that MinIO has lost.",
            "short",
            "sum(minio_cluster_drive_offline_total)",
            width=6,
            steps=((1, RED),),
            runbook="data.md#storefails",
        ),
        number(
            "Objects",
            "Originals and renditions in the bucket.",
            "short",
            "sum(minio_cluster_usage_object_total)",
            width=6,
        ),
        number(
            "Bytes",
            "Bytes that they take.",
            "bytes",
            "sum(minio_cluster_usage_total_bytes)",
            width=6,
            runbook="data.md#storefillsup",
        ),
        Panel(
            "Requests of S3",
            "Calls each second, by kind.",
            "reqps",
            (Query(rate("minio_s3_requests_total", "api"), "{{api}}"),),
            kind="areas",
            runbook="data.md#storefails",
        ),
        Panel(
            "Failed requests of S3",
            "Calls that MinIO could not serve (5xx) each second, by kind.",
            "reqps",
            (Query(rate("minio_s3_requests_5xx_errors_total", "api"), "{{api}}"),),
            steps=((0.1, RED),),
            runbook="data.md#storefails",
        ),
    ),
)

BOARD: Final = Board(
    "data",
    "Data layer",
    "PostgreSQL, Redis (broker and cache) and MinIO.",
    (_POSTGRESQL, _REDIS, _MINIO),
)
