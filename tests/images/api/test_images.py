from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.test.client import encode_multipart

from images.models import Image, Job, Reservation, Usage
from images.services.job_lease import run_claim
from tests.images.conftest import Broker, stored_keys
from tests.images.people import Person
from tests.images.pictures import DANDELION, MOUNTAINS, flat_png, form, jpeg, png, sha256

pytestmark = pytest.mark.django_db(transaction=True)
IMAGES = "/internal/v1/images"


def nothing_is_kept(store: Path, person: Person) -> bool:
    usage = Usage.objects.filter(owner_id=person.id).first()
    return (
        stored_keys(store) == []
        and not Image.objects.exists()
        and not Job.objects.exists()
        and not Reservation.objects.exists()
        and (usage is None or (usage.bytes, usage.reserved_bytes, usage.images) == (0, 0, 0))
    )


def test_a_photograph_is_taken_and_becomes_ready(
    as_alice: Client, alice: Person, broker: Broker, store: Path
) -> None:
    content = MOUNTAINS.read_bytes()
    reply = as_alice.post(
        IMAGES, form(content, name="mountains.jpg", title="Far away", tags="alps, snow,alps")
    )

    assert reply.status_code == 202
    image, job = reply.json()["image"], reply.json()["job"]
    assert image["state"] == "processing"
    assert image["complete"] is None
    assert image["title"] == "Far away"
    assert image["tags"] == ["alps", "snow"]
    assert image["filename"] == "mountains.jpg"
    assert image["format"] == "jpeg"
    assert image["bytes"] == len(content)
    assert image["sha256"] == sha256(content)
    assert image["has_alpha"] is False
    assert image["job"] == {"id": job["id"], "state": "queued"}
    assert {r["state"] for r in image["renditions"]} == {"pending"}
    assert {r["url"] for r in image["renditions"]} == {None}
    assert job["progress"] == {"done": 0, "total": 8, "step": ""}
    assert [(m[0], str(m[1]), m[3]) for m in broker.sent] == [
        ("images.render", job["id"], "interactive")
    ]
    assert as_alice.get("/internal/v1/usage").json()["bytes"] == len(content)

    broker.work()

    image = as_alice.get(f"{IMAGES}/{image['id']}").json()
    assert image["state"] == "ready"
    assert image["placeholder"].startswith("data:image/webp;base64,")
    assert len(image["placeholder"]) <= 600
    made = sorted(
        (r["preset"], r["format"], max(r["width"], r["height"])) for r in image["renditions"]
    )
    assert made == sorted(
        (name, image_format, min(side, max(image["width"], image["height"])))
        for name, side in (("thumb", 200), ("small", 480), ("medium", 800), ("large", 1600))
        for image_format in ("webp", "jpeg")
    )
    job = as_alice.get(f"/internal/v1/jobs/{job['id']}").json()
    assert (job["state"], job["attempt"], job["error"]) == ("succeeded", 1, None)
    assert job["progress"] == {"done": 8, "total": 8, "step": "done"}
    assert len(stored_keys(store)) == 9


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("12%22 by 9%22.jpg", '12" by 9".jpg'),
        ("two%0D%0Alines.jpg", "twolines.jpg"),
        ("100%25 %41 %2F.jpg", "100%25 %41 %2F.jpg"),
        ("%22%22", '""'),
        ("..%2F..%22/etc/x%22.jpg", 'x".jpg'),
        ("%0a%0d.jpg", "%0a%0d.jpg"),
        ("%0A", "unnamed"),
    ],
)
def test_a_name_is_shown_as_it_was_before_a_browser_wrote_it_into_a_form(
    as_alice: Client, written: str, shown: str
) -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="%b"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n%b\r\n--b--\r\n"
    ) % (written.encode(), jpeg())
    reply = as_alice.generic("POST", IMAGES, body, content_type="multipart/form-data; boundary=b")
    assert reply.status_code == 202, reply.content
    assert reply.json()["image"]["filename"] == shown


def test_a_picture_with_alpha_gets_png_instead_of_jpeg(as_alice: Client) -> None:
    reply = as_alice.post(IMAGES, form(DANDELION.read_bytes(), presets="thumb"))
    renditions = reply.json()["image"]["renditions"]
    assert reply.json()["image"]["has_alpha"] is True
    assert sorted((r["preset"], r["format"]) for r in renditions) == [
        ("thumb", "png"),
        ("thumb", "webp"),
    ]


def test_the_same_bytes_again_are_a_duplicate(
    as_alice: Client, picture: dict[str, Any], broker: Broker, store: Path
) -> None:
    reply = as_alice.post(IMAGES, form(jpeg(), name="other.jpg"))
    assert reply.status_code == 200
    assert reply.json()["duplicate"] is True
    assert reply.json()["image"]["id"] == picture["id"]
    assert reply.json()["job"]["id"] == picture["job"]["id"]
    assert len(stored_keys(store)) == 1
    assert len(broker.sent) == 1
    assert as_alice.get("/internal/v1/usage").json()["images"] == 1


