"""An export of all that a person has, through the gateway, auth and images as they are."""

import json
import zipfile
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Session
from images.models import Export, Job
from images.services.job_execution import job_run
from platform_site.kit.upstream import http
from platform_site.kit.upstream.http import UpstreamUnavailable
from tests.gateway.contracts.conftest import picture
from tests.gateway.contracts.test_account import back, close
from tests.gateway.contracts.test_providers import upload

EXPORTS = "/api/v1/exports"
SECRETS = ("refresh", "hash", "secret", "argon2", "digest")


def worked_off() -> None:
    """Carry out the exports that wait."""
    for job in Job.objects.filter(kind=Job.Kind.EXPORT, state=Job.State.QUEUED):
        assert job.dispatch_id is not None
        job_run(job_id=job.id, dispatch_id=job.dispatch_id)


def names_in(document: Any) -> set[str]:
    """Every name of every object in ``document``."""
    if isinstance(document, list):
        return set().union(*map(names_in, document))
    if isinstance(document, dict):
        return set(document).union(*map(names_in, document.values()))
    return set()


def test_a_person_gets_all_that_both_roles_know(alice_client: Client, bob_client: Client) -> None:
    image = upload(alice_client, picture()).json()["image"]
    upload(bob_client, picture("blue"))
    key = {"Idempotency-Key": "once"}
    asked = alice_client.post(EXPORTS, headers=key)
    assert asked.status_code == 202, asked.content
    again = alice_client.post(EXPORTS, headers=key)
    assert (again.json(), again["Idempotency-Replayed"]) == (asked.json(), "true")
    worked_off()
    address = f"{EXPORTS}/{asked.json()['id']}"
    ready = alice_client.get(address).json()
    assert alice_client.get(EXPORTS).json() == {"results": [ready]}
    assert (bob_client.get(address).status_code, bob_client.get(EXPORTS).json()) == (
        404,
        {"results": []},
    )
    fetched = Client().get(ready["url"].removeprefix("https://photos.example"))
    with zipfile.ZipFile(BytesIO(fetched.getvalue())) as archive:
        fetched.close()
        account = json.loads(archive.read("account.json"))
        images = json.loads(archive.read("images.json"))["images"]
        assert archive.read(f"originals/{image['id']}.jpg") == picture()
    assert [each["id"] for each in images] == [image["id"]]
    assert account["profile"]["email"] == "alice@example.com"
    assert len(account["sessions"]) == 1
    found = names_in(account)
    assert not [name for name in found for secret in SECRETS if secret in name]


@pytest.mark.parametrize("silent", ["auth", "images"])
def test_without_a_role_there_is_no_export_and_nothing_half_made(
    alice_client: Client, monkeypatch: pytest.MonkeyPatch, silent: str
) -> None:
    client = http.upstream(silent)

    def nothing(method: str, path: str, **options: Any) -> Any:
        if path.endswith(("/account/export", "/exports")):
            raise UpstreamUnavailable(silent)
        return asks(method, path, **options)

    asks = client.request
    monkeypatch.setattr(client, "request", nothing)
    refused = alice_client.post(EXPORTS)
    assert (refused.status_code, refused.json()["code"]) == (503, "upstream_unavailable")
    assert not Export.objects.exists()
    assert not Job.objects.exists()
    monkeypatch.undo()
    assert alice_client.post(EXPORTS).status_code == 202


def test_a_sign_in_of_long_ago_gets_no_export_and_closes_no_account(alice_client: Client) -> None:
    Session.objects.update(authenticated_at=timezone.now() - timedelta(seconds=301))
    asked = alice_client.post(EXPORTS)
    closed = alice_client.delete("/api/v1/account", {}, content_type="application/json")
    for refused in (asked, closed):
        assert (refused.status_code, refused.json()["code"]) == (403, "reauthentication_required")
    assert not Export.objects.exists()
    Session.objects.update(authenticated_at=timezone.now())
    assert alice_client.post(EXPORTS).status_code == 202
    assert alice_client.delete("/api/v1/account").status_code == 202


def test_a_closed_account_asks_for_none_and_reads_none(alice_client: Client) -> None:
    made = alice_client.post(EXPORTS).json()
    close(alice_client)
    again = back()
    for method, path in (("GET", EXPORTS), ("POST", EXPORTS), ("GET", f"{EXPORTS}/{made['id']}")):
        refused = again.generic(method, path)
        assert (refused.status_code, refused.json()["code"]) == (403, "account_closing")
