"""An upload: checked, paid for with quota, stored, and only then a row and a job."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog
from django.db import DatabaseError, IntegrityError, transaction

from images import metrics, storage
from images.errors import ChecksumMismatch, StorageUnavailable, UploadExpired, refusal_of_file
from images.file_limits import limits_of_files
from images.models import Image, Job, Reservation, Tag
from images.renditions import (
    ImageFacts,
    ReaderFailedError,
    RenditionSpec,
    fallback_of,
    probe,
)
from images.selectors.images import image_with_bytes
from images.services.image_state import renditions_expect
from images.services.jobs import job_create
from images.services.quota import (
    leftover_forget,
    leftover_note,
    quota_abandon,
    quota_reserve,
    quota_spend,
)
from images.services.renditions import renditions_request
from images.specs import (
    RequestedSpecs,
    presets_check,
    requested_specs,
    size_check,
)
from images.upload_handler import ReceivedFile
from platform_site.kit.identifiers import uuid7
from platform_site.kit.rest.problems import DomainError

log = structlog.get_logger(__name__)

DEFAULT_PRESETS: Final = ("thumb", "small", "medium", "large")


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """What comes with a file: ``sha256`` is the caller's own hash of it, ``None`` = not given."""

    presets: Sequence[str] = DEFAULT_PRESETS
    operations: RenditionSpec | None = None
    title: str = ""
    tags: Sequence[str] = ()
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class UploadOutcome:
    """``job`` is ``None`` when nothing is to be made; ``is_duplicate`` when nothing was stored."""

    image: Image
    job: Job | None
    is_duplicate: bool


def image_upload(*, owner_id: UUID, received: ReceivedFile, wanted: UploadRequest) -> UploadOutcome:
    """Store an original and the job that makes its renditions.

    Raises the refusals of the contract; then nothing is stored and no quota is held.
    """
    try:
        outcome = _uploaded(owner_id, received, wanted)
    except DomainError as exc:
        metrics.UPLOADS_TOTAL.labels(exc.code).inc()
        raise
    metrics.UPLOADS_TOTAL.labels("duplicate" if outcome.is_duplicate else "stored").inc()
    return outcome


def _uploaded(owner_id: UUID, received: ReceivedFile, wanted: UploadRequest) -> UploadOutcome:
    presets_check(wanted.presets)
    if wanted.sha256 is not None and wanted.sha256.lower() != received.sha256:
        raise ChecksumMismatch(f"The SHA-256 of what arrived is {received.sha256}.")
    # Probed before the look for a duplicate: that costs little, and a file that would be refused
    # today is refused even when the same bytes were taken earlier.
    facts = _facts(received)
    requested = _requested(wanted, facts)
    if known := image_with_bytes(owner_id=owner_id, sha256=received.sha256):
        return _duplicate(known, wanted)
    reservation = quota_reserve(owner_id=owner_id, image_id=uuid7(), size=received.bytes)
    return _stored(reservation, received, facts, requested, wanted)


def _facts(received: ReceivedFile) -> ImageFacts:
    try:
        facts = probe(received.content, limits_of_files())
    except ValueError as exc:
        if isinstance(exc, ReaderFailedError):
            log.exception("image_reader_failed", filename=received.filename)
        raise refusal_of_file(exc) from exc
    received.content.seek(0)
    return facts


def _requested(wanted: UploadRequest, facts: ImageFacts) -> RequestedSpecs:
    requested = requested_specs(
        wanted.presets,
        wanted.operations,
        has_alpha=facts.has_alpha,
        fallback=fallback_of(facts),
    )
    size_check(requested.specs, source=facts, limits=limits_of_files())
    return requested


def _stored(
    reservation: Reservation,
    received: ReceivedFile,
    facts: ImageFacts,
    requested: RequestedSpecs,
    wanted: UploadRequest,
) -> UploadOutcome:
    key = storage.original_key(reservation.id)
    # The object before its row: a row without an object is a picture that cannot be shown, and an
    # object without a row is found by its reservation.
    try:
        storage.object_put(
            key,
            received.content,
            size=received.bytes,
            content_type=facts.mime,
            sha256=received.sha256,
        )
    except StorageUnavailable:
        # Its answer may be all that was lost: then the store has the object, or will have it soon.
        quota_abandon(reservation=reservation)
        raise
    image = Image(
        id=reservation.id,
        owner_id=reservation.owner_id,
        state=Image.State.PROCESSING if requested.specs else Image.State.UPLOADED,
        title=wanted.title,
        filename=received.filename,
        format=facts.format,
        mime=facts.mime,
        width=facts.width,
        height=facts.height,
        bytes=received.bytes,
        sha256=received.sha256,
        storage_key=key,
        has_alpha=facts.has_alpha,
        fallback_format=fallback_of(facts),
        animated=facts.animated,
    )
    try:
        job = _recorded(image, reservation, requested, wanted.tags)
    except (DatabaseError, DomainError) as exc:
        _undo(reservation, key, has_expired=isinstance(exc, UploadExpired))
        # The same bytes may have been stored by another request since the look for a duplicate.
        known = image_with_bytes(owner_id=image.owner_id, sha256=image.sha256)
        if isinstance(exc, IntegrityError) and known is not None:
            return _duplicate(known, wanted)
        raise
    metrics.UPLOAD_BYTES_TOTAL.inc(received.bytes)
    log.info("image_stored", image_id=str(image.id), bytes=image.bytes, format=image.format)
    return UploadOutcome(image, job, is_duplicate=False)


def _recorded(
    image: Image,
    reservation: Reservation,
    requested: RequestedSpecs,
    tags: Sequence[str],
) -> Job | None:
    with transaction.atomic():
        image.save(force_insert=True)
        Tag.objects.bulk_create([Tag.of(image, name) for name in tags])
        quota_spend(reservation=reservation)
        if not requested.specs:
            return None
        texts = list(map(str, requested.specs))
        renditions_expect(image_id=image.id, specs=texts)
        return job_create(
            kind=Job.Kind.RENDER,
            owner_id=image.owner_id,
            image=image,
            specs=texts,
            open_specs=sorted(map(str, requested.open_specs)),
        )


def _undo(reservation: Reservation, key: str, *, has_expired: bool) -> None:
    """Leave nothing behind, unless the database committed and only its answer was lost."""
    if has_expired:
        leftover_note(image_id=reservation.id, owner_id=reservation.owner_id)
    elif not quota_abandon(reservation=reservation):
        return
    try:
        storage.object_delete(key)
    except StorageUnavailable:
        log.warning("object_left_to_the_sweeper", image_id=str(reservation.id))
    else:
        leftover_forget(image_id=reservation.id)


def _duplicate(image: Image, wanted: UploadRequest) -> UploadOutcome:
    """The image that is there already, and a job for what is asked of it and was never made."""
    outcome = renditions_request(image=image, presets=wanted.presets, operations=wanted.operations)
    return UploadOutcome(outcome.image, outcome.job, is_duplicate=True)