def test_a_duplicate_gets_the_renditions_that_it_asks_for(
    as_alice: Client, broker: Broker, store: Path
) -> None:
    first = as_alice.post(IMAGES, form(jpeg(), presets="thumb")).json()
    broker.work()
    again = as_alice.post(IMAGES, form(jpeg(), ops='{"width": 31}'))
    assert (again.status_code, again.json()["duplicate"]) == (200, True)
    assert again.json()["job"]["state"] == "queued"
    assert again.json()["job"]["id"] != first["job"]["id"]
    broker.work()
    shown = as_alice.get(f"{IMAGES}/{first['image']['id']}").json()
    assert {r["spec"]: r["state"] for r in shown["renditions"]}["w_31,fit_inside,q_80"] == "ready"
    assert as_alice.post(IMAGES, form(jpeg(), ops='{"width": 31}')).json()["job"] is None
    assert as_alice.get("/internal/v1/usage").json()["images"] == 1


def test_the_same_bytes_of_someone_else_are_no_duplicate(
    as_bob: Client, picture: dict[str, Any]
) -> None:
    reply = as_bob.post(IMAGES, form(jpeg()))
    assert reply.status_code == 202
    assert reply.json()["image"]["id"] != picture["id"]


def test_bytes_in_the_trash_are_no_duplicate_and_restoring_them_is_refused(
    as_alice: Client, picture: dict[str, Any]
) -> None:
    assert as_alice.delete(f"{IMAGES}/{picture['id']}").status_code == 204
    assert as_alice.post(IMAGES, form(jpeg())).status_code == 202
    reply = as_alice.post(f"{IMAGES}/{picture['id']}/restore")
    assert (reply.status_code, reply.json()["code"]) == (409, "image_exists")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"x", 415, "unsupported_format"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "unsupported_format"),
        (flat_png(16_400), 422, "dimensions_exceeded"),
        (jpeg()[:120], 422, "image_truncated"),
    ],
)
def test_a_bad_file_is_refused_and_nothing_is_kept(  # noqa: PLR0917 - pytest passes by name
    as_alice: Client, alice: Person, store: Path, content: bytes, status: int, code: str
) -> None:
    reply = as_alice.post(IMAGES, form(content))
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert nothing_is_kept(store, alice)


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"presets": "thumb,huge"}, 400, "unknown_preset"),
        ({"color": "red"}, 400, "unknown_field"),
        ({"title": "x" * 201}, 400, "invalid"),
        ({"tags": "x" * 51}, 400, "invalid"),
        ({"tags": ",".join(map(str, range(21)))}, 400, "invalid"),
        ({"sha256": "0" * 64}, 422, "checksum_mismatch"),
        ({"sha256": "zz"}, 400, "invalid"),
        ({"ops": "{"}, 400, "invalid"),
        ({"ops": '{"width": 0}'}, 400, "invalid_ops"),
        ({"ops": '{"wide": 1}'}, 400, "unknown_field"),
    ],
)
def test_a_bad_field_is_refused_and_nothing_is_kept(  # noqa: PLR0917 - pytest passes by name
    as_alice: Client, alice: Person, store: Path, fields: dict[str, str], status: int, code: str
) -> None:
    reply = as_alice.post(IMAGES, form(jpeg(), **fields))
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert nothing_is_kept(store, alice)


def test_a_form_without_a_file_is_refused(as_alice: Client) -> None:
    reply = as_alice.post(IMAGES, {"title": "nothing"})
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid")
    assert reply.json()["errors"][0]["pointer"] == "/file"


def test_a_file_in_another_field_and_a_second_file_are_refused(
    as_alice: Client, alice: Person, store: Path
) -> None:
    other = as_alice.post(IMAGES, {"avatar": form(jpeg())["file"]})
    assert (other.status_code, other.json()["code"]) == (400, "unknown_field")
    two = as_alice.post(IMAGES, {"file": [form(jpeg())["file"], form(png())["file"]]})
    assert (two.status_code, two.json()["code"]) == (400, "multiple_files")
    assert nothing_is_kept(store, alice)


