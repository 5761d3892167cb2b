"""What images did for good, taken into the audit: each act once, however often it is told of."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Literal

import structlog
from django.db import DatabaseError, IntegrityError, transaction

from accounts import metrics
from accounts.audit_chain import AuditContent
from accounts.image_acts import acts_taken, acts_waiting
from accounts.models import AuditEntry
from accounts.services.audit import audit_adopt
from platform_site.kit.upstream.http import UpstreamUnavailable

log = structlog.get_logger(__name__)

IMAGE_ACTS: Final = frozenset({"image.delete"})
"""All that is believed of images."""
UNKNOWN: Final = "image.unknown"
"""What anything else that images tells of is recorded as, of nobody's account."""

BATCHES: Final = 20
"""In one call, so that an images that forgets nothing holds nobody up."""


class Backlog:
    """Since when this process could not take all that images told of; monotonic seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since = clock()

    def tell(self, *, is_all_taken: bool) -> None:
        """Tell Prometheus, after a round that took everything or did not."""
        now = self._clock()
        if is_all_taken:
            self._since = now
        metrics.AUDIT_IMAGES_BEHIND.set(now - self._since)


backlog: Final = Backlog()


def acts_take() -> int:
    """Record what waits at images, and have it forgotten there; how many. Repeatable.

    Without an answer of images nothing is lost: the next call asks for the same ones. One that
    cannot be recorded stays there, too, and holds up no other of its batch.
    """
    taken, is_all_taken = 0, False
    try:
        for _batch in range(BATCHES):
            outcomes = {act.id: _take(act) for act in acts_waiting()}
            taken += list(outcomes.values()).count("taken")
            if kept := [act_id for act_id, outcome in outcomes.items() if outcome != "failed"]:
                acts_taken(kept)
            is_all_taken = len(kept) == len(outcomes)
            if not kept or not is_all_taken:
                break
    except UpstreamUnavailable as exc:
        is_all_taken = False
        log.warning("image_acts_not_heard_of", code=exc.code)
    backlog.tell(is_all_taken=is_all_taken)
    return taken


def _take(act: AuditContent) -> Literal["taken", "there", "failed"]:
    """``there`` when it was: told of a second time, or to two processes at once."""
    try:
        with transaction.atomic():
            if AuditEntry.objects.filter(id=act.id).exists():
                return "there"
            audit_adopt(_believed(act))
    except DatabaseError as exc:
        # Rows are never removed, so either it is there by now or something is wrong with it.
        if isinstance(exc, IntegrityError) and AuditEntry.objects.filter(id=act.id).exists():
            return "there"
        log.exception("image_act_not_recorded", act_id=str(act.id))
        return "failed"
    return "taken"


def _believed(act: AuditContent) -> AuditContent:
    """What is recorded of ``act``: of a kind that nobody knows, or by a stranger, that it came."""
    if act.act in IMAGE_ACTS and act.by in {None, act.user}:
        return act
    log.error("image_act_not_believed", act_id=str(act.id))
    told = {"told_act": act.act, "told_owner": str(act.user), "told_by": str(act.by or "")}
    unknown = replace(act, act=UNKNOWN, outcome="refused", user=None, by=None)
    return replace(unknown, details={**act.details, **told})
