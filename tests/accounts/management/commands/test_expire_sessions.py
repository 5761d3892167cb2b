from datetime import timedelta
from io import StringIO

from django.core.management import call_command
from django.utils import timezone

from accounts.models import Session, User
from accounts.services.sign_in import session_open
from tests.accounts.callers import PASSWORD


def test_only_sessions_that_cannot_be_refreshed_are_removed(alice_user: User) -> None:
    kept, expired = (
        session_open(email=alice_user.email, password=PASSWORD, device="", address="").session_id
        for _ in range(2)
    )
    Session.objects.filter(id=expired).update(expires_at=timezone.now() - timedelta(seconds=1))
    out = StringIO()
    call_command("expire_sessions", stdout=out)
    assert out.getvalue() == ("Removed expired: sessions 1, remembered browsers 0, challenges 0.\n")
    assert Session.objects.get().id == kept
