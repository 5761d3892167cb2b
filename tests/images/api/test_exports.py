"""Exports over HTTP: asked for within bounds, fetched in parts by a signed address, then gone."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from images.models import Export, Job
from images.services.exports import A_DAY
from images.services.sweeping import jobs_sweep
from tests.images.conftest import Broker, stored_keys
from tests.images.people import Person, ending, path_of, service_token

pytestmark = pytest.mark.django_db(transaction=True)
EXPORTS = "/internal/v1/exports"


def ask(client: Client, body: Any = None) -> Any:
    return client.post(EXPORTS, {} if body is None else body, content_type="application/json")


@pytest.fixture
def ready(ready_picture: dict[str, Any], as_alice: Client, broker: Broker) -> dict[str, Any]:
    """Alice's export, made."""
    made = ask(as_alice, {"profile": {"name": "Alice"}}).json()
    broker.work()
    document: dict[str, Any] = as_alice.get(f"{EXPORTS}/{made['id']}").json()
    assert document["state"] == "ready"
    return document


def fetched(url: str, **headers: str) -> Any:
    return Client().get(path_of(url), headers=headers)


def served(url: str) -> int:
    """The status of a delivery."""
    reply = fetched(url)
    reply.close()
    return int(reply.status_code)


def body_of(reply: Any) -> bytes:
    content = reply.getvalue()
    reply.close()
    return bytes(content)


def test_the_archive_is_fetched_in_parts_as_an_attachment(ready: dict[str, Any]) -> None:
    whole = fetched(ready["url"])
    assert whole.status_code == 200
    content = body_of(whole)
    assert len(content) == ready["bytes"]
    for name, value in {
        "Content-Type": "application/zip",
        "Content-Length": str(ready["bytes"]),
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="export-{ready["ready_at"][:10]}.zip"',
    }.items():
        assert whole[name] == value
    rest = fetched(ready["url"], Range="bytes=1000-", **{"If-Range": whole["ETag"]})
    assert (rest.status_code, body_of(rest)) == (206, content[1000:])
    beyond = fetched(ready["url"], Range=f"bytes={len(content)}-")
    assert beyond.status_code == 416


def test_the_address_is_signed_and_ends(ready: dict[str, Any]) -> None:
    path = path_of(ready["url"])
    _, _, kid, expires_at, signature, spec, name = path.split("/")
    assert (spec, name) == ("export", f"{ready['id']}.zip")
    now = timezone.now().timestamp()
    assert 3_600 <= int(expires_at) - now <= 7_200
    for forged in (
        path.replace(ready["id"], str(UUID(int=7))),
        path.replace(expires_at, str(int(expires_at) + 3_600)),
        path.replace(signature, signature[::-1]),
        path.replace("/export/", "/original/"),
    ):
        assert Client().get(forged).json()["code"] == "signature_invalid"
    assert kid == next(reversed(settings.DELIVERY_KEYS))


def test_nginx_brings_the_archive_and_does_not_keep_it(
    ready: dict[str, Any], settings: Any
) -> None:
    settings.DELIVERY_ACCEL = True
    reply = fetched(ready["url"])
    assert (reply.status_code, reply["X-Accel-Redirect"]) == (
        307,
        f"/_files/exports/{ready['id']}.zip",
    )
    assert "X-Accel-Expires" not in reply


def test_one_is_made_at_a_time_and_a_few_a_day(
    as_alice: Client, as_bob: Client, broker: Broker
) -> None:
    for number in range(A_DAY):
        made = ask(as_alice)
        assert made.status_code == 202
        refused = ask(as_alice)
        assert (refused.status_code, refused.json()["code"]) == (409, "export_under_way")
        broker.work()
        states = [each["state"] for each in as_alice.get(EXPORTS).json()["results"]]
        assert states == ["ready"] + ["expired"] * number
    limited = ask(as_alice)
    assert (limited.status_code, limited.json()["code"]) == (429, "export_limit")
    assert 86_000 < int(limited["Retry-After"]) <= 86_400
    assert ask(as_bob).status_code == 202
    Export.objects.update(created_at=timezone.now() - timedelta(days=1, seconds=1))
    assert ask(as_alice).status_code == 202


