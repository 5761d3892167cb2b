"""The public routes and the clients under them, against the real applications that they call."""

import hashlib
import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gateway.api.relayed import PASSED_ON
from gateway.clients import auth, images
from gateway.clients.service_tokens import service_token
from gateway.clients.upstream_calls import UpstreamCall
from gateway.permissions import Caller
from gateway.relay import ROUTES, Route
from platform_site.kit.auth.tokens import Principal, verify_service_token
from tests.gateway.contracts.conftest import picture
from tests.gateway.documents import HOST


def upload(client: Client, content: bytes, path: str = "/api/v1/images", **fields: Any) -> Any:
    file = SimpleUploadedFile("a.jpg", content, content_type="image/jpeg")
    return client.post(path, {"file": file, **fields})


def test_auth_gives_the_gateway_a_token_that_images_takes() -> None:
    raw = service_token("images").value()
    assert verify_service_token(raw, audience="images").client_id == "gateway"


def test_auth_is_ready() -> None:
    auth.readiness_check()


def test_auth_tells_who_alice_is(alice_principal: Principal) -> None:
    profile = json.loads(auth.profile_of(principal=alice_principal))
    assert (profile["id"], profile["email"]) == (str(alice_principal.id), "alice@example.com")
    assert (profile["name"], profile["is_staff"]) == ("alice", False)


def test_images_tells_how_it_is() -> None:
    status = images.status_get()
    assert status.storage.ok
    assert status.database.ok
    assert {queue.name for queue in status.queues} == {"interactive", "bulk", "maintenance"}


READS = [r for r in ROUTES if r.method == "GET" and "export_id" not in r.path]
"""One export is read in test_exports.py, which makes it."""


@pytest.mark.parametrize("route", READS, ids=lambda route: route.path)
def test_a_caller_is_told_what_images_publishes_byte_by_byte(
    alice_client: Client, alice_caller: Caller, route: Route
) -> None:
    sent = upload(alice_client, picture()).json()
    ids = {"image_id": sent["image"]["id"], "job_id": sent["job"]["id"]}
    internal = route.upstream_path(ids)
    published = images.answer_of(UpstreamCall("GET", internal), caller=alice_caller)
    told = alice_client.get(internal.replace("/internal/", "/api/"))
    assert (told.status_code, told.content) == (200, published.body)
    names = {name for name in (*PASSED_ON, "Content-Length") if name in published.headers}
    assert {name: told[name] for name in names} == {n: published.headers[n] for n in names}
    assert names >= {"Content-Type", *(["ETag"] if route.condition else [])}
    assert b"/internal/" not in told.content


def test_the_overview_has_the_parts_as_their_own_routes_have_them(alice_client: Client) -> None:
    upload(alice_client, picture())
    overview = alice_client.get("/api/v1/overview").json()
    assert overview["unavailable"] == []
    assert overview["user"] == alice_client.get("/auth/profile").json()
    assert overview["usage"] == alice_client.get("/api/v1/usage").json()
    for part in ("images", "jobs"):
        assert len(overview[part]) == 1
        assert overview[part] == alice_client.get(f"/api/v1/{part}").json()["results"]


@pytest.mark.parametrize("path", ["images", "jobs"])
def test_a_new_account_has_empty_lists(alice_client: Client, path: str) -> None:
    page = alice_client.get(f"/api/v1/{path}").json()
    assert page == {"results": [], "next": None, "previous": None}


@pytest.mark.parametrize("kind", ["image", "job"])
def test_what_is_not_there_is_refused_by_images(alice_client: Client, kind: str) -> None:
    path = f"/api/v1/{kind}s/{uuid4()}"
    reply = alice_client.get(path)
    assert (reply.status_code, reply.json()["code"]) == (404, f"{kind}_not_found")
    assert reply.json()["instance"] == path


@pytest.mark.parametrize(
    ("sent", "code", "pointers"),
    [
        (("GET", "images?limit=0", None), "invalid", ["/limit"]),
        (("GET", "images?state=happy&limit=many", None), "invalid", ["/limit", "/state"]),
        (("GET", "images/count?trashed=perhaps", None), "invalid", ["/trashed"]),
        (("GET", "images?cursor=mine", None), "invalid", ["/cursor"]),
        (("GET", "jobs?image=mine", None), "invalid", ["/image"]),
        (("DELETE", f"images/{uuid4()}?permanent=maybe", None), "invalid", ["/permanent"]),
        (("PATCH", f"images/{uuid4()}", {"owner": "me"}), "unknown_field", ["/owner"]),
        (("PATCH", f"images/{uuid4()}", {"title": "x" * 201}), "invalid", ["/title"]),
        (("PATCH", f"images/{uuid4()}", b"{"), "malformed_json", []),
        (("POST", "images/actions", {"action": "trash"}), "invalid", ["/selection"]),
        (("POST", "images/{image}/renditions", {"ops": {"width": 0}}), "invalid", ["/ops/width"]),
        (("POST", "images/{image}/renditions", {}), "invalid", ["/"]),
    ],
)
def test_what_makes_no_sense_is_refused_by_images_in_the_callers_terms(
    alice_client: Client, sent: tuple[str, str, Any], code: str, pointers: list[str]
) -> None:
    method, path, body = sent
    image_id = upload(alice_client, picture()).json()["image"]["id"]
    here = f"/api/v1/{path.format(image=image_id)}"
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    reply = alice_client.generic(method, here, raw, content_type="application/json")
    problem = reply.json()
    assert (reply.status_code, problem["code"]) == (400, code)
    assert sorted(error["pointer"] for error in problem["errors"]) == pointers
    assert problem["instance"] == here.partition("?")[0]


