"""The state of the platform, measured by asking each role, at most once in two seconds."""

import threading
import time
from typing import Final

from django.conf import settings

from gateway.clients.auth import readiness_check
from gateway.clients.images import status_get
from gateway.clients.types import ImagesStatus
from gateway.concurrency import calls_gather
from gateway.errors import Refused
from gateway.shapes import RoleStatus, Status, StatusDetail

MEMORY_S: Final = 2.0
"""Anyone may ask, so asking often must not become load on every role."""


class StatusBoard:
    """Remembers the last measurement for a moment; one thread measures, the others wait for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._status: Status | None = None
        self._good_until = 0.0

    def status(self) -> Status:
        """The state with every detail."""
        with self._lock:
            if self._status is None or time.monotonic() >= self._good_until:
                self._status = status_measure()
                self._good_until = time.monotonic() + MEMORY_S
            return self._status

    def forget(self) -> None:
        """Measure again at the next look."""
        with self._lock:
            self._status = None


def status_measure() -> Status:
    """Ask every role now. A role is ok when it does its work, not merely when it answers."""
    parts = calls_gather({"auth": _auth_is_ready, "images": _images_status})
    images = parts["images"] if isinstance(parts["images"], ImagesStatus) else None
    roles = {
        "gateway": RoleStatus(ok=True),
        "auth": RoleStatus(ok=parts["auth"] is True),
        "images": RoleStatus(ok=images is not None and _does_its_work(images)),
        "worker": RoleStatus(ok=images is not None and any(w.alive for w in images.workers)),
    }
    return Status(
        status="ok" if all(role.ok for role in roles.values()) else "degraded",
        roles=roles,
        version=settings.VERSION,
        links={"grafana": settings.GRAFANA_URL} if settings.GRAFANA_URL else {},
        detail=_detail(images) if images else None,
    )


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


def _detail(images: ImagesStatus) -> StatusDetail:
    return StatusDetail(
        queues=images.queues,
        workers=images.workers,
        storage=images.storage,
        database=images.database,
        broker=images.broker,
        jobs=images.jobs,
        images_version=images.version,
    )


board: Final = StatusBoard()
