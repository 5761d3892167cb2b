"""Where the staff look: the state on top, then every run, and nothing that can be changed."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from platform_site.backup.models import RecordedRun

pytestmark = pytest.mark.django_db
RUNS = "/admin/backup/recordedrun/"
HOUR = timedelta(hours=1)


@pytest.fixture
def as_staff(client: Client, settings: Any) -> Client:
    settings.ROOT_URLCONF = "platform_site.urls.embedded"
    settings.BACKUP_INTERVALS_S = {"backup": 86_400, "rehearsal": 86_400}
    user = get_user_model().objects.create(
        email="sam@example.org", is_staff=True, is_superuser=True
    )
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def ended(kind: str, outcome: str, ago: timedelta, **found: Any) -> RecordedRun:
    began = timezone.now() - ago
    minutes = timedelta(minutes=2, seconds=3)
    return RecordedRun.objects.create(
        kind=kind, outcome=outcome, started_at=began, ended_at=began + minutes, **found
    )


def state(page: str) -> list[str]:
    """The lines of the state on top, as a person reads them."""
    table = page.partition('id="backup-state"')[2].partition("</table>")[0]
    rows = table.partition("<tbody>")[2].split("</tr>")[:-1]
    return [" | ".join(_words(cell) for cell in row.split("</t")[:-1]) for row in rows]


def _words(cell: str) -> str:
    return " ".join(part.split(">")[-1].strip() for part in cell.split("<")).strip()


def test_before_the_first_run_the_page_says_that_there_was_none(as_staff: Client) -> None:
    page = as_staff.get(RUNS).content.decode().replace("&nbsp;", " ")
    backup, rehearsal = state(page)
    assert "never" in backup
    assert "there was none yet" in backup
    assert "at once" in rehearsal


def test_the_state_tells_the_last_runs_the_verdict_and_when_the_next_is_due(
    as_staff: Client,
) -> None:
    made = ended("backup", "succeeded", 3 * HOUR, bytes_total=5_000_000, rows=70)
    ended("rehearsal", "succeeded", 30 * HOUR)
    reason = "The table images_image has 6 rows instead of 7. " * 3
    ended("rehearsal", "failed", HOUR, reason=reason)
    page = as_staff.get(RUNS).content.decode().replace("\xa0", " ")
    backup, rehearsal = state(page)
    due = made.started_at + timedelta(days=1)
    assert "succeeded" in backup
    assert f"by {due:%Y-%m-%d %H:%M} UTC" in backup
    assert f"failed: {reason.strip()}" in rehearsal
    assert "2 min 3 s" in page
    assert "4.8 MB" in page


def test_a_success_that_is_too_long_ago_is_late(as_staff: Client) -> None:
    ended("backup", "succeeded", 31 * HOUR)
    assert "succeeded, but it is late" in state(as_staff.get(RUNS).content.decode())[0]


def test_a_run_has_a_page_and_nobody_changes_it(as_staff: Client) -> None:
    run = ended("rehearsal", "succeeded", HOUR, objects_total=400, objects_checked=100)
    assert "100 at random (25.0%)" in as_staff.get(RUNS).content.decode()
    page = as_staff.get(f"{RUNS}{run.id}/change/").content.decode()
    assert "recovery time (RTO)" in page.lower() or "Recovery time (RTO)" in page
    assert 'name="_save"' not in page
    assert as_staff.post(f"{RUNS}{run.id}/change/", {"rows": 1}).status_code == 403
    assert as_staff.post(f"{RUNS}{run.id}/delete/", {"post": "yes"}).status_code == 403
    assert as_staff.get(f"{RUNS}add/").status_code == 403
