"""The staff see what an account has to prove itself with, and nothing that proves it."""

from typing import Final

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import (
    AuditEntry,
    Authenticator,
    Passkey,
    RecoveryCode,
    RememberedDevice,
    Session,
    User,
)
from accounts.services.remembered_devices import device_remember
from platform_site.kit.auth.revocations import session_is_revoked
from tests.accounts.authenticators import SecurityKey, with_app, with_key
from tests.accounts.callers import PASSWORD, Caller

PAGES: Final = "/admin/accounts"


@pytest.fixture
def staff(db: None, settings: Settings) -> Client:
    settings.ROOT_URLCONF = "platform_site.urls.admin"
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.com", PASSWORD))
    return client


def with_everything(alice: Caller, user: User, settings: Settings) -> list[str]:
    """Give the account every kind of factor; what of them must stay unseen."""
    settings.ROOT_URLCONF = "platform_site.urls.auth"
    app, codes = with_app(alice)
    with_key(alice, SecurityKey(), "Alice's phone")
    token = device_remember(user=user, device="Alice's browser")
    settings.ROOT_URLCONF = "platform_site.urls.admin"
    row, passkey = Authenticator.objects.get(), Passkey.objects.get()
    digests = [RememberedDevice.objects.get().digest, Session.objects.earliest("id").refresh_hash]
    digests += RecoveryCode.objects.values_list("digest", flat=True)
    return [app.secret, row.sealed_secret, passkey.credential_id, token, *codes, *digests]


def test_the_page_of_an_account_lists_its_factors_and_no_secret(
    alice: Caller, alice_user: User, staff: Client, settings: Settings
) -> None:
    unseen = with_everything(alice, alice_user, settings)
    page = staff.get(f"{PAGES}/user/{alice_user.id}/change/").content.decode()
    for seen in ("Alice&#x27;s phone", "Alice&#x27;s browser", "Confirmed at", "Last used at"):
        assert seen in page, seen
    assert "Recovery codes left" in page
    session = Session.objects.get(user=alice_user)
    of_session = staff.get(f"{PAGES}/session/{session.id}/change/").content.decode()
    in_list = staff.get(f"{PAGES}/session/").content.decode()
    assert "pwd otp mfa hwk" in of_session
    assert "pwd otp mfa hwk" in in_list
    assert not [secret for secret in unseen if secret in page + of_session + in_list]
    assert "passkeys-0-DELETE" not in page
    assert staff.get(f"{PAGES}/user/add/").status_code == 200


def test_what_is_posted_with_the_page_changes_no_factor(
    alice: Caller, alice_user: User, staff: Client, settings: Settings
) -> None:
    with_everything(alice, alice_user, settings)
    passkey = Passkey.objects.get()
    form = {
        "email": alice_user.email,
        "name": "Alice B.",
        "is_active": "on",
        "passkeys-TOTAL_FORMS": "1",
        "passkeys-INITIAL_FORMS": "1",
        "passkeys-0-id": str(passkey.id),
        "passkeys-0-user": str(alice_user.id),
        "passkeys-0-name": "Mallory's",
        "passkeys-0-DELETE": "on",
    }
    assert staff.post(f"{PAGES}/user/{alice_user.id}/change/", form).status_code == 302
    assert User.objects.get(id=alice_user.id).name == "Alice B."
    assert Passkey.objects.get().name == "Alice's phone"


def test_a_reset_by_the_staff_leaves_nothing_and_is_recorded(
    alice: Caller, alice_user: User, staff: Client, settings: Settings
) -> None:
    with_everything(alice, alice_user, settings)
    form = {"action": "reset_factors", "_selected_action": [str(alice_user.id)]}
    assert staff.post(f"{PAGES}/user/", form).status_code == 302
    for model in (Authenticator, Passkey, RecoveryCode, RememberedDevice):
        assert not model.objects.exists()
    assert session_is_revoked(Session.objects.get(user=alice_user).id)
    acts = AuditEntry.objects.filter(user_id=alice_user.id).exclude(by_id=alice_user.id)
    assert set(acts.values_list("act", flat=True)) == {"admin.factors_reset", "sessions.end"}
