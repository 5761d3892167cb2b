import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from prometheus_client import REGISTRY

from images import storage
from images.api import delivery
from images.models import Rendition
from images.url_signing import path_signed
from tests.images.people import path_of
from tests.images.pictures import jpeg, sha256

pytestmark = pytest.mark.django_db(transaction=True)


def body_of(reply: Any) -> bytes:
    content: bytes = b"".join(reply.streaming_content) if reply.streaming else reply.content
    reply.close()
    return content


def signed(spec: str, name: str, *, ends_in_s: int = 3600) -> str:
    return path_signed(
        keys=django_settings.DELIVERY_KEYS,
        spec=spec,
        name=name,
        expires_at=int(time.time()) + ends_in_s,
    )


def failed_requests() -> float:
    return REGISTRY.get_sample_value("http_requests_failed_total", {"role": "embedded"}) or 0.0


def test_the_original_comes_back_as_an_attachment(client: Client, original: str) -> None:
    reply = client.get(original)
    assert reply.status_code == 200
    assert body_of(reply) == jpeg()
    assert reply.headers["Content-Type"] == "image/jpeg"
    assert reply.headers["Content-Length"] == str(len(jpeg()))
    assert reply.headers["Content-Disposition"] == 'attachment; filename="holiday.jpg"'
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Accept-Ranges"] == "bytes"
    assert reply.headers["ETag"] == f'"{sha256(jpeg())}"'
    directives = reply.headers["Cache-Control"].split(", ")
    assert {"private", "immutable"} < set(directives)
    max_age_s = int(directives[1].removeprefix("max-age="))
    assert 86_400 - 5 <= max_age_s <= 86_400 + 3_600


def test_every_rendition_is_delivered_as_it_is_described(
    client: Client, ready_picture: dict[str, Any]
) -> None:
    assert len(ready_picture["renditions"]) == 8
    for rendition in ready_picture["renditions"]:
        reply = client.get(path_of(rendition["url"]))
        content = body_of(reply)
        assert reply.status_code == 200
        assert len(content) == rendition["bytes"]
        assert reply.headers["Content-Type"] == f"image/{rendition['format']}"
        assert reply.headers["ETag"] == f'"{sha256(content)}"'
        assert "Content-Disposition" not in reply.headers


def test_a_rendition_is_found_by_its_operations_too(
    client: Client, ready_picture: dict[str, Any]
) -> None:
    reply = client.get(signed("w_200,h_200,fit_inside,q_80", f"{ready_picture['id']}.webp"))
    assert reply.status_code == 200
    reply.close()


def test_any_changed_character_is_forbidden_before_anything_is_read(
    client: Client,
    original: str,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: Any,
) -> None:
    def untouched(*_: object, **__: object) -> None:
        raise AssertionError("the store was asked")

    monkeypatch.setattr(storage, "object_open", untouched)
    with django_assert_num_queries(0):
        for index in range(len("/i/"), len(original)):
            other = "A" if original[index] != "A" else "B"
            forged = original[:index] + other + original[index + 1 :]
            reply = client.get(forged)
            assert (reply.status_code, reply.json()["code"]) == (403, "signature_invalid"), forged
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.headers["Cache-Control"] == "no-store"


def spellings(path: str) -> list[str]:
    """The same path to whoever decodes it, and a query that nobody reads."""
    last = path[-5]
    return [
        path[:-5] + f"%{ord(last):02X}" + path[-4:],
        path[:-5] + f"%{ord(last):02x}" + path[-4:],
        path.replace(".jpg", "%2ejpg"),
        path.replace("/original/", "/%6Friginal/"),
        path.replace("/original/", "%2Foriginal/"),
        path.replace("/i/", "/%69/"),
        f"{path}?",
        f"{path}?width=1",
        f"{path}%3Fx",
    ]


