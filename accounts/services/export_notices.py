"""Mails that exports are ready: images says which are, and each is told of once."""

from datetime import timedelta
from typing import Final

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import ExportNotice, User
from accounts.owner_images import ReadyExport, exports_ready
from accounts.services.mails import mail_queue
from platform_site.kit.upstream.http import UpstreamUnavailable

log = structlog.get_logger(__name__)

LATE: Final = timedelta(minutes=1)
"""How much later than another an export may be heard of that was ready before it."""
LOOKED_BACK: Final = timedelta(days=7)
KEPT: Final = timedelta(days=30)


def exports_tell() -> int:
    """Queue a mail for each export that has become ready; how many. Repeatable.

    Without an answer of images nothing is lost: the next call asks for the same ones.
    """
    if not settings.MAILS_ENABLED:
        return 0
    now = timezone.now()
    last = ExportNotice.objects.order_by("-ready_at").values_list("ready_at", flat=True).first()
    try:
        ready = exports_ready(after=max(now - LOOKED_BACK, last - LATE if last else now - KEPT))
    except UpstreamUnavailable as exc:
        log.warning("exports_not_heard_of", code=exc.code)
        return 0
    told = sum(_tell(each) for each in ready)
    ExportNotice.objects.filter(ready_at__lt=now - KEPT).delete()
    return told


def _tell(ready: ReadyExport) -> bool:
    with transaction.atomic():
        # The row decides between two processes that hear of it at once.
        _, is_new = ExportNotice.objects.get_or_create(
            id=ready.id, defaults={"ready_at": ready.ready_at}
        )
        open_ones = User.objects.filter(id=ready.owner_id, deletion_due_at=None)
        user = open_ones.first() if is_new else None
        if user is None:
            return False
        mail_queue(
            "export_ready",
            to=user.email,
            language=user.language,
            context={"until": f"{ready.expires_at:%Y-%m-%d %H:%M} UTC"},
            user_id=user.id,
        )
    return True