def test_an_upload_of_another_type_is_refused(as_alice: Client) -> None:
    reply = as_alice.post(IMAGES, {"a": 1}, content_type="application/json")
    assert (reply.status_code, reply.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("charset", ["hex", "idna", "utf-16"])
def test_a_form_in_another_encoding_is_refused(
    as_alice: Client, charset: str, broker: Broker
) -> None:
    body = encode_multipart("b", form(jpeg()))
    kind = f"multipart/form-data; boundary=b; charset={charset}"
    reply = as_alice.generic("POST", IMAGES, body, content_type=kind)
    assert (reply.status_code, reply.json()["code"]) == (415, "unsupported_media_type")
    assert broker.sent == []


def test_an_upload_without_a_length_is_refused(as_alice: Client) -> None:
    reply = as_alice.generic("POST", IMAGES, CONTENT_TYPE="multipart/form-data; boundary=b")
    assert (reply.status_code, reply.json()["code"]) == (411, "length_required")


@pytest.mark.parametrize("limit", [100, 1_000_000])
def test_a_file_over_the_limit_is_refused_by_its_stated_and_by_its_real_length(
    as_alice: Client, alice: Person, store: Path, settings: Any, limit: int
) -> None:
    settings.UPLOAD_MAX_BYTES = limit
    content = jpeg() if limit == 100 else jpeg() + bytes(1_200_000)
    reply = as_alice.post(IMAGES, form(content))
    assert (reply.status_code, reply.json()["code"]) == (413, "file_too_large")
    assert nothing_is_kept(store, alice)


def test_the_checksum_of_the_caller_is_compared_whatever_its_case(as_alice: Client) -> None:
    reply = as_alice.post(IMAGES, form(jpeg(), sha256=sha256(jpeg()).upper()))
    assert reply.status_code == 202


def test_free_operations_come_instead_of_the_presets(as_alice: Client, broker: Broker) -> None:
    reply = as_alice.post(IMAGES, form(jpeg(), ops='{"width": 30, "format": "avif"}'))
    (rendition,) = reply.json()["image"]["renditions"]
    assert rendition["spec"] == "w_30,fit_inside,q_60"
    assert rendition["preset"] is None
    assert rendition["ops"] == {
        "width": 30,
        "height": None,
        "fit": "inside",
        "format": "avif",
        "quality": 60,
    }
    assert broker.sent[0][3] == "bulk"


def test_an_image_is_read_again_only_when_it_has_changed(
    as_alice: Client, picture: dict[str, Any]
) -> None:
    url = f"{IMAGES}/{picture['id']}"
    etag = as_alice.get(url).headers["ETag"]
    unchanged = as_alice.get(url, headers={"If-None-Match": etag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    as_alice.patch(url, {"title": "New"}, content_type="application/json")
    assert as_alice.get(url, headers={"If-None-Match": etag}).status_code == 200


def test_an_image_has_changed_when_its_job_has_begun(
    as_alice: Client, picture: dict[str, Any]
) -> None:
    url = f"{IMAGES}/{picture['id']}"
    etag = as_alice.get(url).headers["ETag"]
    job = Job.objects.get()
    assert run_claim(job_id=job.id, dispatch_id=job.dispatch_id or uuid4()) is not None
    running = as_alice.get(url, headers={"If-None-Match": etag})
    assert (running.status_code, running.json()["job"]["state"]) == (200, "running")
    assert as_alice.patch(url, {"title": "x"}, "application/json", headers={"If-Match": etag})


def test_title_and_tags_are_changed(as_alice: Client, picture: dict[str, Any]) -> None:
    url = f"{IMAGES}/{picture['id']}"
    reply = as_alice.patch(
        url, {"title": "Sea", "tags": ["b", "a", "b"]}, content_type="application/json"
    )
    assert reply.status_code == 200
    assert (reply.json()["title"], reply.json()["tags"]) == ("Sea", ["b", "a"])
    reply = as_alice.patch(url, {"title": ""}, content_type="application/json")
    assert (reply.json()["title"], reply.json()["tags"]) == ("", ["b", "a"])


@pytest.mark.parametrize("field", ["owner_id", "state", "bytes", "is_staff", "id"])
def test_what_is_not_the_owners_to_change_is_refused(
    as_alice: Client, picture: dict[str, Any], field: str
) -> None:
    url = f"{IMAGES}/{picture['id']}"
    before = Image.objects.values().get()
    reply = as_alice.patch(url, {"title": "x", field: "1"}, content_type="application/json")
    assert (reply.status_code, reply.json()["code"]) == (400, "unknown_field")
    assert Image.objects.values().get() == before


def test_an_edit_that_insists_on_an_old_version_is_refused(
    as_alice: Client, picture: dict[str, Any]
) -> None:
    url = f"{IMAGES}/{picture['id']}"
    etag = as_alice.get(url).headers["ETag"]
    match = {"If-Match": etag}
    assert as_alice.patch(url, {"title": "1"}, "application/json", headers=match).status_code == 200
    late = as_alice.patch(url, {"title": "2"}, "application/json", headers=match)
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    assert as_alice.delete(url, headers=match).status_code == 412
    assert as_alice.delete(f"{url}?permanent=true", headers=match).status_code == 412
    assert as_alice.get(url).json()["title"] == "1"


def test_the_trash_hides_and_gives_back(as_alice: Client, ready_picture: dict[str, Any]) -> None:
    url = f"{IMAGES}/{ready_picture['id']}"
    assert as_alice.delete(url).status_code == 204
    assert as_alice.delete(url).status_code == 204
    assert as_alice.get(IMAGES).json()["results"] == []
    (trashed,) = as_alice.get(IMAGES, {"trashed": "true"}).json()["results"]
    assert (trashed["id"], trashed["state"]) == (ready_picture["id"], "trashed")
    assert as_alice.patch(url, {"title": "x"}, "application/json").status_code == 404
    restored = as_alice.post(f"{url}/restore")
    assert (restored.status_code, restored.json()["state"]) == (200, "ready")
    assert restored.json()["trashed_at"] is None
    assert as_alice.get(IMAGES).json()["results"][0]["id"] == ready_picture["id"]