def test_a_form_is_no_json(alice_client: Client) -> None:
    reply = alice_client.post("/api/v1/images/actions", {"action": "trash"})
    assert (reply.status_code, reply.json()["code"]) == (415, "unsupported_media_type")


def test_an_unknown_parameter_changes_nothing(alice_client: Client) -> None:
    upload(alice_client, picture())
    found = alice_client.get("/api/v1/images?colour=blue&limit=1")
    assert (found.status_code, len(found.json()["results"])) == (200, 1)


def test_a_picture_goes_all_the_way(alice_client: Client) -> None:
    content = picture()
    reply = upload(alice_client, content, title="Red", tags="a,b", presets="thumb")
    assert reply.status_code == 202, reply.content
    body = reply.json()
    image, job = body["image"], body["job"]
    assert (image["width"], image["height"], image["format"]) == (640, 480, "jpeg")
    assert (image["title"], sorted(image["tags"])) == ("Red", ["a", "b"])
    assert image["sha256"] == hashlib.sha256(content).hexdigest()
    assert (job["state"], job["image_id"]) == ("queued", image["id"])
    assert reply["Location"] == image["links"]["self"]
    found = alice_client.get(image["links"]["self"].removeprefix(HOST)).json()
    assert found["sha256"] == image["sha256"]
    original = image["links"]["original"].removeprefix(HOST)
    served = Client().get(original)
    assert (served.status_code, b"".join(served)) == (200, content)


def test_the_same_bytes_are_a_duplicate(alice_client: Client) -> None:
    first = upload(alice_client, picture()).json()["image"]
    again = upload(alice_client, picture())
    assert (again.status_code, again.json()["duplicate"]) == (200, True)
    assert again.json()["image"]["id"] == first["id"]


@pytest.mark.parametrize(
    ("content", "fields", "status", "code"),
    [
        (b"", {}, 415, "unsupported_format"),
        (b"hello", {}, 415, "unsupported_format"),
        (picture(), {"presets": "enormous"}, 400, "unknown_preset"),
        (picture(), {"sha256": "0" * 64}, 422, "checksum_mismatch"),
        (picture(), {"colour": "red"}, 400, "unknown_field"),
    ],
)
def test_a_bad_upload_is_refused_and_leaves_nothing(
    alice_client: Client, content: bytes, fields: dict[str, str], status: int, code: str
) -> None:
    reply = upload(alice_client, content, **fields)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert alice_client.get("/api/v1/images").json()["results"] == []
    usage = alice_client.get("/api/v1/usage").json()
    assert (usage["bytes"], usage["reserved_bytes"], usage["images"]) == (0, 0, 0)


def test_bob_cannot_see_alices_image(alice_client: Client, bob_client: Client) -> None:
    path = f"/api/v1/images/{upload(alice_client, picture()).json()['image']['id']}"
    missing = f"/api/v1/images/{uuid4()}"
    for method, target in (("GET", ""), ("DELETE", ""), ("GET", "/renditions")):
        hers = bob_client.generic(method, path + target)
        none = bob_client.generic(method, missing + target)
        assert hers.status_code == none.status_code == 404
        differs = {"instance", "request_id"}
        assert {k: v for k, v in hers.json().items() if k not in differs} == {
            k: v for k, v in none.json().items() if k not in differs
        }
    assert alice_client.get(path).json()["state"] != "trashed"


def test_words_change_under_a_condition(alice_client: Client) -> None:
    path = f"/api/v1/images/{upload(alice_client, picture()).json()['image']['id']}"
    etag = alice_client.get(path)["ETag"]

    def rename() -> Any:
        words, condition = {"title": "One"}, {"If-Match": etag}
        json_type = "application/json"
        return alice_client.patch(path, words, content_type=json_type, headers=condition)

    first = rename()
    assert (first.status_code, first.json()["title"]) == (200, "One")
    stale = rename()
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")


def test_an_image_goes_to_the_trash_and_back(alice_client: Client) -> None:
    path = f"/api/v1/images/{upload(alice_client, picture()).json()['image']['id']}"
    assert alice_client.delete(path).status_code == 204
    assert alice_client.get("/api/v1/images").json()["results"] == []
    [trashed] = alice_client.get("/api/v1/images?trashed=true").json()["results"]
    assert trashed["state"] == "trashed"
    assert alice_client.post(f"{path}/restore").status_code == 200
    assert len(alice_client.get("/api/v1/images").json()["results"]) == 1
    gone = alice_client.delete(f"{path}?permanent=true")
    assert (gone.status_code, gone.json()["job"]["kind"]) == (202, "delete")


