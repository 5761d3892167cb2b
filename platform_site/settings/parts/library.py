"""What the images role takes, and how long a job may go unheard."""

from platform_site.kit import env

IMAGE_MAX_PIXELS = env.integer("IMAGE_MAX_PIXELS", 40_000_000)
IMAGE_MAX_SIDE = env.integer("IMAGE_MAX_SIDE", 16_383)
IMAGE_MAX_FRAMES = env.integer("IMAGE_MAX_FRAMES", 300)
QUOTA_BYTES = env.integer("QUOTA_BYTES", 5_000_000_000)
TRASH_DAYS = env.integer("TRASH_DAYS", 30)
JOB_LEASE_S = env.integer("JOB_LEASE_S", 20)
JOB_MAX_ATTEMPTS = env.integer("JOB_MAX_ATTEMPTS", 3)
JOB_REQUEUE_AFTER_S = env.integer("JOB_REQUEUE_AFTER_S", 60)
WORKER_ADDRESS_SPACE_BYTES = env.integer("WORKER_ADDRESS_SPACE_BYTES", 3_000_000_000)
WORKER_HEARTBEAT_FILE = env.text("WORKER_HEARTBEAT_FILE", "")
