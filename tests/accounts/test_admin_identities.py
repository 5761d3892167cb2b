from django.test import Client
from pytest_django import Settings

from accounts.models import Identity, User
from tests.accounts.callers import PASSWORD

LINKS = "/admin/accounts/identity/"


def test_staff_see_links_and_take_those_of_an_account_away(
    alice_user: User, settings: Settings
) -> None:
    link = Identity.objects.create(user=alice_user, provider="acme", subject="s-1", email="a@b.co")
    staff = User.objects.create_superuser("root@example.com", PASSWORD)
    settings.ROOT_URLCONF = "platform_site.urls.admin"
    client = Client()
    client.force_login(staff)
    for page in (LINKS, f"{LINKS}{link.id}/change/"):
        assert "a@b.co" in client.get(page).content.decode()
    assert client.get(f"{LINKS}add/").status_code == 403
    assert client.post(f"{LINKS}{link.id}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "unlink_providers", "_selected_action": [str(alice_user.id)]}
    assert client.post("/admin/accounts/user/", chosen).status_code == 302
    assert not Identity.objects.exists()
