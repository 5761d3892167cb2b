"""Counts what everybody has and what has ended, so that nobody who asks for the status waits.

The sweeper counts the last two hours again each time: a job may end in one and be seen in the next.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.db.models import Count, Sum
from django.db.models.functions import TruncHour
from django.utils import timezone

from images.models import Figure, Job, Usage
from images.selectors.figures import DAY

HOUR: Final = timedelta(hours=1)
TOTALS_EVERY: Final = timedelta(seconds=60)
"""A sum over all owners is the one figure whose cost grows with their number."""
ENDED: Final = (Figure.Kind.SUCCEEDED, Figure.Kind.FAILED)
STORED: Final = (Figure.Kind.STORED_BYTES, Figure.Kind.STORED_IMAGES)


def figures_count() -> None:
    """Count anew what may have changed; doing it twice, or in two processes, does no harm."""
    now = timezone.now()
    this_hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    figures = _ended(this_hour)
    stored = Figure.objects.filter(kind__in=STORED, counted_at__gt=now - TOTALS_EVERY)
    if not stored.exists():
        figures += _stored(this_hour)
    for figure in figures:
        figure.counted_at = now
    Figure.objects.bulk_create(
        figures,
        update_conflicts=True,
        unique_fields=["hour", "kind"],
        update_fields=["value", "counted_at"],
    )
    Figure.objects.filter(hour__lt=this_hour - DAY).delete()


def _ended(this_hour: datetime) -> list[Figure]:
    last = Figure.objects.filter(kind__in=ENDED).order_by("-hour").first()
    since = max(last.hour - HOUR, this_hour - DAY) if last else this_hour - DAY
    jobs = Job.objects.filter(state__in=ENDED, finished_at__gte=since)
    by_hour = jobs.annotate(hour=TruncHour("finished_at", tzinfo=UTC)).values("state", "hour")
    counts = {(row["hour"], row["state"]): row["n"] for row in by_hour.annotate(n=Count("*"))}
    hours = (since + number * HOUR for number in range((this_hour - since) // HOUR + 1))
    return [
        Figure(kind=kind, hour=hour, value=counts.get((hour, kind), 0))
        for hour in hours
        for kind in ENDED
    ]


def _stored(this_hour: datetime) -> list[Figure]:
    row = Usage.objects.aggregate(bytes=Sum("bytes"), images=Sum("images"))
    values = dict(zip(STORED, (row["bytes"], row["images"]), strict=True))
    return [Figure(kind=kind, hour=this_hour, value=value or 0) for kind, value in values.items()]