def test_what_is_unchanged_is_told_without_a_type_by_every_role(alice_client: Client) -> None:
    image = upload(alice_client, picture()).json()["image"]
    for address in (
        "/.well-known/jwks.json",
        "/api/v1/jobs",
        f"/api/v1/jobs/{image['job']['id']}",
        image["links"]["self"].removeprefix(HOST),
        image["links"]["original"].removeprefix(HOST),
    ):
        first = alice_client.get(address)
        first.close()
        same = alice_client.get(address, headers={"If-None-Match": first["ETag"]})
        assert (same.status_code, same.content, same["ETag"]) == (304, b"", first["ETag"]), address
        assert not {"Content-Type", "Content-Length"} & set(same.headers), address


def test_many_images_are_counted_trashed_and_taken_back(
    alice_client: Client, bob_client: Client
) -> None:
    for colour in ("red", "green", "blue"):
        upload(alice_client, picture(colour))
    upload(bob_client, picture())
    assert alice_client.get("/api/v1/images/count?format=jpeg").json() == {"count": 3}

    def act(action: str, **selection: Any) -> Any:
        wish = {"action": action, "selection": selection}
        headers = {"Idempotency-Key": f"{action}-{len(selection)}"}
        return alice_client.post(
            "/api/v1/images/actions", wish, content_type="application/json", headers=headers
        )

    stale = act("trash", filter={}, expected_count=2, except_ids=[])
    assert (stale.status_code, stale.json()["code"]) == (409, "selection_changed")
    assert stale.json()["count"] == 3
    gone = act("trash", filter={"format": "jpeg"}, expected_count=3)
    assert (gone.status_code, gone.json()["changed"], gone.json()["skipped"]) == (200, 3, [])
    again = act("trash", filter={"format": "jpeg"}, expected_count=3)
    assert (again.json(), again["Idempotency-Replayed"]) == (gone.json(), "true")
    assert alice_client.get("/api/v1/images/count?trashed=true").json() == {"count": 3}
    back = act("restore", trashed_at=gone.json()["trashed_at"]).json()
    assert (back["changed"], back["remaining"]) == (3, 0)
    assert bob_client.get("/api/v1/images/count").json() == {"count": 1}
    deleted = act("delete", ids=[image["id"] for image in _listed(alice_client)[:2]]).json()
    assert (deleted["changed"], deleted["job"]["kind"]) == (2, "delete")


def _listed(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/v1/images").json()["results"]
    return found


def test_pages_lead_to_each_other(alice_client: Client) -> None:
    for colour in ("red", "green", "blue"):
        upload(alice_client, picture(colour))
    first = alice_client.get("/api/v1/images?limit=2").json()
    assert (len(first["results"]), first["previous"]) == (2, None)
    second = alice_client.get(first["next"].removeprefix(HOST)).json()
    assert (len(second["results"]), second["next"]) == (1, None)
    back = alice_client.get(second["previous"].removeprefix(HOST)).json()
    assert [item["id"] for item in back["results"]] == [item["id"] for item in first["results"]]


def test_a_rendition_is_asked_for(alice_client: Client) -> None:
    image = upload(alice_client, picture(), presets="thumb").json()["image"]
    wish = {"ops": {"width": 100, "format": "webp"}}
    path = f"/api/v1/images/{image['id']}/renditions"
    reply = alice_client.post(path, wish, content_type="application/json")
    assert reply.status_code == 202, reply.content
    assert reply.json()["job"]["kind"] == "render"
    listed = alice_client.get(path).json()["results"]
    assert {item["ops"]["width"] for item in reply.json()["renditions"]} == {100}
    assert len(listed) >= 2


def test_a_job_is_canceled_once(alice_client: Client) -> None:
    job = upload(alice_client, picture()).json()["job"]
    path = f"/api/v1/jobs/{job['id']}"
    assert alice_client.get(path).json()["state"] == "queued"
    canceled = alice_client.post(f"{path}/cancel")
    assert (canceled.status_code, canceled.json()["state"]) == (202, "canceled")
    again = alice_client.post(f"{path}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "job_not_cancelable")


def test_the_overview_is_whole(alice_client: Client) -> None:
    upload(alice_client, picture())
    body = alice_client.get("/api/v1/overview").json()
    assert body["unavailable"] == []
    assert body["user"]["email"] == "alice@example.com"
    assert body["usage"]["images"] == 1
    assert len(body["images"]) == 1
    assert [job["state"] for job in body["jobs"]] == ["queued"]


def test_the_status_has_real_numbers() -> None:
    reply = Client().get("/api/v1/status")
    roles = reply.json()["roles"]
    assert (roles["auth"], roles["gateway"]) == ({"ok": True}, {"ok": True})
    assert roles["worker"] == {"ok": False}
    assert reply.status_code == 503


def test_an_ended_session_is_refused_at_the_gateway(alice_client: Client) -> None:
    assert alice_client.post("/auth/logout-all").status_code == 204
    reply = alice_client.get("/api/v1/usage")
    assert (reply.status_code, reply.json()["code"]) == (401, "token_revoked")
