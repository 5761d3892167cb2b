"""Sending the audit to its receiver: each chain in order, each entry at least once.

A batch has one id, and the same body, however often it is sent: the receiver may have taken it
although its answer did not come back. No row is locked and no transaction open meanwhile.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
import structlog
from django.conf import settings
from django.db.models import F, Max, Min, OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts import metrics
from accounts.audit_chain import SHARDS
from accounts.audit_webhook import webhook_headers, webhook_send
from accounts.models import AuditDelivery, AuditEntry
from accounts.services.audit_exports import entry_document
from platform_site.kit.upstream.replies import Reply

log = structlog.get_logger(__name__)

BATCH: Final = 100
LEASE_S: Final = 60
"""How long a chain is left to who has taken it: more than a call may last."""
FIRST_PAUSE_S: Final = 5
LONGEST_PAUSE_S: Final = 1800
EVENT: Final = "audit.entries"
SUCCESSES: Final = range(200, 300)
OURS: Final = range(400, 500)
PASSING: Final = frozenset({408, 425, 429})
"""Of those that tell of a request that is wrong, the ones that tell of the moment."""
STARTED_AT: Final = timezone.now()
"""What is of this moment or later is sent to a receiver that was just set; not the time of the
first round, before which this process has recorded acts already."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one request carries: the entries of a chain up to ``last``."""

    delivery: AuditDelivery
    entries: list[AuditEntry]

    @property
    def last(self) -> int:
        """The sequence of its last entry."""
        return self.entries[-1].sequence

    @property
    def id(self) -> str:
        """The same for the same entries."""
        return f"audit_{self.delivery.shard}_{self.entries[0].sequence}_{self.last}"

    def body(self) -> bytes:
        """The JSON that is sent; of the same entries always the same bytes."""
        return orjson.dumps(
            {
                "type": EVENT,
                "timestamp": self.entries[-1].content().document()["at"],
                "data": {"entries": [entry_document(entry) for entry in self.entries]},
            }
        )


def audit_deliver() -> int:
    """Send what the receiver has not had, and say how many entries it took. Repeatable.

    Safe beside others that do so. The entry that waits longest is in the first batch. It ends when
    nothing is left, or the receiver has to be left alone for a while.
    """
    if not settings.AUDIT_WEBHOOK_URL:
        return 0
    taken = 0
    _rows_require()
    while shards := _due():
        metrics.AUDIT_UNDELIVERED.set(_oldest_s())
        for shard in shards:
            batch = _take(shard)
            count = 0 if batch is None else _send(batch)
            if count is None:
                break
            taken += count
    metrics.AUDIT_UNDELIVERED.set(_oldest_s())
    return taken


def audit_resend(*, since: datetime) -> int:
    """Have all that is of ``since`` or later sent, once more if need be; how many once more.

    Nothing is skipped: of a chain whose entries wait from before ``since``, those are sent, too.
    """
    _rows_require()
    again = 0
    for delivery in AuditDelivery.objects.order_by("shard"):
        before = _sequence_before(delivery.shard, since)
        ahead = AuditDelivery.objects.filter(shard=delivery.shard, sequence__gt=before)
        if ahead.update(sequence=before, under_way=0):
            again += delivery.sequence - before
    return again


def _rows_require() -> None:
    """The cursors, where there are none: at the beginning, or before what comes from now on."""
    if AuditDelivery.objects.count() < SHARDS:
        is_all = settings.AUDIT_WEBHOOK_HISTORY
        starts = [0 if is_all else _sequence_before(shard, STARTED_AT) for shard in range(SHARDS)]
        rows = [AuditDelivery(shard=shard, sequence=start) for shard, start in enumerate(starts)]
        AuditDelivery.objects.bulk_create(rows, ignore_conflicts=True)


def _sequence_before(shard: int, since: datetime) -> int:
    """The last of a chain before the first that is of ``since`` or later; 0 where none is."""
    chain = AuditEntry.objects.filter(shard=shard)
    # In this order: what is written in between is behind the newest, or is the first.
    newest = chain.aggregate(found=Max("sequence"))["found"] or 0
    first = chain.filter(created_at__gte=since).aggregate(found=Min("sequence"))["found"]
    return newest if first is None else first - 1


