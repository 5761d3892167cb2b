from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import ApiKey, User
from accounts.secret_keys import newest_key_id
from accounts.services.api_keys import api_key_create, api_key_revoke, api_keys_expire
from accounts.services.closing import account_close, account_restore
from accounts.services.key_exchange import api_key_exchange
from accounts.services.sessions import sessions_close_all
from accounts.services.users import account_disable, password_change
from platform_site.kit.auth import revocations
from platform_site.kit.auth.tokens import TokenRevoked
from tests.accounts.callers import PASSWORD, in_parallel


def made(user: User, **changes: object) -> tuple[ApiKey, str]:
    wanted = {"name": "k", "scopes": ["jobs"], "expires_at": None, "addresses": [], **changes}
    return api_key_create(user_id=user.id, **wanted)  # type: ignore[arg-type]


def exchange(text: str, address: str = "192.0.2.7") -> bool:
    return api_key_exchange(raw=text, address=address) is not None


def test_a_revoked_key_is_on_the_deny_list(alice_user: User, bob_user: User) -> None:
    key, text = made(alice_user)
    other, _ = made(bob_user)
    api_key_revoke(key_id=key.id, user_id=alice_user.id)
    revocations.forget()
    assert revocations.session_is_revoked(key.id) is True
    assert revocations.session_is_revoked(other.id) is False
    assert not exchange(text)


@pytest.mark.parametrize(
    ("act", "goes_on"),
    [
        (lambda user: account_disable(user_id=user.id), False),
        (lambda user: account_close(user_id=user.id), False),
        (lambda user: sessions_close_all(user_id=user.id), True),
    ],
)
def test_the_end_of_an_account_ends_its_keys_and_signing_out_does_not(
    alice_user: User, bob_user: User, act: Callable[[User], object], *, goes_on: bool
) -> None:
    key, text = made(alice_user)
    _, bobs = made(bob_user)
    act(alice_user)
    assert exchange(text) is goes_on
    assert exchange(bobs)
    revocations.forget()
    assert revocations.session_is_revoked(key.id) is not goes_on


def test_a_key_does_not_come_back_with_its_account(alice_user: User) -> None:
    _, text = made(alice_user)
    account_close(user_id=alice_user.id)
    with pytest.raises(TokenRevoked):
        made(alice_user)
    account_restore(user_id=alice_user.id)
    assert not exchange(text)
    assert made(alice_user)[0].revoked_at is None


def test_ended_keys_are_kept_for_thirty_days(alice_user: User) -> None:
    long_ago = timezone.now() - timedelta(days=31)
    kept = {made(alice_user)[0].id for _ in range(2)}
    old = [made(alice_user)[0].id for _ in range(2)]
    ApiKey.objects.filter(id=min(kept)).update(revoked_at=timezone.now())
    ApiKey.objects.filter(id=old[0]).update(revoked_at=long_ago)
    ApiKey.objects.filter(id=old[1]).update(expires_at=long_ago)
    assert api_keys_expire() == 2
    assert set(ApiKey.objects.values_list("id", flat=True)) == kept


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_fifty_are_made(settings: Settings) -> None:
    user = User.objects.create_user("alice@example.com", PASSWORD)
    ApiKey.objects.bulk_create(
        ApiKey(user=user, name="x", digest=str(n), scopes="jobs") for n in range(47)
    )

    def one(_number: int) -> str:
        try:
            made(user)
        except Exception as exc:  # noqa: BLE001 - the name is asserted
            return type(exc).__name__
        return "made"

    assert sorted(in_parallel(8, one)) == ["ApiKeysFull"] * 5 + ["made"] * 3
    assert ApiKey.objects.count() == 50


def test_a_new_account_key_takes_digests_of_the_old_one_and_renews_them_at_use(
    alice_user: User, settings: Settings
) -> None:
    _, text = made(alice_user)
    before = ApiKey.objects.get().digest
    settings.ACCOUNT_KEYS = {**settings.ACCOUNT_KEYS, "newer": "ab" * 32}
    assert exchange(text)
    row = ApiKey.objects.get()
    assert row.digest != before
    assert (row.digest_key, newest_key_id()) == ("newer", "newer")
    settings.ACCOUNT_KEYS = {"newer": "ab" * 32}
    assert exchange(text)
    settings.ACCOUNT_KEYS = {"another": "cd" * 32}
    assert not exchange(text)


def test_a_changed_password_leaves_programs_alone(alice_user: User, alice: object) -> None:
    _, text = made(alice_user)
    session = alice_user.sessions.get()
    password_change(session=session, current=PASSWORD, new="quite another pass phrase")
    assert exchange(text)
