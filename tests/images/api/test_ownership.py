"""Every internal route, asked by its owner, by another user, by nobody and without a role."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from images import internal_urls
from images.models import Image, Job, Rendition, Tag
from images.services.exports import export_create
from tests.images.people import Person, caller, path_of, service_token
from tests.images.pictures import form, jpeg

pytestmark = pytest.mark.django_db(transaction=True)
V1 = "/internal/v1"

OF_AN_OBJECT = [
    ("GET", "images/{image}", None, 200),
    ("PATCH", "images/{image}", {"title": "taken"}, 200),
    ("DELETE", "images/{image}", None, 204),
    ("DELETE", "images/{image}?permanent=true", None, 202),
    ("POST", "images/{image}/restore", None, 200),
    ("GET", "images/{image}/renditions", None, 200),
    ("POST", "images/{image}/renditions", {"preset": "thumb"}, 202),
    ("GET", "jobs/{job}", None, 200),
    ("POST", "jobs/{job}/cancel", None, 202),
    ("POST", "jobs/{job}/retry", None, 409),
    ("GET", "exports/{export}", None, 200),
]
OF_A_PERSON = [
    ("GET", "images"),
    ("GET", "jobs"),
    ("GET", "usage"),
    ("GET", "presets"),
    ("POST", "images"),
    ("GET", "images/count"),
    ("GET", "overview"),
    ("POST", "images/actions"),
    ("GET", "exports"),
    ("POST", "exports"),
]
OF_A_ROLE = [("GET", "status")]
OF_AUTH: list[tuple[str, str, Any, int]] = [
    ("GET", "exports/finished", None, 200),
    ("GET", "acts", None, 200),
    ("POST", "acts", {"ids": []}, 204),
]
OF_AN_ENDING = [("POST", f"owner/{what}") for what in ("withhold", "release", "purge", "forget")]


def ask(client: Client, method: str, path: str, body: Any = None) -> Any:
    return client.generic(method, f"{V1}/{path}", _json(body), content_type="application/json")


def _json(body: Any) -> bytes:
    return b"" if body is None else json.dumps(body).encode()


def path_for(picture: dict[str, Any], path: str) -> str:
    """``path`` of the picture, its job, and an export that its owner has asked for."""
    export = ""
    if "{export}" in path:
        owner_id = Image.objects.get(id=picture["id"]).owner_id
        export = str(export_create(owner_id=owner_id, account="{}").id)
    return path.format(image=picture["id"], job=picture["job"]["id"], export=export)


def everything() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Image, Rendition, Tag, Job)]


def without_identity(reply: Any) -> dict[str, Any]:
    document: dict[str, Any] = reply.json()
    return {k: v for k, v in document.items() if k not in {"instance", "request_id"}}


def test_every_internal_route_is_asked_here() -> None:
    asked = {path for _, path, *_ in OF_AN_OBJECT} | {path for _, path in OF_A_PERSON}
    asked |= {path for _, path in OF_A_ROLE + OF_AN_ENDING}
    asked |= {path for _, path, _, _ in OF_AUTH}
    asked = {path.split("?")[0].format(image="I", job="J", export="E") for path in asked}
    names = {"<uuid:image_id>": "I", "<uuid:job_id>": "J", "<uuid:export_id>": "E"}
    routes = set()
    for pattern in internal_urls.urlpatterns:
        route = str(pattern.pattern).removeprefix("internal/v1/")
        for converter, letter in names.items():
            route = route.replace(converter, letter)
        routes.add(route)
    assert asked == routes


@pytest.mark.parametrize(("method", "path", "body", "status"), OF_AN_OBJECT)
def test_another_users_object_does_not_exist(  # noqa: PLR0917 - pytest passes by name
    picture: dict[str, Any], as_alice: Client, as_bob: Client,
    method: str, path: str, body: Any, status: int,
) -> None:  # fmt: skip
    mine = path_for(picture, path)
    nobodys = path.format(image=uuid4(), job=uuid4(), export=uuid4())
    before = everything()
    refused, missing = ask(as_bob, method, mine, body), ask(as_bob, method, nobodys, body)
    assert (refused.status_code, missing.status_code) == (404, 404)
    assert without_identity(refused) == without_identity(missing)
    assert everything() == before
    assert ask(as_alice, method, mine, body).status_code == status


@pytest.mark.parametrize(("method", "path"), [route[:2] for route in OF_AN_OBJECT] + OF_A_PERSON)
def test_nobody_gets_nothing(
    picture: dict[str, Any], as_charlie: Client, alice: Person, method: str, path: str
) -> None:
    mine = path_for(picture, path)
    before = everything()
    anonymous = ask(as_charlie, method, mine)
    assert (anonymous.status_code, anonymous.json()["code"]) == (401, "not_authenticated")
    without_role = ask(caller(alice, with_service=False), method, mine)
    assert without_role.status_code == 401
    assert everything() == before


@pytest.mark.parametrize(("method", "path"), OF_A_ROLE)
def test_what_is_for_roles_is_not_for_people(
    picture: dict[str, Any],
    alice: Person,
    as_gateway: Client,
    method: str,
    path: str,
) -> None:
    assert ask(caller(alice, with_service=False), method, path).status_code == 401
    other_audience = {"X-Service-Authorization": f"Bearer {service_token(audience='auth')}"}
    assert ask(Client(headers=other_audience), method, path).status_code == 401
    assert ask(as_gateway, method, path).status_code in {200, 202}


@pytest.mark.parametrize("asked", OF_AUTH)
def test_what_auth_asks_is_for_no_other_role(
    alice: Person, as_gateway: Client, asked: tuple[str, str, Any, int]
) -> None:
    method, path, body, status = asked
    assert ask(caller(alice, with_service=False), method, path, body).status_code == 401
    assert ask(as_gateway, method, path, body).json()["code"] == "caller_not_allowed"
    auth = Client(headers={"X-Service-Authorization": f"Bearer {service_token(of='auth')}"})
    assert ask(auth, method, path, body).status_code == status


def test_bob_sees_none_of_alices_images_and_jobs(picture: dict[str, Any], as_bob: Client) -> None:
    assert as_bob.get(f"{V1}/images").json()["results"] == []
    assert as_bob.get(f"{V1}/jobs").json()["results"] == []
    assert as_bob.get(f"{V1}/jobs", {"image": picture["id"]}).json()["results"] == []
    assert as_bob.get(f"{V1}/usage").json()["bytes"] == 0


def test_a_cursor_of_alice_shows_bob_nothing_of_hers(as_alice: Client, as_bob: Client) -> None:
    for color in ("red", "green"):
        as_alice.post(f"{V1}/images", form(jpeg(color)))
    page = as_alice.get(f"{V1}/images", {"limit": 1}).json()["next"]
    assert as_bob.get(path_of(page).replace("/api/v1", V1)).json()["results"] == []
