"""What the gateway reads of other roles' answers: what it decides by, or joins."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class FollowedJob:
    """The job that somebody waits for."""

    id: UUID
    state: str

    @property
    def is_over(self) -> bool:
        """Nothing more will happen to it."""
        return self.state in {"succeeded", "failed", "canceled"}


@dataclass(frozen=True, slots=True)
class FollowedImage:
    """The image that a job works on."""

    id: UUID


@dataclass(frozen=True, slots=True)
class FollowedUpload:
    """An accepted upload. ``job`` is ``None`` when a duplicate has nothing left to do."""

    image: FollowedImage
    job: FollowedJob | None
    duplicate: bool

    @property
    def is_running(self) -> bool:
        """There is something to wait for."""
        return self.job is not None and not self.job.is_over


@dataclass(frozen=True, slots=True)
class AccountClosed:
    """Auth's answer to the end of an account; ``images_token`` has images withhold all of it."""

    deletes_at: datetime
    images_token: str


@dataclass(frozen=True, slots=True)
class AccountRestored:
    """Auth's answer to the way back; ``images_token`` has images serve all of it again."""

    images_token: str


@dataclass(frozen=True, slots=True, repr=False)
class ApiKeyAnswer:
    """Auth's word on an API key; ``expires_in`` is in seconds. All is empty unless ``active``."""

    active: bool
    token: str = ""
    expires_in: int = 0
    addresses: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """Jobs waiting in one queue; ``oldest_age_s`` is ``None`` when it is empty.

    ``depth`` is ``None`` while the broker gives no answer.
    """

    name: str
    depth: int | None
    oldest_age_s: float | None


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """One worker process and when it was last heard of."""

    name: str
    last_seen_at: datetime
    alive: bool
    concurrency: int
    version: str


@dataclass(frozen=True, slots=True)
class StorageStatus:
    """The object store, as images measured it just now."""

    ok: bool
    latency_ms: float | None = None
    bytes: int | None = None
    images: int | None = None


@dataclass(frozen=True, slots=True)
class Reachable:
    """Whether a dependency answered."""

    ok: bool


@dataclass(frozen=True, slots=True)
class JobCounts:
    """Jobs now, and how those of the last 24 hours ended; ``None`` while nobody can count them."""

    queued: int | None
    running: int | None
    failed_24h: int | None
    succeeded_24h: int | None


@dataclass(frozen=True, slots=True)
class ImagesStatus:
    """Everything that images knows about its own health."""

    version: str
    storage: StorageStatus
    database: Reachable
    broker: Reachable
    jobs: JobCounts
    cache: Reachable | None = None
    queues: list[QueueStatus] = field(default_factory=list)
    workers: list[WorkerStatus] = field(default_factory=list)