def _waiting() -> QuerySet[Any]:
    """Chains with something to send, and since when (``oldest``); the longest first."""
    behind = AuditEntry.objects.filter(
        shard=OuterRef("shard"), sequence__gt=OuterRef("sequence")
    ).order_by("sequence")
    found = AuditDelivery.objects.annotate(oldest=Subquery(behind.values("created_at")[:1]))
    return found.filter(oldest__isnull=False).order_by("oldest", "shard")


def _due() -> list[int]:
    due = _waiting().filter(due_at__lte=timezone.now())
    return list(due.values_list("shard", flat=True))


def _take(shard: int) -> Batch | None:
    """What is next of a chain that nobody else has taken."""
    now = timezone.now()
    due = AuditDelivery.objects.filter(shard=shard, due_at__lte=now)
    if not due.update(attempts=F("attempts") + 1, due_at=now + timedelta(seconds=LEASE_S)):
        return None
    delivery = AuditDelivery.objects.get(shard=shard)
    behind = AuditEntry.objects.filter(shard=shard, sequence__gt=delivery.sequence)
    if delivery.under_way > delivery.sequence:
        behind = behind.filter(sequence__lte=delivery.under_way)
    entries = list(behind.order_by("sequence")[:BATCH])
    if not entries:  # somebody else was faster
        AuditDelivery.objects.filter(shard=shard).update(attempts=0, due_at=now)
        return None
    batch = Batch(delivery, entries)
    unmoved = AuditDelivery.objects.filter(shard=shard, sequence=delivery.sequence)
    unmoved.update(under_way=batch.last)
    return batch


def _send(batch: Batch) -> int | None:
    """How many entries the receiver took; ``None`` when it is to be left alone for a while."""
    body = batch.body()
    try:
        reply = webhook_send(body, webhook_headers(batch.id, body, at=timezone.now()))
    except OSError as exc:
        return _put_back(batch, type(exc).__name__, is_passing=True)
    if reply.status in SUCCESSES:
        where = AuditDelivery.objects.filter(
            shard=batch.delivery.shard, sequence=batch.delivery.sequence
        )
        now = timezone.now()
        where.update(sequence=batch.last, under_way=0, attempts=0, due_at=now)
        metrics.AUDIT_DELIVERIES.labels("delivered").inc()
        return len(batch.entries)
    is_passing = reply.status not in OURS or reply.status in PASSING
    return _put_back(batch, str(reply.status), is_passing=is_passing, after_s=_wanted_s(reply))


def _put_back(batch: Batch, reason: str, *, is_passing: bool, after_s: int = 0) -> int | None:
    """Try again later: this chain, and all of them where the next one would not fare better."""
    shard, attempts = batch.delivery.shard, batch.delivery.attempts
    pause_s = min(LONGEST_PAUSE_S, max(after_s, FIRST_PAUSE_S * 2 ** min(attempts - 1, 10)))
    due_at = timezone.now() + timedelta(seconds=pause_s * random.uniform(0.9, 1.1))  # noqa: S311 - no secret
    AuditDelivery.objects.filter(shard=shard).update(due_at=due_at)
    if is_passing:
        AuditDelivery.objects.filter(due_at__lt=due_at).update(due_at=due_at)
    metrics.AUDIT_DELIVERIES.labels("failed" if is_passing else "refused").inc()
    log.warning("audit_not_delivered", batch=batch.id, attempts=attempts, reason=reason)
    return None if is_passing else 0


def _wanted_s(reply: Reply) -> int:
    """The seconds that the receiver asks for; 0 where it says none, or a date."""
    wanted = reply.headers.get("Retry-After", "")
    return int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else 0  # noqa: PLR2004


def _oldest_s() -> float:
    oldest = _waiting().values_list("oldest", flat=True).first()
    return max((timezone.now() - oldest).total_seconds(), 0.0) if oldest else 0.0
