from unittest.mock import patch

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from accounts.errors import RevocationUnavailable
from accounts.models import Session, User
from accounts.services import revocations
from accounts.services.refreshes import session_refresh
from accounts.services.sessions import session_close
from accounts.services.sign_in import session_open
from platform_site.kit.auth.tokens import TokenRevoked
from tests.accounts.callers import PASSWORD


def test_a_deny_list_that_cannot_be_written_is_told_and_the_session_ends_all_the_same(
    alice_user: User,
) -> None:
    pair = session_open(email=alice_user.email, password=PASSWORD, device="", address="")
    with (
        patch.object(revocations, "session_revoke", side_effect=RedisConnectionError),
        pytest.raises(RevocationUnavailable) as refusal,
    ):
        session_close(session_id=pair.session_id, user_id=alice_user.id)
    assert refusal.value.headers["Retry-After"] == "1"
    assert Session.objects.get().revoked_at is not None
    with pytest.raises(TokenRevoked):
        session_refresh(raw=pair.refresh, address="")


def test_access_tokens_are_denied_for_as_long_as_one_could_live(alice_user: User) -> None:
    pair = session_open(email=alice_user.email, password=PASSWORD, device="", address="")
    with patch.object(revocations, "session_revoke") as session_revoke:
        session_close(session_id=pair.session_id, user_id=alice_user.id)
    session_revoke.assert_called_once_with(session_id=pair.session_id, ttl_s=630)
