from datetime import timedelta

from django.utils import timezone

from accounts.metrics import REMOVAL_OVERDUE
from accounts.models import Session, User
from accounts.services.overdue import overdue_tell
from accounts.services.sign_in import session_open
from tests.accounts.callers import PASSWORD


def late_s() -> tuple[int, int]:
    overdue_tell()
    account, session = (
        REMOVAL_OVERDUE.labels(kind)._value.get() for kind in ("account", "session")
    )
    return int(account) // 60, int(session) // 60


def test_what_is_there_after_its_time_is_told_by_the_oldest(
    alice_user: User, bob_user: User
) -> None:
    assert late_s() == (0, 0)
    for user, minutes in ((alice_user, 90), (bob_user, 30)):
        session_open(email=user.email, password=PASSWORD, device="", address="")
        User.objects.filter(id=user.id).update(
            deletion_due_at=timezone.now() - timedelta(minutes=minutes)
        )
    assert late_s() == (90, 0)
    Session.objects.filter(user=bob_user).update(expires_at=timezone.now() - timedelta(minutes=20))
    User.objects.filter(id=alice_user.id).update(
        deletion_due_at=timezone.now() + timedelta(minutes=90)
    )
    assert late_s() == (30, 20)