def test_it_is_kept_for_its_days_and_removed_by_the_sweeper(
    ready: dict[str, Any], as_alice: Client, store: Any
) -> None:
    expires, made = parse_datetime(ready["expires_at"]), parse_datetime(ready["ready_at"])
    assert expires is not None
    assert made is not None
    assert expires - made == timedelta(days=7)
    jobs_sweep()
    assert served(ready["url"]) == 200
    Export.objects.update(expires_at=timezone.now())
    told = as_alice.get(f"{EXPORTS}/{ready['id']}").json()
    assert (told["state"], told["url"]) == ("expired", None)
    assert fetched(ready["url"]).json()["code"] == "export_not_found"
    assert f"exports/{ready['id']}.zip" in stored_keys(store)
    assert [jobs_sweep().exports for _ in range(2)] == [1, 0]
    assert not [key for key in stored_keys(store) if key.startswith("exports/")]
    assert as_alice.get(f"{EXPORTS}/{ready['id']}").json()["state"] == "expired"


def test_a_failed_one_leaves_nothing_and_is_asked_for_anew(
    as_alice: Client, broker: Broker, store: Any
) -> None:
    made = ask(as_alice).json()
    broker.sent.clear()
    Job.objects.filter(kind=Job.Kind.EXPORT).update(state=Job.State.FAILED)
    retried = as_alice.post(f"/internal/v1/jobs/{Job.objects.get().id}/retry")
    assert (retried.status_code, retried.json()["code"]) == (409, "job_not_retryable")
    assert jobs_sweep().exports == 1
    assert as_alice.get(f"{EXPORTS}/{made['id']}").json()["state"] == "failed"
    assert Export.objects.get().account == ""
    assert ask(as_alice).status_code == 202


def test_a_closed_account_has_none_and_its_end_leaves_none(
    ready: dict[str, Any], alice: Person, as_alice: Client, broker: Broker, store: Any
) -> None:
    assert ending(alice, "withhold").post("/internal/v1/owner/withhold").status_code == 204
    assert served(ready["url"]) == 404
    assert as_alice.get(f"{EXPORTS}/{ready['id']}").json()["url"] is None
    assert ending(alice, "withhold").post("/internal/v1/owner/release").status_code == 204
    assert served(ready["url"]) == 200
    under_way = ask(as_alice).json()
    assert under_way["state"] == "queued"
    assert ending(alice, "purge").post("/internal/v1/owner/purge").status_code == 202
    broker.work()
    assert stored_keys(store) == []
    ending(alice, "purge").post("/internal/v1/owner/forget")
    assert not Export.objects.exists()


def test_auth_hears_of_what_is_ready(ready: dict[str, Any], alice: Person) -> None:
    auth = Client(headers={"X-Service-Authorization": f"Bearer {service_token(of='auth')}"})
    (row,) = auth.get(f"{EXPORTS}/finished").json()["results"]
    assert row == {
        "id": ready["id"],
        "owner_id": str(alice.id),
        "ready_at": ready["ready_at"],
        "expires_at": ready["expires_at"],
    }
    at = {"after": ready["ready_at"]}
    assert len(auth.get(f"{EXPORTS}/finished", at).json()["results"]) == 1
    later = {"after": ready["expires_at"]}
    assert auth.get(f"{EXPORTS}/finished", later).json()["results"] == []
    assert auth.get(f"{EXPORTS}/finished", {"after": "x"}).status_code == 400


@pytest.mark.parametrize("body", ["[]", '"text"', "7"])
def test_an_account_is_an_object(as_alice: Client, body: str) -> None:
    reply = as_alice.post(EXPORTS, body, content_type="application/json")
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid")
    assert not Export.objects.exists()
