"""The quota of an owner: reserved while an upload arrives, spent when it is stored, refunded later.

Every step is one conditional UPDATE, so parallel uploads cannot pass the limit together.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from images import storage
from images.errors import QuotaExceeded, UploadExpired
from images.models import Reservation, Usage

log = structlog.get_logger(__name__)

RESERVATION_LIFETIME_S: Final = 3600
SWEEP_ROWS: Final = 500


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


def quota_abandon(*, reservation: Reservation) -> bool:
    """`quota_release` of an upload whose object the store may have: the sweeper looks for it."""
    with transaction.atomic():
        held = Reservation.objects.filter(id=reservation.id, bytes__gt=0)
        if not held.update(bytes=0, unsure_since=timezone.now()):
            return False
        Usage.objects.filter(owner_id=reservation.owner_id).update(
            reserved_bytes=F("reserved_bytes") - reservation.bytes
        )
        return True


def quota_refund(*, owner_id: UUID, size: int) -> None:
    """Account for one deleted image of ``size`` bytes."""
    Usage.objects.filter(owner_id=owner_id).update(bytes=F("bytes") - size, images=F("images") - 1)


def reservations_expire() -> int:
    """Release what uploads that died halfway reserved, and delete what they stored; how many.

    What an upload may have stored that was refused is deleted at once, and once more after that
    time: a store that was not heard may have been slow. Raises `StorageUnavailable`.
    """
    cutoff = timezone.now() - timedelta(seconds=RESERVATION_LIFETIME_S)
    is_due = Q(created_at__lt=cutoff) | Q(unsure_since__isnull=False)
    expired = 0
    for reservation in list(Reservation.objects.filter(is_due).order_by("created_at")[:SWEEP_ROWS]):
        if reservation.bytes and not quota_abandon(reservation=reservation):
            continue  # it has become an image meanwhile
        storage.object_delete(storage.original_key(reservation.id))
        storage.renditions_delete(reservation.id)
        if reservation.created_at < cutoff:
            leftover_forget(image_id=reservation.id)
            expired += 1
            log.info("reservation_expired", image_id=str(reservation.id), bytes=reservation.bytes)
        else:
            Reservation.objects.filter(id=reservation.id).update(unsure_since=None)
    return expired


def leftover_note(*, image_id: UUID, owner_id: UUID) -> None:
    """Let the sweeper delete the objects of an image that has no row, now and in an hour."""
    now = timezone.now()
    Reservation.objects.update_or_create(
        id=image_id,
        defaults={"owner_id": owner_id, "bytes": 0, "created_at": now, "unsure_since": now},
    )


def leftover_forget(*, image_id: UUID) -> None:
    """The store has no object of this image and will have none."""
    Reservation.objects.filter(id=image_id, bytes=0).delete()


def _ended(reservation: Reservation) -> bool:
    # Whoever deletes the row has the right to account for it, so an upload and the sweeper can meet
    # here at the same moment and the bytes are counted once.
    return Reservation.objects.filter(id=reservation.id, bytes__gt=0).delete()[0] == 1
