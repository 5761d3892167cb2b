"""gateway/api/images.py: images as the public sees them."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.gateway.documents import IMAGE_ID, image, job, page
from tests.gateway.provider import Answer, Provider

HOST = "https://photos.example"
STORED = f"/internal/v1/images/{IMAGE_ID}"
PUBLIC = f"/api/v1/images/{IMAGE_ID}"


def upload(client: Client, path: str = "/api/v1/images", **headers: str) -> Any:
    fields = {"file": SimpleUploadedFile("dogs.jpg", b"\xff\xd8picture"), "presets": "thumb"}
    return client.post(path, fields, headers=headers)


def test_an_upload_is_relayed_as_it_is_and_answered_with_its_job(
    provider: Provider, as_alice: Client
) -> None:
    accepted = {"image": image(state="processing"), "job": job()}
    provider.on("POST", "/internal/v1/images", Answer(202, accepted))
    reply = upload(as_alice)
    assert reply.status_code == 202
    assert reply["Location"] == f"{HOST}{PUBLIC}"
    body = reply.json()
    assert set(body) == {"image", "job", "duplicate"}
    assert body["duplicate"] is False
    assert body["job"]["state"] == "queued"
    assert body["image"]["links"]["self"] == f"{HOST}{PUBLIC}"
    [request] = provider.asked("POST", "/internal/v1/images")
    assert (request.header("Content-Type") or "").startswith("multipart/form-data; boundary=")
    assert b'name="presets"\r\n\r\nthumb\r\n' in request.body
    assert b"\xff\xd8picture" in request.body
    assert request.header("Cookie") is None


def test_the_same_bytes_again_are_a_duplicate(provider: Provider, as_alice: Client) -> None:
    document = {"image": image(), "job": None, "duplicate": True}
    provider.on("POST", "/internal/v1/images", Answer(200, document))
    reply = upload(as_alice)
    assert (reply.status_code, reply.json()["duplicate"], reply.json()["job"]) == (200, True, None)


def test_what_is_no_form_is_refused_before_it_is_read(provider: Provider, as_alice: Client) -> None:
    reply = as_alice.post("/api/v1/images", {"a": 1}, content_type="application/json")
    assert (reply.status_code, reply.json()["code"]) == (415, "unsupported_media_type")
    assert provider.received == []


def test_a_file_that_is_too_large_by_its_headers_is_not_relayed(
    provider: Provider, as_alice: Client, settings: Any
) -> None:
    settings.UPLOAD_MAX_BYTES = 100
    big = SimpleUploadedFile("big.jpg", b"x" * (100 + 64 * 1024))
    reply = as_alice.post("/api/v1/images", {"file": big})
    assert (reply.status_code, reply.json()["code"]) == (413, "file_too_large")
    assert provider.received == []


def test_charlie_cannot_send_a_byte(provider: Provider) -> None:
    reply = upload(Client())
    assert (reply.status_code, reply.json()["code"]) == (401, "not_authenticated")
    assert reply["WWW-Authenticate"] == "Bearer"
    assert provider.received == []


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "unknown_preset"),
        (403, "quota_exceeded"),
        (413, "file_too_large"),
        (415, "unsupported_format"),
        (422, "image_truncated"),
        (422, "dimensions_exceeded"),
        (503, "storage_unavailable"),
    ],
)
def test_the_refusals_of_images_are_relayed(
    provider: Provider, as_alice: Client, status: int, code: str
) -> None:
    provider.refuse(
        "POST",
        "/internal/v1/images",
        status,
        code,
        detail="why",
        instance="/internal/v1/images",
        request_id="theirs",
        errors=[{"pointer": "/presets", "code": "x", "detail": "y"}],
        headers={"Retry-After": "5"} if status == 503 else {},
    )
    reply = upload(as_alice, **{"X-Request-ID": "request-1234"})
    assert reply.status_code == status
    assert reply["Content-Type"] == "application/problem+json"
    assert reply.json() == {
        "type": f"urn:problem:{code}",
        "title": "No",
        "status": status,
        "detail": "why",
        "instance": "/api/v1/images",
        "code": code,
        "request_id": "request-1234",
        "errors": [{"pointer": "/presets", "code": "x", "detail": "y"}],
    }
    assert reply.headers.get("Retry-After") == ("5" if status == 503 else None)


def test_an_early_answer_is_relayed_without_waiting_for_the_body(
    provider: Provider, as_alice: Client
) -> None:
    provider.reads_bodies = False
    provider.on(
        "POST",
        "/internal/v1/token",
        Answer(200, {"access_token": "t", "token_type": "Bearer", "expires_in": 300}),
    )
    provider.refuse("POST", "/internal/v1/images", 413, "file_too_large")
    big = SimpleUploadedFile("big.jpg", b"x" * 5_000_000)
    reply = as_alice.post("/api/v1/images", {"file": big})
    assert (reply.status_code, reply.json()["code"]) == (413, "file_too_large")


def test_a_page_has_the_urls_of_its_neighbours(provider: Provider, as_alice: Client) -> None:
    provider.on("GET", "/internal/v1/images", Answer(200, page(image(), following="c2")))
    reply = as_alice.get("/api/v1/images?limit=1&tag=dog&colour=blue")
    body = reply.json()
    assert set(body) == {"results", "next", "previous"}
    assert body["next"] == f"{HOST}/api/v1/images?limit=1&tag=dog&colour=blue&cursor=c2"
    assert body["previous"] is None
    [request] = provider.asked("GET", "/internal/v1/images")
    assert request.path == "/internal/v1/images?limit=1&tag=dog"


def test_the_trash_is_asked_for_in_lower_case(provider: Provider, as_alice: Client) -> None:
    provider.on("GET", "/internal/v1/images", Answer(200, page()))
    as_alice.get("/api/v1/images?trashed=True")
    assert provider.received[-1].path == "/internal/v1/images?trashed=true"


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "/limit"),
        ("limit=201", "/limit"),
        ("limit=many", "/limit"),
        ("state=happy", "/state"),
        ("trashed=perhaps", "/trashed"),
    ],
)
def test_a_bad_parameter_is_refused_here(
    provider: Provider, as_alice: Client, query: str, pointer: str
) -> None:
    reply = as_alice.get(f"/api/v1/images?{query}")
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid")
    assert [error["pointer"] for error in reply.json()["errors"]] == [pointer]
    assert provider.received == []


def test_an_image_has_a_version_and_links(provider: Provider, as_alice: Client) -> None:
    provider.on("GET", STORED, Answer(200, image(), {"ETag": '"3-abc"'}))
    reply = as_alice.get(PUBLIC)
    assert reply["ETag"] == '"3-abc"'
    assert reply["Cache-Control"] == "private, no-cache"
    body = reply.json()
    assert body["links"] == {
        "self": f"{HOST}{PUBLIC}",
        "original": f"{HOST}/i/k1/1900000000/sig/original/x.jpg",
        "renditions": f"{HOST}{PUBLIC}/renditions",
    }
    assert "original_path" not in body
    assert "path" not in body["renditions"][0]
    assert body["renditions"][0]["url"] == f"{HOST}/i/k1/1900000000/sig/thumb/x.webp"
    assert body["created_at"] == "2026-11-23T12:00:00Z"


def test_an_unchanged_image_is_a_304_without_a_body(provider: Provider, as_alice: Client) -> None:
    provider.on("GET", STORED, Answer(304, headers={"ETag": '"3-abc"'}))
    reply = as_alice.get(PUBLIC, headers={"If-None-Match": '"3-abc"'})
    assert (reply.status_code, reply.content, reply["ETag"]) == (304, b"", '"3-abc"')
    assert provider.received[-1].header("If-None-Match") == '"3-abc"'


def test_bob_cannot_see_alices_image(provider: Provider, as_bob: Client) -> None:
    provider.refuse("GET", STORED, 404, "image_not_found")
    reply = as_bob.get(PUBLIC)
    assert (reply.status_code, reply.json()["code"]) == (404, "image_not_found")
    assert reply.json()["instance"] == PUBLIC


def test_words_are_changed_under_a_condition(provider: Provider, as_alice: Client) -> None:
    provider.on("PATCH", STORED, Answer(200, image(title="New"), {"ETag": '"4-abc"'}))
    reply = as_alice.patch(
        PUBLIC,
        {"title": "New", "tags": ["a"]},
        content_type="application/json",
        headers={"If-Match": '"3-abc"'},
    )
    assert (reply.status_code, reply["ETag"], reply.json()["title"]) == (200, '"4-abc"', "New")
    assert provider.received[-1].header("If-Match") == '"3-abc"'
    assert json.loads(provider.received[-1].body) == {"title": "New", "tags": ["a"]}


def test_an_older_version_is_a_412(provider: Provider, as_alice: Client) -> None:
    provider.refuse("PATCH", STORED, 412, "precondition_failed")
    reply = as_alice.patch(PUBLIC, {"title": "New"}, content_type="application/json")
    assert (reply.status_code, reply.json()["code"]) == (412, "precondition_failed")


@pytest.mark.parametrize("field", ["owner", "owner_id", "state", "bytes", "is_staff", "id"])
def test_what_is_not_the_callers_to_change_is_an_unknown_field(
    provider: Provider, as_alice: Client, field: str
) -> None:
    reply = as_alice.patch(PUBLIC, {field: "x", "title": "y"}, content_type="application/json")
    assert (reply.status_code, reply.json()["code"]) == (400, "unknown_field")
    assert [error["pointer"] for error in reply.json()["errors"]] == [f"/{field}"]
    assert provider.received == []


@pytest.mark.parametrize(
    "body", [{"title": "x" * 201}, {"tags": ["t"] * 21}, {"tags": ["t" * 51]}, {"tags": "t"}]
)
def test_words_have_a_length(provider: Provider, as_alice: Client, body: Any) -> None:
    reply = as_alice.patch(PUBLIC, body, content_type="application/json")
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid")
    assert provider.received == []


def test_a_deleted_image_goes_to_the_trash(provider: Provider, as_alice: Client) -> None:
    provider.on("DELETE", STORED, Answer(204))
    reply = as_alice.delete(PUBLIC, headers={"If-Match": '"3-a"'})
    assert (reply.status_code, reply.content) == (204, b"")
    assert provider.received[-1].path == STORED
    assert provider.received[-1].header("If-Match") == '"3-a"'


def test_deleting_for_good_is_a_job(provider: Provider, as_alice: Client) -> None:
    provider.on("DELETE", STORED, Answer(202, {"job": job(kind="delete")}))
    reply = as_alice.delete(f"{PUBLIC}?permanent=true")
    assert (reply.status_code, reply.json()["job"]["kind"]) == (202, "delete")
    assert provider.received[-1].path == f"{STORED}?permanent=true"


def test_a_doubtful_wish_to_delete_for_good_deletes_nothing(
    provider: Provider, as_alice: Client
) -> None:
    assert as_alice.delete(f"{PUBLIC}?permanent=maybe").status_code == 400
    assert provider.received == []


def test_an_image_comes_back_from_the_trash(provider: Provider, as_alice: Client) -> None:
    provider.on("POST", f"{STORED}/restore", Answer(200, image(), {"ETag": '"5-a"'}))
    reply = as_alice.post(f"{PUBLIC}/restore")
    assert (reply.status_code, reply["ETag"], reply.json()["id"]) == (200, '"5-a"', str(IMAGE_ID))
