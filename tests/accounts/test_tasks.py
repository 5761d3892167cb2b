from django.utils import timezone

from accounts import tasks
from accounts.models import Session
from tests.accounts.callers import Caller


def test_the_task_forgets_what_has_expired(alice: Caller) -> None:
    Session.objects.update(expires_at=timezone.now())
    tasks.sessions_expire()
    assert not Session.objects.exists()


def test_the_task_has_the_name_that_the_schedule_uses() -> None:
    assert tasks.sessions_expire.name == "accounts.sessions_expire"