def test_an_address_has_one_spelling(
    client: Client, original: str, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        for sent in spellings(original):
            for server in ("RAW_URI", "REQUEST_URI"):
                environ: Any = {server: sent}
                reply = client.get(original, **environ)
                assert (reply.status_code, reply.json()["code"]) == (403, "signature_invalid"), sent
    assert client.get(f"{original}?width=1").status_code == 403


@pytest.mark.parametrize("origin", ["", "http://photos.example", "HTTPS://photos.example:8443"])
def test_a_target_in_absolute_form_is_the_same_address(
    client: Client, original: str, origin: str
) -> None:
    reply = client.get(original, RAW_URI=f"{origin}{original}")
    assert (reply.status_code, body_of(reply)) == (200, jpeg())


def test_an_address_for_one_image_does_not_serve_another(
    client: Client, ready_picture: dict[str, Any], as_bob: Client
) -> None:
    path = path_of(ready_picture["links"]["original"])
    other = path.replace(ready_picture["id"], "01890000-0000-7000-8000-000000000000")
    assert client.get(other).status_code == 403


def test_an_expired_address_is_gone(client: Client, ready_picture: dict[str, Any]) -> None:
    reply = client.get(signed("original", f"{ready_picture['id']}.jpg", ends_in_s=-1))
    assert (reply.status_code, reply.json()["code"]) == (410, "url_expired")


@pytest.mark.parametrize(
    ("spec", "extension"), [("huge", "webp"), ("thumb", "gif"), ("w_9,fit_inside", "png")]
)
def test_what_was_never_asked_for_is_not_found(
    client: Client, ready_picture: dict[str, Any], spec: str, extension: str
) -> None:
    reply = client.get(signed(spec, f"{ready_picture['id']}.{extension}"))
    assert (reply.status_code, reply.json()["code"]) == (404, "rendition_not_found")


@pytest.mark.parametrize("name", ["x.jpg", "01890000-0000-7000-8000-000000000000.jpg"])
def test_an_unknown_image_is_not_found(client: Client, db: None, name: str) -> None:
    assert client.get(signed("original", name)).json()["code"] == "image_not_found"


def test_a_rendition_in_the_making_says_when_to_come_back(
    client: Client, picture: dict[str, Any]
) -> None:
    before = failed_requests()
    reply = client.get(signed("thumb", f"{picture['id']}.webp"))
    assert (reply.status_code, reply.json()["code"]) == (503, "rendition_pending")
    assert reply.headers["Retry-After"] == "2"
    assert failed_requests() == before, "nothing has failed"


def test_an_image_in_the_trash_is_not_delivered(
    client: Client, as_alice: Client, ready_picture: dict[str, Any]
) -> None:
    as_alice.delete(f"/internal/v1/images/{ready_picture['id']}")
    assert client.get(path_of(ready_picture["links"]["original"])).status_code == 404
    assert client.get(path_of(ready_picture["renditions"][0]["url"])).status_code == 404


@pytest.mark.parametrize(("setting", "kept"), [(60, "59"), (2, "1"), (1, None), (0, None)])
def test_nginx_is_told_how_long_it_may_keep_the_bytes(
    client: Client, ready_picture: dict[str, Any], settings: Any, setting: int, kept: str | None
) -> None:
    settings.DELIVERY_ACCEL, settings.DELIVERY_CACHE_S = True, setting
    reply = client.get(signed("thumb", f"{ready_picture['id']}.webp"))
    assert (reply.status_code, reply.headers.get("X-Accel-Expires")) == (307, kept)


def test_nothing_is_kept_beyond_the_end_of_its_address(
    client: Client, ready_picture: dict[str, Any], settings: Any
) -> None:
    settings.DELIVERY_ACCEL = True
    path = signed("thumb", f"{ready_picture['id']}.webp", ends_in_s=30)
    end = int(path.split("/")[3])
    assert client.get(path).headers["X-Accel-Expires"] == f"@{end - 1}"


def test_neither_parts_nor_refusals_nor_large_files_are_kept(
    client: Client, original: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DELIVERY_ACCEL = True
    assert client.get(original).headers["X-Accel-Expires"] == "59"
    for reply in (
        client.get(original, headers={"Range": "bytes=0-4"}),
        client.get(original, headers={"If-None-Match": f'"{sha256(jpeg())}"'}),
        client.get(original, headers={"Range": "bytes=999999-"}),
        client.get(signed("huge", "01890000-0000-7000-8000-000000000000.webp")),
        client.head(original),
    ):
        assert "X-Accel-Expires" not in reply.headers, reply.status_code
    monkeypatch.setattr(delivery, "CACHED_BYTES", len(jpeg()) - 1)
    assert "X-Accel-Expires" not in client.get(original).headers


def test_who_gets_the_bytes_from_the_role_is_told_nothing_of_a_cache(
    client: Client, original: str
) -> None:
    reply = client.get(original)
    reply.close()
    assert not [name for name in reply.headers if name.startswith("X-Accel")]


def test_head_answers_as_get_does_without_touching_the_store(
    client: Client, original: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = client.get(original)
    reply.close()
    monkeypatch.setattr(storage, "object_open", None)
    head = client.head(original)
    assert head.status_code == 200
    assert head.content == b""
    for name in ("ETag", "Content-Length", "Content-Type", "Content-Disposition"):
        assert head.headers[name] == reply.headers[name]


def test_other_methods_are_refused(original: str) -> None:
    client = Client(enforce_csrf_checks=True)
    reply = client.post(original)
    assert (reply.status_code, reply.json()["code"]) == (405, "method_not_allowed")
    assert reply.headers["Allow"] == "GET, HEAD"


def test_bytes_that_the_store_has_lost_are_not_found(
    client: Client, original: str, ready_picture: dict[str, Any], store: Path
) -> None:
    (store / "originals" / ready_picture["id"]).unlink()
    assert client.get(original).status_code == 404


def test_a_store_that_does_not_answer_is_an_outage(
    client: Client, original: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ConnectionError("no route")

    monkeypatch.setattr(storage, "object_store", broken)
    reply = client.get(original)
    assert (reply.status_code, reply.json()["code"]) == (503, "storage_unavailable")
    assert reply.headers["Retry-After"] == "5"


def test_a_delivery_costs_one_query(
    client: Client, ready_picture: dict[str, Any], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        client.get(path_of(ready_picture["renditions"][0]["url"])).close()
    assert Rendition.objects.count() == 8
