"""Images and workers: uploads, jobs, queues, renditions and deliveries."""

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
    requests_panels,
)

_NOW: Final = Row(
    "Now",
    (
        number(
            "Workers alive",
            "Workers heard of within 20 seconds.",
            "short",
            'max(platform_workers{state="alive"})',
            below=RED,
            steps=((1, GREEN),),
            runbook="work.md#noworker",
        ),
        number(
            "Longest silence",
            "Time since the worker that is silent longest was heard of; they speak every 5 "
            "seconds.",
            "s",
            "max(platform_worker_heartbeat_age_seconds)",
            decimals=1,
            steps=((20, ORANGE), (60, RED)),
            runbook="work.md#workersilent",
        ),
        number(
            "Jobs that wait",
            "Jobs that no worker has taken yet.",
            "short",
            'max(platform_jobs{state="queued"})',
            steps=((50, ORANGE), (500, RED)),
            runbook="work.md#peoplewaitforjobs",
        ),
        number(
            "Failed in a day",
            "Jobs of the last 24 hours that failed.",
            "short",
            'max(platform_jobs_ended_24h{state="failed"})',
            steps=((10, ORANGE), (100, RED)),
            runbook="work.md#jobsfail",
        ),
        number(
            "Images",
            "Images that are stored now.",
            "short",
            "max(platform_stored_images)",
        ),
        number(
            "Stored",
            "Bytes that they take.",
            "bytes",
            "max(platform_stored_bytes)",
            runbook="data.md#storefillsup",
        ),
    ),
)

_QUEUES: Final = Row(
    "Queues and jobs",
    (
        Panel(
            "Age of the oldest job",
            "How long the oldest job of each queue has waited. People wait for `interactive`.",
            "s",
            (Query("max by (queue) (platform_queue_oldest_seconds)", "{{queue}}"),),
            steps=((60, ORANGE), (1800, RED)),
            width=8,
            runbook="work.md#peoplewaitforjobs",
        ),
        Panel(
            "Messages in the broker",
            "Messages that wait in Redis, by queue. They are only a reminder; the database "
            "knows the jobs.",
            "short",
            (Query("max by (queue) (platform_queue_depth)", "{{queue}}"),),
            width=8,
            decimals=0,
            runbook="work.md#peoplewaitforjobs",
        ),
        Panel(
            "Waiting before work, 95 %",
            "95 % of jobs were begun within this time after they were made.",
            "s",
            (Query(quantile(0.95, "images_queue_wait_seconds", "queue"), "{{queue}}"),),
            steps=((5, ORANGE), (30, RED)),
            width=8,
            runbook="work.md#peoplewaitforjobs",
        ),
        Panel(
            "Jobs by outcome",
            "Runs of jobs that ended each second. `deferred`: put off because the store did not "
            "answer; "
            "`superseded`: another worker had taken over.",
            "ops",
            (Query(rate("images_jobs_total", "kind, outcome"), "{{kind}} {{outcome}}"),),
            kind="areas",
            width=8,
            runbook="work.md#jobsfail",
        ),
        Panel(
            "Time of a job",
            "Half and 95 % of the runs took less than this.",
            "s",
            tuple(
                Query(quantile(q, "images_job_seconds", "kind"), f"{{{{kind}}}} {q * 100:g} %")
                for q in (0.5, 0.95)
            ),
            steps=((10, ORANGE), (60, RED)),
            width=8,
            runbook="work.md#peoplewaitforjobs",
        ),
        Panel(
            "Tasks by outcome",
            "Celery tasks that ended each second. A failed one met an error that it does not know; "
            "a killed one ran out of memory or time.",
            "ops",
            (Query(rate("celery_tasks_total", "task, outcome"), "{{task}} {{outcome}}"),),
            width=8,
            runbook="work.md#tasksfail",
        ),
        Panel(
            "Time of a task, 95 %",
            "95 % of the tasks took less than this.",
            "s",
            (Query(quantile(0.95, "celery_task_seconds", "task"), "{{task}}"),),
            width=8,
            runbook="work.md#tasksfail",
        ),
        Panel(
            "Messages dropped",
            "Messages that a worker dropped unread each second, by what was wrong with them: "
            "none of ours are.",
            "ops",
            (
                Query(
                    rate("celery_messages_refused_total", "queue, reason"), "{{queue}} {{reason}}"
                ),
            ),
            width=8,
            runbook="security.md#messagesdropped",
        ),
        Panel(
            "Sent to the broker",
            "Tasks handed to the broker each second. A refused one is sent again by the sweep.",
            "ops",
            (Query(rate("images_dispatches_total", "queue, outcome"), "{{queue}} {{outcome}}"),),
            width=8,
            runbook="data.md#redisdown",
        ),
        Panel(
            "Sent again",
            "Jobs that the sweep sent again each minute, by why: their message or their worker "
            "was lost.",
            "opm",
            (Query("60 * " + rate("images_jobs_requeued_total", "reason"), "{{reason}}"),),
            width=8,
            runbook="work.md#workersilent",
        ),
    ),
)

