"""Reads of usage by owner, and of the workers."""

from typing import Final
from uuid import UUID

from images.models import Usage, WorkerHeartbeat
from platform_site.kit.statements import Statement

_OF_OWNER: Final = Statement(lambda owner_id: Usage.objects.filter(owner_id=owner_id))


def usage_of(*, owner_id: UUID) -> Usage:
    """What the owner takes; zeros for one who has never stored anything (not saved)."""
    return next(iter(_OF_OWNER.rows(owner_id=owner_id)), None) or Usage(owner_id=owner_id)


def worker_heartbeats() -> list[WorkerHeartbeat]:
    """The workers that have been heard of, by name."""
    return list(WorkerHeartbeat.objects.order_by("name"))
