from datetime import timedelta
from io import StringIO

from django.core.management import call_command
from django.utils import timezone

from accounts.models import ApiKey, User


def test_only_keys_that_ended_long_ago_are_removed(alice_user: User) -> None:
    long_ago = timezone.now() - timedelta(days=31)
    for number, ended_at in enumerate((None, long_ago)):
        ApiKey.objects.create(
            user=alice_user, name="k", digest=str(number), scopes="jobs", revoked_at=ended_at
        )
    out = StringIO()
    call_command("expire_api_keys", stdout=out)
    assert out.getvalue() == "Removed 1 API key.\n"
    assert ApiKey.objects.get().revoked_at is None