_PICTURES: Final = Row(
    "Pictures",
    (
        Panel(
            "Uploads by outcome",
            "Uploads each second: stored, known already, or the code of the refusal.",
            "ops",
            (Query(rate("images_uploads_total", "outcome"), "{{outcome}}"),),
            kind="areas",
            width=8,
            runbook="data.md#storefails",
        ),
        Panel(
            "Bytes",
            "Bytes of originals and renditions stored each second.",
            "Bps",
            (
                Query("sum(rate(images_upload_bytes_total[$__rate_interval]))", "originals"),
                Query(rate("images_render_bytes_total", "format"), "{{format}}"),
            ),
            width=8,
        ),
        Panel(
            "Renditions by format",
            "Renditions stored each second.",
            "ops",
            (Query(rate("images_renditions_total", "format"), "{{format}}"),),
            kind="areas",
            width=8,
        ),
        Panel(
            "Incomplete pictures",
            "Originals each minute of which part was missing or damaged, by format. A wave of them "
            "says that a client or a network cuts files on their way.",
            "opm",
            (Query("60 * " + rate("images_incomplete_total", "format"), "{{format}}"),),
            width=8,
        ),
        Panel(
            "Deliveries by status",
            "Requests for bytes each second. 403: not our signature; 410: expired; 304: not "
            "changed.",
            "reqps",
            (Query(rate("images_deliveries_total", "status"), "{{status}}"),),
            kind="areas",
            width=8,
            runbook="availability.md#availabilityburnsfast",
        ),
        Panel(
            "Exports",
            "Archives of all that a person has, each hour: asked for, made, failed, removed after "
            "their days.",
            "short",
            (
                Query("3600 * " + rate("images_exports_total", "outcome"), "{{outcome}}"),
                Query(
                    "3600 * sum by (outcome) "
                    '(rate(images_jobs_total{kind="export"}[$__rate_interval]))',
                    "job {{outcome}}",
                ),
            ),
            width=8,
            runbook="work.md#exportsfail",
        ),
        Panel(
            "Bytes of exports",
            "Bytes of such archives stored each second; they take as much as their originals.",
            "Bps",
            (Query("sum(rate(images_export_bytes_total[$__rate_interval]))", "archives"),),
            width=8,
            runbook="data.md#storefillsup",
        ),
        Panel(
            "Object store",
            "Time that one small question to the store takes, asked by the workers.",
            "s",
            (Query("max(platform_store_seconds)", "head bucket"),),
            steps=((0.1, ORANGE), (1, RED)),
            width=8,
            runbook="data.md#storefails",
        ),
        Panel(
            "Failures of the store",
            "Calls of the object store that failed each second.",
            "ops",
            (Query(rate("images_storage_errors_total", "operation"), "{{operation}}"),),
            steps=((0.01, ORANGE), (0.1, RED)),
            width=8,
            runbook="data.md#storefails",
        ),
    ),
)

BOARD: Final = Board(
    "images",
    "Images and workers",
    "From upload to rendition to delivery: queues, jobs, workers and bytes.",
    (_NOW, _QUEUES, _PICTURES, Row("Requests", requests_panels("images"))),
)
