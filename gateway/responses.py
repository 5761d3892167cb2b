"""What the gateway answers itself: one frozen dataclass is the type, the reply and its schema."""

from dataclasses import dataclass
from datetime import datetime

from gateway.clients.types import JobCounts, QueueStatus, Reachable, StorageStatus, WorkerStatus


@dataclass(frozen=True, slots=True)
class ClosedAccountOut:
    """The account is closed, and will be deleted at ``deletes_at``; until then it can be kept."""

    deletes_at: datetime


@dataclass(frozen=True, slots=True)
class RoleStatusOut:
    """Whether a role does its work; ``None`` while nobody knows."""

    ok: bool | None


@dataclass(frozen=True, slots=True)
class PartStatusOut:
    """Whether a part that the roles stand on answers in time; ``None`` while nobody knows."""

    ok: bool | None


@dataclass(frozen=True, slots=True)
class StatusDetailOut:
    """What staff see, measured at most two seconds ago; longer while a role keeps us waiting."""

    queues: list[QueueStatus]
    workers: list[WorkerStatus]
    storage: StorageStatus
    database: Reachable
    broker: Reachable
    jobs: JobCounts
    images_version: str


@dataclass(frozen=True, slots=True)
class StatusOut:
    """The state of the platform; ``detail`` is for staff, and ``None`` without images.

    It is ``ok`` when every role and every part is known to be. ``parts``: cache, database, broker,
    storage, keys (those that verify tokens are fresh), queues (no job waits for minutes).
    ``links`` names pages of the operator's: ``grafana``, when there is one.
    """

    status: str
    roles: dict[str, RoleStatusOut]
    parts: dict[str, PartStatusOut]
    version: str
    links: dict[str, str]
    detail: StatusDetailOut | None
