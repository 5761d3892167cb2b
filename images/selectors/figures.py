"""Reads of the figures that the sweeper counts: a few rows, however many there are of the rest."""

from datetime import timedelta
from typing import Final

from django.db.models import Sum
from django.utils import timezone

from images.models import Figure

DAY: Final = timedelta(hours=24)


def stored_totals() -> tuple[int | None, int | None]:
    """(bytes of originals, number of images) of all owners; ``None`` before the first count."""
    newest = Figure.objects.order_by("-hour")
    size = newest.filter(kind=Figure.Kind.STORED_BYTES).values_list("value", flat=True).first()
    images = newest.filter(kind=Figure.Kind.STORED_IMAGES).values_list("value", flat=True).first()
    return size, images


def ended_in_a_day() -> dict[str, int]:
    """Jobs that succeeded and failed in this hour and the 23 before it, as last counted.

    One that failed, was begun again and succeeded in a later hour is counted in both.
    """
    recent = Figure.objects.filter(hour__gt=timezone.now() - DAY)
    rows = dict(recent.values_list("kind").annotate(Sum("value")))
    return {
        "failed_24h": rows.get(Figure.Kind.FAILED, 0),
        "succeeded_24h": rows.get(Figure.Kind.SUCCEEDED, 0),
    }
