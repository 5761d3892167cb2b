"""Settles the formats that an upload could only guess, once a run has seen the pixels."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from django.db import transaction

from images import storage
from images.models import ACTIVE_STATES, Job, Rendition
from images.renditions import PixelFacts, parse_spec
from images.services.image_state import image_touch, renditions_expect
from images.services.job_lease import Run, RunSuperseded

READY: Final = Rendition.State.READY


def formats_settle(run: Run, facts: PixelFacts) -> bool:
    """Write down what the pixels are, and move what the job leaves open to the right format.

    The row of a rendition that nobody has seen yet is rewritten; where one of that spec is there
    already, the job makes that one. The job of ``run`` then has its new specs and nothing open;
    whether any is new. The state of the image follows at the end of the run. Raises
    `RunSuperseded`.
    """
    image_id = run.job.image_id
    if image_id is None:
        raise RunSuperseded
    with transaction.atomic():
        # First, since it locks the image, as whoever asks for renditions does too.
        is_there = image_touch(
            image_id=image_id, has_alpha=facts.has_alpha, fallback_format=facts.fallback
        )
        job = run.row().first()
        if not is_there or job is None:
            raise RunSuperseded
        moves = {text: str(parse_spec(text).in_format(facts.fallback)) for text in job.open_specs}
        specs = list(dict.fromkeys(moves.get(text, text) for text in job.specs))
        run.write(specs=specs, open_specs=[], progress_total=len(specs))
        is_moved: bool = specs != job.specs
        if is_moved:
            _rows_move(image_id, {old: new for old, new in moves.items() if old != new})
            renditions_expect(image_id=image_id, specs=specs)
    run.job.specs, run.job.open_specs = specs, []
    return is_moved


def _rows_move(image_id: UUID, moves: Mapping[str, str]) -> None:
    found = Rendition.objects.filter(image_id=image_id, spec__in={*moves, *moves.values()})
    rows = {row.spec: row for row in found}
    guessed = [rows[old] for old in moves if old in rows and rows[old].state != READY]
    # Where a row of that spec is there already, from another request, this one was a guess.
    idle = [row.id for row in guessed if moves[row.spec] in rows]
    moved = [row for row in guessed if moves[row.spec] not in rows]
    for row in moved:
        row.spec = moves[row.spec]
        spec = parse_spec(row.spec)
        row.format, row.mime = spec.format, spec.image_format.mime
        row.storage_key = storage.rendition_key(image_id, spec=row.spec)
    if idle:
        Rendition.objects.filter(id__in=idle).delete()
    Rendition.objects.bulk_update(moved, ["spec", "format", "mime", "storage_key"])


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
