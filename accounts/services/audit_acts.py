"""What images did for good, taken into the audit: each act once, however often it is told of."""

from typing import Final

import structlog
from django.db import IntegrityError, transaction

from accounts.audit_chain import AuditContent
from accounts.image_acts import acts_taken, acts_waiting
from accounts.models import AuditEntry
from accounts.services.audit import audit_adopt
from platform_site.kit.upstream.http import UpstreamUnavailable

log = structlog.get_logger(__name__)

IMAGE_ACTS: Final = frozenset({"image.delete"})
"""All that is believed of images; anything else stays there until a release knows it."""

BATCHES: Final = 20
"""In one call, so that an images that forgets nothing holds nobody up."""


def acts_take() -> int:
    """Record what waits at images, and have it forgotten there; how many. Repeatable.

    Without an answer of images nothing is lost: the next call asks for the same ones.
    """
    taken = 0
    try:
        for _batch in range(BATCHES):
            acts = [act for act in acts_waiting() if _is_believed(act)]
            if not acts:
                break
            taken += sum(_take(act) for act in acts)
            acts_taken([act.id for act in acts])
    except UpstreamUnavailable as exc:
        log.warning("image_acts_not_heard_of", code=exc.code)
    return taken


def _is_believed(act: AuditContent) -> bool:
    is_known = act.act in IMAGE_ACTS and act.by in {None, act.user}
    if not is_known:
        log.error("image_act_not_believed", act_id=str(act.id))
    return is_known


def _take(act: AuditContent) -> bool:
    """False when it was there: told of a second time, or to two processes at once."""
    try:
        with transaction.atomic():
            if AuditEntry.objects.filter(id=act.id).exists():
                return False
            audit_adopt(act)
    except IntegrityError:
        # Rows are never removed, so either it is there by now or something is wrong with it.
        if AuditEntry.objects.filter(id=act.id).exists():
            return False
        raise
    return True
