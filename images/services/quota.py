"""The quota of an owner: reserved while an upload arrives, spent when it is stored, refunded later.

Every step is one conditional UPDATE, so parallel uploads cannot pass the limit together.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from images import storage
from images.errors import QuotaExceeded, UploadExpired
from images.models import Reservation, Usage

log = structlog.get_logger(__name__)

RESERVATION_LIFETIME_S: Final = 3600


def quota_reserve(*, owner_id: UUID, image_id: UUID, size: int) -> Reservation:
    """Reserve ``size`` bytes for an upload. Raises `QuotaExceeded`, and then reserves nothing."""
    within_quota = Usage.objects.filter(
        owner_id=owner_id, bytes__lte=settings.QUOTA_BYTES - size - F("reserved_bytes")
    )
    for _ in range(2):
        with transaction.atomic():
            if within_quota.update(reserved_bytes=F("reserved_bytes") + size):
                return Reservation.objects.create(id=image_id, owner_id=owner_id, bytes=size)
        # Before the first upload there is no row.
        Usage.objects.get_or_create(owner_id=owner_id)
    raise QuotaExceeded(f"All originals together may take {settings.QUOTA_BYTES} bytes.")


def quota_spend(*, reservation: Reservation) -> None:
    """Turn the reservation into usage, inside the transaction that stores the image.

    Raises `UploadExpired` when the sweeper has released it meanwhile.
    """
    if not _ended(reservation):
        raise UploadExpired
    Usage.objects.filter(owner_id=reservation.owner_id).update(
        reserved_bytes=F("reserved_bytes") - reservation.bytes,
        bytes=F("bytes") + reservation.bytes,
        images=F("images") + 1,
    )


def quota_release(*, reservation: Reservation) -> bool:
    """Give up the reservation; false when that has been done already."""
    with transaction.atomic():
        if not _ended(reservation):
            return False
        Usage.objects.filter(owner_id=reservation.owner_id).update(
            reserved_bytes=F("reserved_bytes") - reservation.bytes
        )
        return True


def quota_refund(*, owner_id: UUID, size: int) -> None:
    """Account for one deleted image of ``size`` bytes."""
    Usage.objects.filter(owner_id=owner_id).update(bytes=F("bytes") - size, images=F("images") - 1)


def reservations_expire() -> int:
    """Release what uploads that died halfway reserved, and delete what they stored; how many."""
    cutoff = timezone.now() - timedelta(seconds=RESERVATION_LIFETIME_S)
    stale = list(Reservation.objects.filter(created_at__lt=cutoff)[:500])
    if stale:
        storage.store_check()  # a store that is down would leave objects that nobody owns
    expired = 0
    for reservation in stale:
        if quota_release(reservation=reservation):
            storage.object_delete(storage.original_key(reservation.id))
            expired += 1
            log.info("reservation_expired", image_id=str(reservation.id), bytes=reservation.bytes)
    return expired


def _ended(reservation: Reservation) -> bool:
    # Whoever deletes the row has the right to account for it, so an upload and the sweeper can meet
    # here at the same moment and the bytes are counted once.
    return Reservation.objects.filter(id=reservation.id).delete()[0] == 1
