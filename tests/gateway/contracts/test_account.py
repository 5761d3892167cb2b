"""The end of an account, and the way back, through the gateway, auth and images as they are."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import AuditEntry, Session, User
from accounts.services.closing import account_close, account_restore, accounts_delete_due
from images.errors import StorageUnavailable
from images.models import Image, Job, Usage
from images.services.job_execution import job_run
from platform_site.kit.auth.revocations import session_is_revoked
from tests.gateway.contracts.conftest import PASSWORD, picture
from tests.gateway.contracts.test_providers import upload

ACCOUNT = "/api/v1/account"
ALICE = "alice@example.com"


def close(client: Client, password: str = PASSWORD) -> Any:
    return client.delete(ACCOUNT, {"password": password}, content_type="application/json")


def back() -> Client:
    """Alice, who signs in again."""
    login = {"email": ALICE, "password": PASSWORD}
    reply = Client().post("/auth/login", login, content_type="application/json")
    assert reply.status_code == 200, reply.content
    return Client(headers={"Authorization": f"Bearer {reply.json()['access']}"})


def stored(client: Client) -> str:
    """The address of the original of a new picture."""
    image = upload(client, picture()).json()["image"]
    address: str = image["links"]["original"].removeprefix("https://photos.example")
    assert served(address) == 200
    return address


def served(address: str) -> int:
    """The status of a delivery."""
    reply = Client().get(address)
    reply.close()
    return reply.status_code


def rounds() -> None:
    """Housekeeping and the workers' jobs by turns, until nothing is left to do."""
    for _ in range(3):
        call_command("delete_due_accounts")
        for job in Job.objects.filter(kind=Job.Kind.DELETE, state=Job.State.QUEUED):
            assert job.dispatch_id is not None
            job_run(job_id=job.id, dispatch_id=job.dispatch_id)


def test_an_account_is_closed_at_once_and_can_be_taken_back_with_all_it_had(
    alice_client: Client, bob_client: Client
) -> None:
    address, bobs = stored(alice_client), stored(bob_client)
    refused = close(alice_client, "a guess at it")
    assert (refused.status_code, refused.json()["code"]) == (400, "password_incorrect")
    assert served(address) == 200

    reply = close(alice_client)
    assert reply.status_code == 202
    assert alice_client.get("/api/v1/images").status_code == 401
    assert (served(address), served(bobs)) == (404, 200)

    again = back()
    profile = again.get("/auth/profile").json()
    assert profile["deletion_due_at"] == reply.json()["deletes_at"]
    others = (("GET", "/api/v1/images"), ("POST", "/api/v1/process"), ("DELETE", ACCOUNT))
    for method, path in others:
        told = again.generic(method, path)
        assert (told.status_code, told.json()["code"]) == (403, "account_closing"), path
    call_command("delete_due_accounts")  # the day has not come
    assert Image.objects.count() == 2

    for _ in range(2):
        assert again.post(f"{ACCOUNT}/restore").status_code == 204
    assert served(address) == 200
    assert len(back().get("/api/v1/images").json()["results"]) == 1


@pytest.mark.parametrize("proxies", [0, 1])
def test_the_audit_has_the_address_and_device_of_the_person_not_of_the_gateway(
    alice_client: Client, settings: Settings, proxies: int
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    place = {
        "REMOTE_ADDR": "192.0.2.4" if proxies else "203.0.113.9",
        "HTTP_X_FORWARDED_FOR": "6.6.6.6, 203.0.113.9" if proxies else "6.6.6.6",
        "HTTP_X_CLIENT_ADDRESS": "6.6.6.6",
        "HTTP_USER_AGENT": "Firefox",
    }
    alice_client.defaults.update(place)
    refused = close(alice_client, "a guess at it")
    assert refused.status_code == 400
    assert close(alice_client).status_code == 202
    again = back()
    again.defaults.update(place)
    assert again.post(f"{ACCOUNT}/restore").status_code == 204
    acts = ("password.check", "account.close", "account.restore")
    found = AuditEntry.objects.filter(act__in=acts).order_by("created_at")
    assert list(found.values_list("act", "address", "device")) == [
        (act, "203.0.113.9", "Firefox") for act in acts
    ]


def test_when_the_day_has_come_all_goes_images_first(
    alice_client: Client, bob_client: Client
) -> None:
    address, bobs = stored(alice_client), stored(bob_client)
    close(alice_client)
    alice = User.objects.get(email=ALICE)
    session_ids = list(Session.objects.filter(user=alice).values_list("id", flat=True))
    User.objects.filter(id=alice.id).update(deletion_due_at=timezone.now())

    first = accounts_delete_due()
    assert (first.deleted, first.failed, first.waiting) == (0, 0, 1)
    assert User.objects.filter(id=alice.id).exists()  # for her images are still there

    rounds()
    assert not User.objects.filter(id=alice.id).exists()
    for kind in (Image, Job, Usage):
        assert not kind.objects.filter(owner_id=alice.id).exists()
    assert not Session.objects.filter(id__in=session_ids).exists()
    assert all(session_is_revoked(session_id) for session_id in session_ids)
    assert (served(address), served(bobs)) == (404, 200)
    assert accounts_delete_due().waiting == 0


def test_without_days_of_grace_it_goes_with_the_next_round(
    alice_client: Client, settings: Settings
) -> None:
    settings.ACCOUNT_DELETION_GRACE_DAYS = 0
    stored(alice_client)
    assert close(alice_client).status_code == 202
    rounds()
    assert not User.objects.filter(email=ALICE).exists()
    assert not Image.objects.exists()


def test_what_the_staff_close_and_open_again_reaches_images_with_the_next_round(
    alice_client: Client,
) -> None:
    address, alice = stored(alice_client), User.objects.get(email=ALICE)
    account_close(user_id=alice.id)
    call_command("delete_due_accounts")
    assert served(address) == 404
    account_restore(user_id=alice.id)
    call_command("delete_due_accounts")
    assert served(address) == 200
    assert User.objects.get(id=alice.id).restored_at is None


def test_without_images_the_account_is_closed_and_images_hears_of_it_later(
    alice_client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = stored(alice_client)
    with monkeypatch.context() as outage:
        outage.setattr("images.api.platform.owner_withhold", _broken)
        outage.setattr("images.api.platform.owner_purge", _broken)
        assert close(alice_client).status_code == 202
        assert served(address) == 200
        with pytest.raises(CommandError, match="1 without an answer"):
            call_command("delete_due_accounts")
        User.objects.update(deletion_due_at=timezone.now() - timedelta(days=2))
        with pytest.raises(CommandError, match="1 overdue"):
            call_command("delete_due_accounts")
    assert User.objects.count() == 1
    assert accounts_delete_due().failed == 0
    assert served(address) == 404


def _broken(**_arguments: Any) -> None:
    raise StorageUnavailable
