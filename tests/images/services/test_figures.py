from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from images.models import Figure, Job, Usage
from images.selectors.figures import ended_in_a_day, stored_totals
from images.services import figures
from images.services.figures import figures_count
from images.services.sweeping import jobs_sweep
from tests.images.people import Person

pytestmark = pytest.mark.django_db(transaction=True)
HALF_PAST = datetime(2026, 1, 1, 12, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """What time it is, for the count; the last entry holds."""
    times = [HALF_PAST]
    monkeypatch.setattr(timezone, "now", lambda: times[-1])
    return times


def ended(person: Person, at: datetime, state: str = "succeeded") -> Job:
    return Job.objects.create(
        kind="render", owner_id=person.id, queue="bulk", state=state, finished_at=at
    )


def test_jobs_that_ended_in_a_day_are_counted_by_hour(
    alice: Person, bob: Person, clock: list[datetime]
) -> None:
    for hours in (0, 1, 23, 25):
        ended(alice, HALF_PAST - timedelta(hours=hours))
        ended(bob, HALF_PAST - timedelta(hours=hours), "failed")
        ended(bob, HALF_PAST - timedelta(hours=hours), "canceled")
    figures_count()
    assert ended_in_a_day() == {"failed_24h": 3, "succeeded_24h": 3}
    ended(alice, HALF_PAST - timedelta(minutes=40))  # seen late: the hour before is counted again
    clock.append(HALF_PAST + timedelta(hours=1))
    ended(alice, clock[-1])
    figures_count()
    assert ended_in_a_day() == {"failed_24h": 2, "succeeded_24h": 4}
    clock.append(HALF_PAST + timedelta(hours=60))
    figures_count()
    assert ended_in_a_day() == {"failed_24h": 0, "succeeded_24h": 0}
    assert Figure.objects.filter(hour__lt=clock[-1] - timedelta(hours=25)).count() == 0


def test_a_job_that_was_begun_again_within_the_hour_has_not_ended(alice: Person) -> None:
    job = ended(alice, HALF_PAST, "failed")
    figures_count()
    assert ended_in_a_day()["failed_24h"] == 1
    Job.objects.filter(id=job.id).update(state="queued", finished_at=None)
    figures_count()
    assert ended_in_a_day()["failed_24h"] == 0


def test_what_all_owners_store_is_summed_at_most_once_a_minute(
    alice: Person, bob: Person, clock: list[datetime], django_assert_num_queries: Any
) -> None:
    Usage.objects.create(owner_id=alice.id, bytes=10, images=2, reserved_bytes=99)
    figures_count()
    assert stored_totals() == (10, 2)
    Usage.objects.create(owner_id=bob.id, bytes=5, images=1)
    figures_count()
    assert stored_totals() == (10, 2)
    clock.append(HALF_PAST + figures.TOTALS_EVERY)
    jobs_sweep()
    assert stored_totals() == (15, 3)
