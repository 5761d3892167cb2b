"""Archives of all that somebody has: made part by part, whatever dies on the way, and read back."""

import hashlib
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from images import storage
from images.errors import StorageUnavailable
from images.models import Export, ExportEntry, Image, Job, archive_key
from images.parted_objects import parts_abandon
from images.services import export_job
from images.services.job_execution import job_run
from images.services.jobs import jobs_requeue_stuck
from tests.images.conftest import Broker
from tests.images.pictures import form, jpeg

pytestmark = pytest.mark.django_db(transaction=True)
V1 = "/internal/v1"
LAST = -1
PARTS = {"files": 4, "s3": 3}
"""Of an archive of three, with `small_parts`: what is told of the account is too short for S3."""
ACCOUNT = {"profile": {"email": "alice@example.com", "name": "أليس"}}


@pytest.fixture(params=["files", "s3"])
def kind(request: pytest.FixtureRequest) -> str:
    """Where the objects are."""
    if request.param == "s3":
        request.getfixturevalue("bucket")
    return str(request.param)


def picture(color: str, kind: str) -> bytes:
    """A JPEG; for S3 with comments, so that it alone is as long as a part has to be."""
    plain = jpeg(color)
    comments = (b"\xff\xfe\xff\xff" + bytes(65_533)) * 81 if kind == "s3" else b""
    return plain[:2] + comments + plain[2:]


