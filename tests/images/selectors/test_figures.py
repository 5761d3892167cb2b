from datetime import timedelta

import pytest
from django.utils import timezone

from images.models import Figure
from images.selectors.figures import ended_in_a_day, stored_totals

pytestmark = pytest.mark.django_db(transaction=True)


def test_before_the_first_count_nothing_is_known_to_be_stored() -> None:
    assert stored_totals() == (None, None)
    assert ended_in_a_day() == {"failed_24h": 0, "succeeded_24h": 0}


def test_the_newest_totals_and_the_sum_of_a_day_are_read() -> None:
    now = timezone.now()
    for hours, value in ((0, 1), (1, 2), (23, 4), (24, 8)):
        Figure.objects.bulk_create(
            Figure(kind=kind, hour=now - timedelta(hours=hours), value=value)
            for kind in Figure.Kind.values
        )
    assert stored_totals() == (1, 1)
    assert ended_in_a_day() == {"failed_24h": 7, "succeeded_24h": 7}
