"""The life of an export outside of a worker: asked for, kept for some days, removed."""

from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from images import metrics
from images.errors import ExportLimit, ExportUnderWay
from images.job_ends import told
from images.models import ACTIVE_STATES, Export, Job, Usage, archive_key
from images.parted_objects import parts_abandon
from images.selectors.exports import images_exported
from images.services.jobs import job_create

log = structlog.get_logger(__name__)

A_DAY: Final = 3
"""Exports that a person may ask for in 24 hours: each reads all that they have."""
REMOVED_ROWS: Final = 100


def export_create(*, owner_id: UUID, account: str) -> Export:
    """Make an export of all that the owner has, with ``account``, JSON that auth has written.

    One that was ready is given up for it. Raises `ExportUnderWay` or `ExportLimit`.
    """
    now = timezone.now()
    with transaction.atomic():
        # The row that two requests of one person have in common.
        Usage.objects.get_or_create(owner_id=owner_id)
        Usage.objects.select_for_update().get(owner_id=owner_id)
        theirs = Export.objects.filter(owner_id=owner_id)
        if theirs.filter(job__state__in=ACTIVE_STATES).exists():
            raise ExportUnderWay
        of_today = theirs.filter(created_at__gt=now - timedelta(days=1)).order_by("-created_at")
        if len(made := of_today[:A_DAY]) == A_DAY:
            free_at = made[A_DAY - 1].created_at + timedelta(days=1)
            raise ExportLimit(retry_after_s=max(1, int((free_at - now).total_seconds())))
        theirs.filter(removed_at=None, expires_at__gt=now).update(expires_at=now)
        job = job_create(kind=Job.Kind.EXPORT, owner_id=owner_id, image=None)
        images = images_exported(owner_id=owner_id, after=None).count()
        Job.objects.filter(id=job.id).update(progress_total=images)
        job.progress_total = images
        export = Export.objects.create(owner_id=owner_id, job=job, account=account)
    metrics.EXPORTS_TOTAL.labels("requested").inc()
    log.info("export_requested", export_id=str(export.id), images=images)
    return export


def exports_expire() -> int:
    """Remove what is kept no longer, and what a failed export has left behind; how many went.

    Raises `StorageUnavailable`.
    """
    over = Q(expires_at__lte=timezone.now()) | Q(
        job__state__in=(Job.State.FAILED, Job.State.CANCELED)
    )
    due = Export.objects.filter(over, removed_at=None)
    ids = list(due.order_by("created_at").values_list("id", flat=True)[:REMOVED_ROWS])
    return sum(export_remove(export_id=export_id) for export_id in ids)


def export_remove(*, export_id: UUID) -> bool:
    """Remove the archive and all that would go into it; false when it was removed before.

    The row stays, for whoever asks what became of it. Raises `StorageUnavailable`.
    """
    export = Export.objects.filter(id=export_id, removed_at=None).first()
    if export is None:
        return False
    # The object before the row, so that a run that dies halfway leaves a row that says so.
    parts_abandon(archive_key(export.id), export.upload_id)
    with transaction.atomic():
        removed = Export.objects.filter(id=export.id, removed_at=None).update(
            removed_at=timezone.now(), account="", parts=[], upload_id=""
        )
        export.entries.all().delete()
    if removed:
        metrics.EXPORTS_TOTAL.labels("removed").inc()
        log.info("export_removed", export_id=str(export.id), bytes=export.bytes)
    return bool(removed)


def owner_exports_cancel(*, owner_id: UUID) -> None:
    """Stop what is being made for the owner, in the transaction in hand."""
    Job.objects.filter(owner_id=owner_id, kind=Job.Kind.EXPORT, state__in=ACTIVE_STATES).update(
        state=Job.State.CANCELED,
        finished_at=timezone.now(),
        lease_until=None,
        progress_step=told("canceled"),
    )


def owner_exports_remove(*, owner_id: UUID) -> None:
    """Remove every archive of the owner. Raises `StorageUnavailable`."""
    left = Export.objects.filter(owner_id=owner_id, removed_at=None)
    for export_id in list(left.values_list("id", flat=True)):
        export_remove(export_id=export_id)


def kept_for() -> timedelta:
    """How long an archive is kept once it is ready."""
    return timedelta(days=settings.EXPORT_DAYS)
