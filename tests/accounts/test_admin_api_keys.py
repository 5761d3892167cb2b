from django.test import Client
from pytest_django import Settings

from accounts.models import ApiKey, AuditEntry, User
from accounts.services.api_keys import api_key_create
from platform_site.kit.auth import revocations
from tests.accounts.callers import PASSWORD

KEYS = "/admin/accounts/apikey/"


def test_staff_see_keys_without_their_secrets_and_revoke_them(
    alice_user: User, settings: Settings
) -> None:
    key, text = api_key_create(
        user_id=alice_user.id, name="Cron", scopes=["jobs"], expires_at=None, addresses=[]
    )
    staff = User.objects.create_superuser("root@example.com", PASSWORD)
    settings.ROOT_URLCONF = "platform_site.urls.admin"
    client = Client()
    client.force_login(staff)
    for page in (KEYS, f"{KEYS}{key.id}/change/"):
        shown = client.get(page).content.decode()
        assert "Cron" in shown
        assert text not in shown
        assert ApiKey.objects.get().digest not in shown
    assert client.get(f"{KEYS}add/").status_code == 403
    assert client.post(f"{KEYS}{key.id}/delete/", {"post": "yes"}).status_code == 403
    reply = client.post(KEYS, {"action": "revoke", "_selected_action": [str(key.id)]})
    assert reply.status_code == 302
    assert ApiKey.objects.get().revoked_at is not None
    revocations.forget()
    assert revocations.session_is_revoked(key.id) is True
    entry = AuditEntry.objects.get(act="api_key.revoke")
    assert (entry.user_id, entry.target) == (alice_user.id, str(key.id))
