"""Deletes images for good: hidden at once, then objects and rows by a job that lists them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from images import storage
from images.errors import PreconditionFailed
from images.job_ends import told
from images.models import ACTIVE_STATES, Export, Image, Job, Reservation, Usage
from images.selectors.images import image_for_owner
from images.services.acts import act_record
from images.services.exports import owner_exports_cancel, owner_exports_remove
from images.services.job_lease import Run, run_succeed
from images.services.jobs import job_create
from images.services.quota import quota_refund
from platform_site.kit.database import statements_of

log = structlog.get_logger(__name__)

DELETED: Final = "image.delete"
"""The act: for good, and not into the trash, from which there is a way back."""
LISTED_IMAGES: Final = 1_000
PURGE_ROWS: Final = 500
PURGE_STATEMENT_S: Final = 8.0
"""All rows of one owner are hidden by one statement, for which the gateway waits ten seconds."""


def image_purge(*, image_id: UUID, owner_id: UUID, versions: Collection[int] | None = None) -> Job:
    """Hide the image for good and make the job that deletes it.

    Raises `ImageNotFound`, or `PreconditionFailed` when the image is at none of ``versions``.
    """
    image = image_for_owner(image_id=image_id, owner_id=owner_id)
    with transaction.atomic():
        found = Image.objects.select_for_update().filter(id=image.id)
        if versions is not None and not found.filter(version__in=versions).exists():
            raise PreconditionFailed
        act_record(DELETED, owner_id=owner_id, by=owner_id, target=str(image.id))
        return images_purge(owner_id=owner_id, ids=[image.id], image=image)


def images_purge(*, owner_id: UUID, ids: Sequence[UUID], image: Image | None = None) -> Job:
    """Hide images of the owner for good and make the job that deletes them, in a transaction.

    ``image`` is the one, where there is only one.
    """
    _renders_cancel(image_id__in=ids)
    _hide(id__in=ids)
    return job_create(
        kind=Job.Kind.DELETE,
        owner_id=owner_id,
        image=image,
        specs=[str(image_id) for image_id in ids],
    )


@dataclass(frozen=True, slots=True)
class DeletedImages:
    """What was deleted of an owner who has nothing left."""

    image_count: int
    bytes_freed: int


def owner_purge(*, owner_id: UUID) -> Job | DeletedImages:
    """Hide all that the owner has, for good: the job that deletes it, and at last what it deleted.

    To be asked again until then; there is one such job at a time. What was deleted is said again
    until `owner_forget`.
    """
    with transaction.atomic(), statements_of(PURGE_STATEMENT_S):
        theirs = Job.objects.filter(owner_id=owner_id)
        deletions = theirs.filter(kind=Job.Kind.DELETE, specs=[])
        deleting = deletions.filter(state__in=ACTIVE_STATES).first()
        if deleting is not None:
            return deleting
        if _has_anything(owner_id):
            _renders_cancel(owner_id=owner_id)
            owner_exports_cancel(owner_id=owner_id)
            _hide(owner_id=owner_id)
            return job_create(kind=Job.Kind.DELETE, owner_id=owner_id, image=None)
        results = [job.result or {} for job in deletions]
        return DeletedImages(
            image_count=sum(result.get("image_count", 0) for result in results),
            bytes_freed=sum(result.get("bytes_freed", 0) for result in results),
        )


def owner_forget(*, owner_id: UUID) -> None:
    """Delete the jobs and the usage of an owner who has nothing left; of another one, nothing."""
    with transaction.atomic(), statements_of(PURGE_STATEMENT_S):
        if _has_anything(owner_id):
            return
        Usage.objects.filter(owner_id=owner_id).delete()
        Job.objects.filter(owner_id=owner_id).delete()
    log.info("owner_forgotten", owner_id=str(owner_id))


def _has_anything(owner_id: UUID) -> bool:
    exports = Export.objects.filter(owner_id=owner_id, removed_at=None)
    images = Image.objects.filter(owner_id=owner_id)
    # One of 0 bytes is of an object that the sweeper deletes, and may outlive its owner.
    arriving = Reservation.objects.filter(owner_id=owner_id, bytes__gt=0)
    return any(found.exists() for found in (images, arriving, exports))


def trash_purge() -> int:
    """Make delete jobs for what has been in the trash for ``TRASH_DAYS``; how many.

    The same for images that are hidden for good and whose job has failed.
    """
    cutoff = timezone.now() - timedelta(days=settings.TRASH_DAYS)
    deleting = Job.objects.filter(kind=Job.Kind.DELETE, state__in=ACTIVE_STATES)
    left = Image.objects.exclude(
        Exists(deleting.filter(image_id=OuterRef("pk")))
        | Exists(deleting.filter(image__isnull=True, owner_id=OuterRef("owner_id")))
    )
    purged = 0
    # Each is a range of an index; both in one query would be all that is in the trash.
    for due in (left.filter(trashed_at__lt=cutoff), left.filter(state=Image.State.PURGED)):
        for image_id in list(due.order_by("trashed_at").values_list("id", flat=True)[:PURGE_ROWS]):
            purged += _purge_due(due, image_id)
    return purged


def _purge_due(due: QuerySet[Image], image_id: UUID) -> bool:
    with transaction.atomic():
        # Asked again under a lock: its owner may have taken it back meanwhile.
        image = due.select_for_update(of=("self",)).filter(id=image_id).first()
        if image is not None:
            if image.state != Image.State.PURGED:  # else this is another try, and has its entry
                act_record(
                    DELETED,
                    owner_id=image.owner_id,
                    by=None,
                    target=str(image.id),
                    reason="trash_days",
                )
            images_purge(owner_id=image.owner_id, ids=[image.id], image=image)
        return image is not None


def delete_run(run: Run) -> None:
    """Carry out a delete job. Raises `RunSuperseded` or `StorageUnavailable`.

    Objects go before rows, so a run that dies halfway leaves rows that the next one finds.
    """
    job = run.job
    found = Image.objects.filter(owner_id=job.owner_id, state=Image.State.PURGED)
    if job.specs:
        found = found.filter(id__in=job.specs)
    ids = list(found.order_by("id").values_list("id", flat=True))
    result: dict[str, Any] = job.result or {"images": [], "image_count": 0, "bytes_freed": 0}
    run.write(progress_total=F("progress_done") + len(ids))
    for image_id in ids:
        _image_delete(run, image_id, result)
    if not job.specs:
        owner_exports_remove(owner_id=job.owner_id)
        Usage.objects.filter(owner_id=job.owner_id, images=0, bytes=0, reserved_bytes=0).delete()
    run_succeed(run, result=result)


def _renders_cancel(**of: Any) -> None:
    Job.objects.filter(kind=Job.Kind.RENDER, state__in=ACTIVE_STATES, **of).update(
        state=Job.State.CANCELED,
        finished_at=timezone.now(),
        lease_until=None,
        progress_step=told("canceled"),
    )


def _hide(**which: Any) -> None:
    now = timezone.now()
    # What is in the trash already keeps its time, by which one deletion of many is restored.
    Image.objects.filter(**which, trashed_at=None).update(trashed_at=now)
    Image.objects.filter(**which).update(
        state=Image.State.PURGED, version=F("version") + 1, updated_at=now
    )


def _image_delete(run: Run, image_id: UUID, result: dict[str, Any]) -> None:
    image = Image.objects.prefetch_related("renditions").filter(id=image_id).first()
    if image is None:
        return
    renditions = list(image.renditions.all())
    storage.renditions_delete(image.id)
    storage.object_delete(image.storage_key)
    if len(result["images"]) < LISTED_IMAGES:
        result["images"].append(
            {
                "id": str(image.id),
                "filename": image.filename,
                "bytes": image.bytes,
                "renditions": [rendition.spec for rendition in renditions],
            }
        )
    result["image_count"] += 1
    result["bytes_freed"] += image.bytes
    with transaction.atomic():
        run.write(
            progress_done=F("progress_done") + 1,
            progress_step=f"deleted {image.filename}"[:150],
            result=result,
        )
        owner_id, size = image.owner_id, image.bytes
        image.delete()
        quota_refund(owner_id=owner_id, size=size)
    storage.renditions_delete(image_id)  # what a run that was rendering has stored meanwhile
    log.info("image_deleted", image_id=str(image_id), bytes=size)
