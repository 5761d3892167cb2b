"""Deletion for good: hidden at once, gone after the job, which says what it deleted."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import transaction
from django.test import Client
from django.utils import timezone

from images.models import Image, ImageAct, Job, Rendition, Reservation, Tag, Usage
from images.services.deletion import trash_purge
from images.services.job_execution import job_run
from tests.images.conftest import Broker, stored_keys
from tests.images.interruptions import after_files, never_write
from tests.images.people import Person, ending, path_of, service_token
from tests.images.pictures import form, jpeg

pytestmark = pytest.mark.django_db(transaction=True)
V1 = "/internal/v1"


def permanently(client: Client, image_id: object) -> Any:
    return client.delete(f"{V1}/images/{image_id}?permanent=true")


def test_an_image_is_hidden_at_once_and_then_deleted_with_all_it_has(
    ready_picture: dict[str, Any], as_alice: Client, broker: Broker, store: Path
) -> None:
    reply = permanently(as_alice, ready_picture["id"])
    assert (reply.status_code, reply.json()["job"]["kind"]) == (202, "delete")
    assert as_alice.get(f"{V1}/images/{ready_picture['id']}").status_code == 404
    assert as_alice.get(f"{V1}/images", {"trashed": "true"}).json()["results"] == []
    assert as_alice.post(f"{V1}/images/{ready_picture['id']}/restore").status_code == 404
    assert [message[0] for message in broker.sent] == ["images.delete"]
    assert len(stored_keys(store)) == 3

    broker.work()

    assert stored_keys(store) == []
    for model in (Image, Rendition, Tag):
        assert not model.objects.exists()
    assert Usage.objects.values_list("bytes", "reserved_bytes", "images").get() == (0, 0, 0)
    job = as_alice.get(f"{V1}/jobs/{reply.json()['job']['id']}").json()
    assert (job["state"], job["image_id"]) == ("succeeded", ready_picture["id"])
    assert job["progress"]["done"] == job["progress"]["total"] == 1
    assert job["result"]["image_count"] == 1
    assert job["result"]["bytes_freed"] == len(jpeg())
    (deleted,) = job["result"]["images"]
    assert deleted["id"] == ready_picture["id"]
    assert deleted["filename"] == "holiday.jpg"
    assert len(deleted["renditions"]) == 8
    assert as_alice.get(f"{V1}/usage").json()["bytes"] == 0


def test_a_deletion_that_was_killed_halfway_is_finished(
    ready_picture: dict[str, Any], as_alice: Client, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    permanently(as_alice, ready_picture["id"])
    job = Job.objects.get(kind=Job.Kind.DELETE)
    files, deleted = FileSystemStorage.delete, []

    def dying(self: FileSystemStorage, key: str) -> None:
        deleted.append(key)
        if len(deleted) == 2:
            raise SystemExit
        files(self, key)

    with monkeypatch.context() as killed:
        killed.setattr(FileSystemStorage, "delete", dying)
        with pytest.raises(SystemExit):
            job_run(job_id=job.id, dispatch_id=job.dispatch_id)  # type: ignore[arg-type]
    assert len(stored_keys(store)) == 2
    assert Image.objects.exists()
    job_run(job_id=job.id, dispatch_id=job.dispatch_id)  # type: ignore[arg-type]
    assert stored_keys(store) == []
    assert not Image.objects.exists()
    job.refresh_from_db()
    assert (job.state, job.attempt) == (Job.State.SUCCEEDED, 2)


def test_deleting_stops_the_rendering(
    picture: dict[str, Any], as_alice: Client, broker: Broker, store: Path
) -> None:
    permanently(as_alice, picture["id"])
    assert Job.objects.get(kind=Job.Kind.RENDER).state == Job.State.CANCELED
    broker.work()
    assert stored_keys(store) == []
    assert Job.objects.get(kind=Job.Kind.RENDER).attempt == 0


def test_a_run_that_was_rendering_leaves_no_object_behind(
    picture: dict[str, Any], as_alice: Client, monkeypatch: pytest.MonkeyPatch, store: Path
) -> None:
    render = Job.objects.get()

    def deleted() -> None:
        permanently(as_alice, picture["id"])
        delete = Job.objects.get(kind=Job.Kind.DELETE)
        job_run(job_id=delete.id, dispatch_id=delete.dispatch_id)  # type: ignore[arg-type]

    after_files(monkeypatch, 1, deleted)
    never_write(monkeypatch)
    job_run(job_id=render.id, dispatch_id=render.dispatch_id)  # type: ignore[arg-type]
    assert stored_keys(store) == []
    render.refresh_from_db()
    assert render.state == Job.State.CANCELED


def test_a_deletion_that_was_killed_at_its_very_end_deletes_nothing_else(
    ready_picture: dict[str, Any], as_alice: Client, broker: Broker, store: Path
) -> None:
    other = as_alice.post(f"{V1}/images", form(jpeg("red"))).json()["image"]["id"]
    broker.work()
    for image_id in (ready_picture["id"], other):
        permanently(as_alice, image_id)
    first = Job.objects.filter(kind=Job.Kind.DELETE).order_by("id")[0]
    job_run(job_id=first.id, dispatch_id=first.dispatch_id)  # type: ignore[arg-type]
    Job.objects.filter(id=first.id).update(state=Job.State.RUNNING)
    job_run(job_id=first.id, dispatch_id=first.dispatch_id)  # type: ignore[arg-type]
    first.refresh_from_db()
    assert first.result is not None
    assert (first.state, first.attempt, first.result["image_count"]) == ("succeeded", 2, 1)
    assert [str(image.id) for image in Image.objects.all()] == [other]
    assert len(stored_keys(store)) == 3


def test_all_that_an_owner_has_goes_and_nothing_of_anyone_else(
    as_alice: Client,
    as_bob: Client,
    alice: Person,
    broker: Broker,
    store: Path,
) -> None:
    for color in ("red", "green", "blue"):
        as_alice.post(f"{V1}/images", form(jpeg(color)))
    kept = as_bob.post(f"{V1}/images", form(jpeg("red"))).json()["image"]
    reply = ending(alice, "purge").post(f"{V1}/owner/purge")
    assert reply.status_code == 202
    assert ending(alice, "purge").post(f"{V1}/owner/purge").json()["job"] == reply.json()["job"]
    assert as_alice.get(f"{V1}/images").json()["results"] == []

    broker.work()

    job = Job.objects.get(id=reply.json()["job"]["id"])
    assert job.result is not None
    assert (job.state, job.result["image_count"]) == (Job.State.SUCCEEDED, 3)
    assert [str(image.id) for image in Image.objects.all()] == [kept["id"]]
    assert [usage.images for usage in Usage.objects.all()] == [1]
    assert all(kept["id"] in key for key in stored_keys(store))
    assert len(stored_keys(store)) == 3

    assert ending(alice, "purge").post(f"{V1}/owner/purge").json()["image_count"] == 3
    assert ending(alice, "purge").post(f"{V1}/owner/forget").status_code == 204
    for model in (Image, Job, Usage, Reservation):
        assert not model.objects.filter(owner_id=alice.id).exists()
    assert Job.objects.exists()


@pytest.mark.parametrize("what", ["withhold", "release", "purge"])
def test_an_owner_as_a_whole_is_touched_with_both_tokens_only(
    ready_picture: dict[str, Any], alice: Person, what: str
) -> None:
    scope = "purge" if what == "purge" else "withhold"
    address = f"{V1}/owner/{what}"
    right = {"Authorization": f"Bearer {alice.token(f'images:{scope}')}"}
    ours = {"X-Service-Authorization": f"Bearer {service_token(of='auth')}"}
    assert Client(headers=ours).post(address).status_code == 401
    assert Client(headers=right).post(address).status_code == 401
    for other in ("images:read images:write", "images:withhold" if scope == "purge" else "x"):
        wrong = {"Authorization": f"Bearer {alice.token(other)}"}
        assert Client(headers={**wrong, **ours}).post(address).status_code == 403
    strangers = {"X-Service-Authorization": f"Bearer {service_token(of='admin')}"}
    refused = Client(headers={**right, **strangers}).post(address)
    assert (refused.status_code, refused.json()["code"]) == (403, "caller_not_allowed")
    by_gateway = ending(alice, scope, of="gateway").post(address).status_code
    assert by_gateway == (403 if what == "purge" else 204)
    # It is done to what Bob has, which is nothing.
    bobs = ending(Person(), scope).post(address)
    assert bobs.status_code == (200 if what == "purge" else 204)
    assert Image.objects.get().withheld_at is not None or what != "withhold"
    assert Image.objects.get().state == "ready"


def served(address: str) -> int:
    reply = Client().get(address)
    reply.close()
    return reply.status_code


def test_what_is_withheld_is_not_served_until_it_is_released(
    ready_picture: dict[str, Any], alice: Person, as_alice: Client
) -> None:
    image = as_alice.get(f"{V1}/images/{ready_picture['id']}").json()
    addresses = [path_of(image["links"]["original"]), path_of(image["renditions"][0]["url"])]
    assert [served(address) for address in addresses] == [200, 200]
    for _ in range(2):
        assert ending(alice, "withhold").post(f"{V1}/owner/withhold").status_code == 204
        assert [served(address) for address in addresses] == [404, 404]
    for _ in range(2):
        assert ending(alice, "withhold").post(f"{V1}/owner/release").status_code == 204
        assert [served(address) for address in addresses] == [200, 200]


def test_the_trash_is_emptied_after_its_days(
    ready_picture: dict[str, Any], as_alice: Client, broker: Broker, store: Path, settings: Any
) -> None:
    as_alice.delete(f"{V1}/images/{ready_picture['id']}")
    assert trash_purge() == 0
    days = timedelta(days=settings.TRASH_DAYS, seconds=1)
    Image.objects.update(trashed_at=timezone.now() - days)
    assert trash_purge() == 1
    assert trash_purge() == 0
    act = ImageAct.objects.get()
    assert (act.act, act.by_id, act.details) == ("image.delete", None, {"reason": "trash_days"})
    assert (act.target, act.address) == (ready_picture["id"], "")
    broker.work()
    assert stored_keys(store) == []


def test_an_image_that_is_taken_back_while_the_trash_is_emptied_stays(
    ready_picture: dict[str, Any],
    as_alice: Client,
    monkeypatch: pytest.MonkeyPatch,
    broker: Broker,
    settings: Any,
) -> None:
    as_alice.delete(f"{V1}/images/{ready_picture['id']}")
    days = timedelta(days=settings.TRASH_DAYS, seconds=1)
    Image.objects.update(trashed_at=timezone.now() - days)
    begin = transaction.atomic

    def begin_late() -> Any:
        monkeypatch.setattr(transaction, "atomic", begin)
        assert as_alice.post(f"{V1}/images/{ready_picture['id']}/restore").status_code == 200
        return begin()

    monkeypatch.setattr(transaction, "atomic", begin_late)
    assert trash_purge() == 0
    assert not ImageAct.objects.exists()
    assert Image.objects.get().state == Image.State.READY
    assert not Job.objects.filter(kind=Job.Kind.DELETE).exists()


def test_what_no_row_tells_of_goes_with_the_image(
    ready_picture: dict[str, Any], as_alice: Client, broker: Broker, store: Path
) -> None:
    (store / "renditions" / ready_picture["id"] / "left-over.webp").write_bytes(b"x")
    permanently(as_alice, ready_picture["id"])
    broker.work()
    assert stored_keys(store) == []


def test_an_image_whose_deletion_failed_is_deleted_by_the_next_purge(
    ready_picture: dict[str, Any], as_alice: Client, broker: Broker, store: Path
) -> None:
    permanently(as_alice, ready_picture["id"])
    Job.objects.filter(kind=Job.Kind.DELETE).update(state=Job.State.FAILED)
    broker.sent.clear()
    assert trash_purge() == 1
    assert ImageAct.objects.count() == 1, "one act, however often it is tried"
    broker.work()
    assert stored_keys(store) == []
    assert not Image.objects.exists()
