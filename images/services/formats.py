"""Settles the formats that an upload could only guess, once a run has seen the pixels."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import transaction

from images import storage
from images.models import ACTIVE_STATES, Image, Job, Rendition
from images.renditions import PixelFacts, parse_spec
from images.services.image_state import image_settle, image_touch, renditions_expect
from images.services.job_lease import Run, RunSuperseded


def formats_settle(run: Run, facts: PixelFacts) -> None:
    """Write down what the pixels are, and move what the job leaves open to the right format.

    The row of a rendition that nobody has seen yet is rewritten; where one of that spec is there
    already, the job makes that one. The job of ``run`` then has its new specs and nothing open.
    Raises `RunSuperseded`.
    """
    if run.job.image_id is None:
        raise RunSuperseded
    with transaction.atomic():
        # Whoever asks for renditions holds this lock too.
        image = Image.objects.select_for_update().filter(id=run.job.image_id).first()
        job = run.row().first()
        if image is None or job is None:
            raise RunSuperseded
        moves = {text: str(parse_spec(text).in_format(facts.fallback)) for text in job.open_specs}
        specs = list(dict.fromkeys(moves.get(text, text) for text in job.specs))
        run.write(specs=specs, open_specs=[], progress_total=len(specs))
        _rows_move(image.id, {old: new for old, new in moves.items() if old != new})
        renditions_expect(image_id=image.id, specs=specs)
        image_settle(image_id=image.id)
        image_touch(image_id=image.id, has_alpha=facts.has_alpha, fallback_format=facts.fallback)
    run.job.specs, run.job.open_specs = specs, []


def _rows_move(image_id: UUID, moves: Mapping[str, str]) -> None:
    rows = Rendition.objects.filter(image_id=image_id)
    taken = set(rows.filter(spec__in=moves.values()).values_list("spec", flat=True))
    for row in rows.filter(spec__in=moves.keys()).exclude(state=Rendition.State.READY):
        # A row of that spec is there already, from another request; this one was a guess.
        if moves[row.spec] in taken:
            row.delete()
            continue
        row.spec = moves[row.spec]
        spec = parse_spec(row.spec)
        row.format, row.mime = spec.format, spec.image_format.mime
        row.storage_key = storage.rendition_key(image_id, spec=row.spec)
        row.save(update_fields=["spec", "format", "mime", "storage_key"])


def formats_fix(*, image_id: UUID, specs: Collection[str]) -> None:
    """Let jobs under way make ``specs`` in their formats, for someone has asked for just those.

    To be called with the lock of the image held.
    """
    if not specs:
        return
    active = Job.objects.select_for_update().filter(image_id=image_id, state__in=ACTIVE_STATES)
    for job in active:
        left = [text for text in job.open_specs if text not in specs]
        if left != job.open_specs:
            Job.objects.filter(id=job.id).update(open_specs=left)
