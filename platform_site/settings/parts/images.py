"""What the images role takes, and how long a job may go unheard."""

from platform_site.kit import env

IMAGE_DECODE_MEMORY_MB = env.integer(
    "IMAGE_DECODE_MEMORY_MB",
    1_000,
    about="Megabytes that making the renditions of a picture may take; one that needs more is 422.",
)
IMAGE_MAX_SIDE = env.integer(
    "IMAGE_MAX_SIDE",
    16_383,
    about="Pixels of the longest side that a picture may have; more is 422.",
)
IMAGE_REFUSE_INCOMPLETE = env.boolean(
    "IMAGE_REFUSE_INCOMPLETE",
    default=False,
    about="Whether pictures with missing or damaged pixels are refused, not shown as they are.",
)
QUOTA_BYTES = env.integer("QUOTA_BYTES", 5_000_000_000, about="Bytes that one account may store.")
TRASH_DAYS = env.integer(
    "TRASH_DAYS", 30, about="Days for which a deleted image can be taken back."
)
EXPORT_DAYS = env.integer(
    "EXPORT_DAYS", 7, about="Days for which the archive of an export can be fetched."
)
JOB_LEASE_S = env.integer(
    "JOB_LEASE_S",
    20,
    about="Seconds of silence after which another worker may take a running job.",
)
JOB_MAX_ATTEMPTS = env.integer(
    "JOB_MAX_ATTEMPTS", 3, about="Runs after which a job that kills its worker is failed."
)
JOB_REQUEUE_AFTER_S = env.integer(
    "JOB_REQUEUE_AFTER_S",
    60,
    about="Seconds after which a job that nobody began is sent to the queue again.",
)
WORKER_ADDRESS_SPACE_BYTES = env.integer(
    "WORKER_ADDRESS_SPACE_BYTES",
    2_000_000_000,
    about="Bytes of address space that a process of a worker may take while it decodes.",
)
WORKER_HEARTBEAT_FILE = env.text(
    "WORKER_HEARTBEAT_FILE",
    "",
    about="File that a living worker touches, for its probes; empty writes none.",
)
