from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Session, User

pytestmark = pytest.mark.django_db


def test_only_what_has_neither_ended_nor_expired_is_live(alice_user: User) -> None:
    now = timezone.now()
    later, before = now + timedelta(hours=1), now - timedelta(hours=1)
    live, ended, expired = (
        Session.objects.create(user=alice_user, expires_at=expires_at, revoked_at=revoked_at)
        for expires_at, revoked_at in ((later, None), (later, before), (before, None))
    )
    assert list(Session.objects.live()) == [live]
    assert set(Session.objects.live(at=before - timedelta(hours=1))) == {live, expired}
    assert ended not in Session.objects.live()
