"""The state of the platform, measured by asking each role, at most once in two seconds."""

import threading
import time
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings

from gateway.clients.auth import readiness_check
from gateway.clients.images import status_get
from gateway.clients.types import ImagesStatus
from gateway.concurrency import calls_answered
from gateway.errors import Refused
from gateway.responses import PartStatusOut, RoleStatusOut, StatusDetailOut, StatusOut
from platform_site.kit.auth.revocations import session_is_revoked
from platform_site.kit.auth.tokens import verifier

ASK_S: Final = 1.0
LONGEST_WAIT_S: Final = 300.0
"""A job of any queue that waits longer has no worker, or no scheduler, that would take it."""
NOBODY: Final = UUID(int=0)
MEMORY_S: Final = 2.0
"""Anyone may ask, so asking often must not become load on every role."""
SHOWN_FOR_S: Final = 30.0
"""How old a state may be that is shown while another thread measures."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """A state and the monotonic time of its measurement."""

    status: StatusOut
    at: float

    def is_younger_than(self, seconds: float) -> bool:
        """Whether it was measured within the last ``seconds``."""
        return time.monotonic() < self.at + seconds


class StatusBoard:
    """Remembers the last measurement for a moment; one thread measures at a time.

    The others are shown the last one meanwhile, so that a role that hangs holds up one thread and
    not all. They wait only where there is none that is fit to be shown.
    """

    def __init__(self) -> None:
        self._measuring = threading.Lock()
        self._last: Measurement | None = None

    def status(self) -> StatusOut:
        """The state with every detail."""
        last = self._last
        if last is not None and last.is_younger_than(MEMORY_S):
            return last.status
        shown = last if last is not None and last.is_younger_than(SHOWN_FOR_S) else None
        if not self._measuring.acquire(blocking=shown is None) and shown is not None:
            return shown.status
        try:
            return self._measured()
        finally:
            self._measuring.release()

    def forget(self) -> None:
        """Measure again at the next look."""
        self._last = None

    def _measured(self) -> StatusOut:
        last = self._last
        if last is not None and last.is_younger_than(MEMORY_S):
            return last.status  # measured while this thread waited
        status = status_measure()
        self._last = Measurement(status, time.monotonic())
        return status


def status_measure() -> StatusOut:
    """Ask every role and part now, beside each other, for a second at most.

    A role is ok when it does its work, not merely when it answers. What only images could tell is
    not known while images says nothing.
    """
    found = calls_answered(
        {
            "auth": _auth_is_ready,
            "images": _images_status,
            "cache": lambda: session_is_revoked(NOBODY) is not None,
            "keys": verifier().knows_fresh_keys,
        },
        within_s=ASK_S,
    )
    images = found.get("images")
    images = images if isinstance(images, ImagesStatus) else None
    roles = {
        "gateway": RoleStatusOut(ok=True),
        "auth": RoleStatusOut(ok=found.get("auth") is True),
        "images": RoleStatusOut(ok=images is not None and _does_its_work(images)),
        "worker": RoleStatusOut(ok=any(w.alive for w in images.workers) if images else None),
    }
    parts = {
        "cache": PartStatusOut(ok=found.get("cache") is True and _has_cache(images)),
        "keys": PartStatusOut(ok=found.get("keys")),
        **_parts_of(images),
    }
    known = [*(role.ok for role in roles.values()), *(part.ok for part in parts.values())]
    return StatusOut(
        status="ok" if all(known) else "degraded",
        roles=roles,
        parts=parts,
        version=settings.VERSION,
        links={"grafana": settings.GRAFANA_URL} if settings.GRAFANA_URL else {},
        detail=_detail(images) if images else None,
    )


def _has_cache(images: ImagesStatus | None) -> bool:
    """Whether images has it, too, as far as it says so."""
    return images is None or images.cache is None or images.cache.ok


def _parts_of(images: ImagesStatus | None) -> dict[str, PartStatusOut]:
    if images is None:
        return {
            name: PartStatusOut(ok=None) for name in ("database", "broker", "storage", "queues")
        }
    ages_s = [queue.oldest_age_s or 0.0 for queue in images.queues]
    waits = max(ages_s, default=0.0) > LONGEST_WAIT_S
    return {
        "database": PartStatusOut(ok=images.database.ok),
        "broker": PartStatusOut(ok=images.broker.ok),
        "storage": PartStatusOut(ok=images.storage.ok),
        "queues": PartStatusOut(ok=not waits if images.database.ok else None),
    }


def _auth_is_ready() -> bool:
    try:
        readiness_check()
    except Refused:
        return False
    return True


def _images_status() -> ImagesStatus | None:
    try:
        return status_get()
    except Refused:
        return None


def _does_its_work(images: ImagesStatus) -> bool:
    return images.storage.ok and images.database.ok and images.broker.ok


def _detail(images: ImagesStatus) -> StatusDetailOut:
    return StatusDetailOut(
        queues=images.queues,
        workers=images.workers,
        storage=images.storage,
        database=images.database,
        broker=images.broker,
        jobs=images.jobs,
        images_version=images.version,
    )


board: Final = StatusBoard()