@pytest.fixture
def pictures(kind: str, as_alice: Client, as_bob: Client, broker: Broker) -> dict[str, bytes]:
    """Three of Alice's, one of them in the trash, by id; and one of Bob's, who has the same."""
    made = {}
    for color in ("red", "green", "blue"):
        reply = as_alice.post(f"{V1}/images", form(picture(color, kind)))
        made[reply.json()["image"]["id"]] = picture(color, kind)
    as_bob.post(f"{V1}/images", form(picture("red", kind)))
    broker.work()
    as_alice.delete(f"{V1}/images/{next(iter(made))}")
    return made


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part for each original."""
    monkeypatch.setattr(export_job, "PART_BYTES", 1)


def asked(client: Client) -> dict[str, Any]:
    reply = client.post(f"{V1}/exports", ACCOUNT, content_type="application/json")
    assert reply.status_code == 202, reply.content
    document: dict[str, Any] = reply.json()
    return document


def archive(export_id: str, tmp_path: Path) -> Path:
    """The stored archive as a file, which Python and unzip both find sound."""
    path = tmp_path / "export.zip"
    with storage.object_on_disk(archive_key(export_id)) as source:  # type: ignore[arg-type]
        path.write_bytes(source.read())
    with zipfile.ZipFile(path) as read:
        assert read.testzip() is None
    for program in (["unzip", "-tqq"], ["bsdtar", "-tf"]):
        if shutil.which(program[0]):
            subprocess.run([*program, path], check=True, stdout=subprocess.DEVNULL)
    return path


def check(path: Path, originals: dict[str, bytes]) -> dict[str, Any]:
    """The archive has each original once and as it was, and says so; what it says of images."""
    with zipfile.ZipFile(path) as read:
        names = read.namelist()
        assert len(names) == len(set(names)) == len(originals) + 2
        assert json.loads(read.read("account.json")) == ACCOUNT
        told: dict[str, Any] = json.loads(read.read("images.json"))
        assert {image["id"] for image in told["images"]} == set(originals)
        for image in told["images"]:
            content = read.read(image["file"]["name"])
            assert content == originals[image["id"]]
            digest = hashlib.sha256(content).hexdigest()
            assert digest == image["sha256"] == image["file"]["sha256"]
            assert read.getinfo(image["file"]["name"]).compress_type == zipfile.ZIP_STORED
    return told


def test_an_archive_has_everything_of_its_owner_and_nothing_of_anyone_else(
    pictures: dict[str, bytes], as_alice: Client, broker: Broker, tmp_path: Path
) -> None:
    made = asked(as_alice)
    assert (made["state"], made["url"], made["progress"]) == (
        "queued",
        None,
        {"done": 0, "total": 3},
    )
    assert [message[0] for message in broker.sent] == ["images.export"]
    broker.work()
    ready = as_alice.get(f"{V1}/exports/{made['id']}").json()
    assert (ready["state"], ready["progress"]) == ("ready", {"done": 3, "total": 3})
    path = archive(made["id"], tmp_path)
    assert path.stat().st_size == ready["bytes"]
    told = check(path, pictures)
    trashed = [image["id"] for image in told["images"] if image["trashed_at"]]
    assert trashed == [next(iter(pictures))]
    assert all(len(image["renditions"]) == 8 for image in told["images"])
    assert {job["kind"] for job in told["jobs"]} == {"render", "export"}
    # What auth told stands in the archive and in no row any more.
    export = Export.objects.get()
    assert (export.account, export.upload_id, export.parts) == ("", "", [])
    assert not ExportEntry.objects.exists()
    assert Job.objects.get(kind=Job.Kind.EXPORT).result == {
        "export": made["id"],
        "bytes": ready["bytes"],
    }


def test_a_run_ends_by_itself_and_the_next_one_goes_on(  # noqa: PLR0917 - pytest passes by name
    pictures: dict[str, bytes], as_alice: Client, broker: Broker, tmp_path: Path, kind: str,
    small_parts: None, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(export_job, "RUN_S", -1.0)
    made = asked(as_alice)
    runs = 0
    while broker.sent:
        _, job_id, dispatch_id, _ = broker.sent.pop(0)
        job_run(job_id=job_id, dispatch_id=dispatch_id)
        job_run(job_id=job_id, dispatch_id=dispatch_id)  # the message comes twice
        runs += 1
    assert runs == PARTS[kind]
    job = Job.objects.get(kind=Job.Kind.EXPORT)
    assert (job.state, job.attempt) == (Job.State.SUCCEEDED, 1)
    check(archive(made["id"], tmp_path), pictures)


def dies_after(monkeypatch: pytest.MonkeyPatch, name: str, at: int) -> None:
    """Let the worker die when the call ``at`` of a function has done its work."""
    works, calls = getattr(export_job, name), 0

    def dying(*args: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        answer = works(*args, **options)
        if calls == at:
            raise SystemExit
        return answer

    monkeypatch.setattr(export_job, name, dying)


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("parts_begin", 1),
        ("part_put", 2),
        ("_part_store", 2),
        ("_part_store", LAST),
        ("parts_finish", 1),
    ],
)
def test_a_worker_that_is_killed_loses_and_doubles_nothing(  # noqa: PLR0917 - pytest passes by name
    pictures: dict[str, bytes], as_alice: Client, broker: Broker, tmp_path: Path, small_parts: None,
    monkeypatch: pytest.MonkeyPatch, kind: str, name: str, at: int,
) -> None:  # fmt: skip
    made = asked(as_alice)
    job = Job.objects.get(kind=Job.Kind.EXPORT)
    with monkeypatch.context() as killed:
        dies_after(killed, name, PARTS[kind] if at == LAST else at)
        with pytest.raises(SystemExit):
            job_run(job_id=job.id, dispatch_id=job.dispatch_id)  # type: ignore[arg-type]
    job_run(job_id=job.id, dispatch_id=job.dispatch_id)  # type: ignore[arg-type]
    job.refresh_from_db()
    assert (job.state, job.attempt, job.progress_done) == (Job.State.SUCCEEDED, 2, 3)
    check(archive(made["id"], tmp_path), pictures)


def test_what_the_store_has_lost_is_begun_anew(
    pictures: dict[str, bytes], as_alice: Client, tmp_path: Path, small_parts: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    made = asked(as_alice)
    job = Job.objects.get(kind=Job.Kind.EXPORT)
    with monkeypatch.context() as killed:
        dies_after(killed, "_part_store", 2)
        with pytest.raises(SystemExit):
            job_run(job_id=job.id, dispatch_id=job.dispatch_id)  # type: ignore[arg-type]
    export = Export.objects.get()
    assert len(export.parts) == 2
    parts_abandon(archive_key(export.id), export.upload_id)
    job_run(job_id=job.id, dispatch_id=job.dispatch_id)  # type: ignore[arg-type]
    job.refresh_from_db()
    assert (job.state, job.progress_done) == (Job.State.QUEUED, 0)
    Job.objects.filter(id=job.id).update(not_before=None)
    assert jobs_requeue_stuck() == 1
    job.refresh_from_db()
    job_run(job_id=job.id, dispatch_id=job.dispatch_id)  # type: ignore[arg-type]
    check(archive(made["id"], tmp_path), pictures)


def test_an_outage_of_the_store_puts_it_off(
    pictures: dict[str, bytes], as_alice: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = asked(as_alice)
    job = Job.objects.get(kind=Job.Kind.EXPORT)

    def down(*_args: Any, **_options: Any) -> Any:
        raise StorageUnavailable

    with monkeypatch.context() as outage:
        outage.setattr(storage, "object_open", down)
        job_run(job_id=job.id, dispatch_id=job.dispatch_id)  # type: ignore[arg-type]
    job.refresh_from_db()
    assert (job.state, job.deferrals) == (Job.State.QUEUED, 1)
    Job.objects.filter(id=job.id).update(not_before=None)
    jobs_requeue_stuck()
    job.refresh_from_db()
    job_run(job_id=job.id, dispatch_id=job.dispatch_id)  # type: ignore[arg-type]
    check(archive(made["id"], tmp_path), pictures)


def test_an_original_that_is_lost_is_said_and_costs_no_other(
    pictures: dict[str, bytes], as_alice: Client, broker: Broker, tmp_path: Path
) -> None:
    lost = list(pictures)[1]
    storage.object_delete(Image.objects.get(id=lost).storage_key)
    made = asked(as_alice)
    broker.work()
    with zipfile.ZipFile(archive(made["id"], tmp_path)) as read:
        assert len(read.namelist()) == 4
        told = json.loads(read.read("images.json"))["images"]
    assert [image["id"] for image in told if image["file"] is None] == [lost]


def test_a_library_without_images_is_an_archive_too(
    as_alice: Client, broker: Broker, tmp_path: Path
) -> None:
    made = asked(as_alice)
    broker.work()
    check(archive(made["id"], tmp_path), {})
