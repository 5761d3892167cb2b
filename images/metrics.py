"""The numbers of the images application; labels are small fixed sets, never ids.

Outcomes that an alert counts begin at 0 with the process.
"""

from typing import Final

from prometheus_client import Counter, Histogram

UPLOADS_TOTAL: Final = Counter(
    "images_uploads_total", "Uploads by outcome: stored, duplicate or the refusal.", ["outcome"]
)
UPLOAD_BYTES_TOTAL: Final = Counter("images_upload_bytes_total", "Bytes of originals stored.")
INCOMPLETE_TOTAL: Final = Counter(
    "images_incomplete_total",
    "Originals of which pixels were missing or damaged when they were decoded, by format.",
    ["format"],
)
JOBS_TOTAL: Final = Counter(
    "images_jobs_total",
    "Runs of jobs by how they ended: succeeded, failed, deferred, yielded or superseded.",
    ["kind", "outcome"],
)
JOB_SECONDS: Final = Histogram(
    "images_job_seconds",
    "Time that a worker spent on a run of a job.",
    ["kind"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 90.0),
)
QUEUE_WAIT_SECONDS: Final = Histogram(
    "images_queue_wait_seconds",
    "Time from the making of a job to the start of its first run.",
    ["queue"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0),
)
RENDER_BYTES_TOTAL: Final = Counter(
    "images_render_bytes_total", "Bytes of renditions stored, by format.", ["format"]
)
RENDITIONS_TOTAL: Final = Counter(
    "images_renditions_total", "Renditions stored, by format.", ["format"]
)
DISPATCHES_TOTAL: Final = Counter(
    "images_dispatches_total", "Tasks handed to the broker: sent or refused.", ["queue", "outcome"]
)
REQUEUED_TOTAL: Final = Counter(
    "images_jobs_requeued_total", "Jobs that the sweeper sent again, by why.", ["reason"]
)
DELIVERIES_TOTAL: Final = Counter(
    "images_deliveries_total", "Requests for bytes, by status.", ["status"]
)
STORAGE_ERRORS_TOTAL: Final = Counter(
    "images_storage_errors_total", "Calls of the object store that failed.", ["operation"]
)

EXPORTS_TOTAL: Final = Counter(
    "images_exports_total",
    "Archives of all that a person has: requested, or removed from the store.",
    ["outcome"],
)
EXPORT_BYTES_TOTAL: Final = Counter("images_export_bytes_total", "Bytes of such archives stored.")

for _kind in ("render", "delete", "export"):
    for _outcome in ("succeeded", "failed"):
        JOBS_TOTAL.labels(_kind, _outcome)
for _operation in ("put", "delete", "open", "read", "check"):
    STORAGE_ERRORS_TOTAL.labels(_operation)
