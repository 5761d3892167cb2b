"""gateway/api/overview.py: joined answers, and what happens when a role is silent."""

import threading
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from gateway.services import status
from gateway.services.status import board
from platform_site.kit.upstream.http import upstream
from tests.gateway.documents import image, images_status, job, profile, usage
from tests.gateway.provider import Answer, Provider, Received

SILENT = Answer(502, raw=b"", headers={"Content-Type": "text/html"})


PARTS = "/internal/v1/overview"


def parts() -> dict[str, Any]:
    """What images answers for a first page."""
    return {"usage": usage(), "images": [image()], "jobs": [job()]}


@pytest.fixture(autouse=True)
def _healthy(provider: Provider) -> None:
    provider.on("GET", "/auth/profile", Answer(200, profile()))
    provider.on("GET", "/readyz", Answer(200, {"status": "ok"}))
    provider.on("GET", PARTS, Answer(200, parts()))
    provider.on("GET", "/internal/v1/status", Answer(200, images_status()))


def silence(provider: Provider, *paths: str) -> None:
    for path in paths:
        provider.on("GET", path, SILENT)
    upstream.cache_clear()


def test_the_overview_joins_what_the_roles_know(provider: Provider, as_alice: Client) -> None:
    body = as_alice.get("/api/v1/overview").json()
    assert body["user"] == profile()
    assert body["usage"] == usage()
    assert body["images"] == [image()]
    assert body["jobs"] == [job()]
    assert body["unavailable"] == []


def test_each_role_is_asked_once_under_the_request_id(provider: Provider, as_alice: Client) -> None:
    as_alice.get("/api/v1/overview", headers={"X-Request-ID": "overview-1"})
    asked = [request for request in provider.received if request.method == "GET"]
    assert {request.header("X-Request-ID") for request in asked} == {"overview-1"}
    assert sorted(request.path for request in asked) == ["/auth/profile", PARTS]


def test_the_roles_are_asked_at_once(provider: Provider, as_alice: Client) -> None:
    together = threading.Barrier(2)
    documents = {"/auth/profile": profile(), PARTS: parts()}

    def meet(request: Received) -> Answer:
        together.wait(5)
        return Answer(200, documents[request.path])

    for path in documents:
        provider.on("GET", path, meet)
    assert as_alice.get("/api/v1/overview").json()["unavailable"] == []


def test_what_a_role_answers_is_passed_on_as_it_spells_it(
    provider: Provider, as_alice: Client
) -> None:
    provider.on("GET", "/auth/profile", Answer(200, raw=b'{ "name":"caf\\u00e9" }'))
    provider.on("GET", PARTS, Answer(200, raw=b' {"usage": 1.50}\n'))
    reply = as_alice.get("/api/v1/overview")
    expected = b'{"user":{ "name":"caf\\u00e9" },"usage": 1.50,"unavailable":[]}'
    assert (reply.content, reply["Content-Type"]) == (expected, "application/json")


def test_a_dead_auth_leaves_the_images(provider: Provider, as_alice: Client) -> None:
    silence(provider, "/auth/profile")
    reply = as_alice.get("/api/v1/overview")
    body = reply.json()
    assert (reply.status_code, body["unavailable"], body["user"]) == (200, ["auth"], None)
    assert len(body["images"]) == 1


def test_a_dead_images_leaves_the_person(provider: Provider, as_alice: Client) -> None:
    silence(provider, PARTS)
    body = as_alice.get("/api/v1/overview").json()
    assert (body["unavailable"], body["user"]) == (["images"], profile())
    assert (body["usage"], body["images"], body["jobs"]) == (None, [], [])


@pytest.mark.parametrize("nonsense", [[], {}, "no page", None])
def test_an_answer_that_is_no_object_is_none(
    provider: Provider, as_alice: Client, nonsense: Any
) -> None:
    for path, role in ((PARTS, "images"), ("/auth/profile", "auth")):
        if role == "images" or nonsense != {}:
            provider.on("GET", path, Answer(200, nonsense))
            assert role in as_alice.get("/api/v1/overview").json()["unavailable"]


def test_images_of_the_previous_release_is_unavailable(
    provider: Provider, as_alice: Client
) -> None:
    provider.refuse("GET", PARTS, 404, "not_found")
    body = as_alice.get("/api/v1/overview").json()
    assert (body["unavailable"], body["user"], body["images"]) == (["images"], profile(), [])


def test_both_dead_is_still_an_answer(
    provider: Provider, as_alice: Client, settings: Settings
) -> None:
    settings.UPSTREAMS = {"auth": "http://127.0.0.1:9", "images": "http://127.0.0.1:9"}
    upstream.cache_clear()
    reply = as_alice.get("/api/v1/overview")
    assert (reply.status_code, reply.json()["unavailable"]) == (200, ["auth", "images"])


def test_an_ended_session_is_told(provider: Provider, as_alice: Client) -> None:
    provider.refuse("GET", "/auth/profile", 401, "token_revoked")
    reply = as_alice.get("/api/v1/overview")
    assert (reply.status_code, reply.json()["code"]) == (401, "token_revoked")


def test_anyone_sees_the_summary(provider: Provider) -> None:
    reply = Client().get("/api/v1/status")
    body = reply.json()
    assert reply.status_code == 200
    assert body["status"] == "ok"
    assert body["roles"] == {
        "gateway": {"ok": True},
        "auth": {"ok": True},
        "images": {"ok": True},
        "worker": {"ok": True},
    }
    assert body["detail"] is None
    assert body["links"] == {}
    assert set(body) == {"status", "roles", "parts", "version", "links", "detail"}


def test_alice_sees_no_more_than_anyone(as_alice: Client) -> None:
    assert as_alice.get("/api/v1/status").json()["detail"] is None


def test_staff_are_shown_the_way_to_grafana(
    as_sam: Client, as_alice: Client, settings: Settings
) -> None:
    settings.GRAFANA_URL = "https://grafana.example"
    board.forget()
    assert as_sam.get("/api/v1/status").json()["links"] == {"grafana": "https://grafana.example"}
    assert as_alice.get("/api/v1/status").json()["links"] == {}


def test_staff_see_the_numbers(as_sam: Client) -> None:
    detail = as_sam.get("/api/v1/status").json()["detail"]
    expected = images_status()
    assert detail["queues"] == expected["queues"]
    assert detail["workers"] == expected["workers"]
    assert detail["storage"] == expected["storage"]
    assert detail["jobs"] == expected["jobs"]


@pytest.mark.parametrize(
    ("changes", "role"),
    [
        ({"workers": []}, "worker"),
        ({"storage": {"ok": False}}, "images"),
        ({"broker": {"ok": False}}, "images"),
        ({"database": {"ok": False}}, "images"),
    ],
)
def test_a_role_that_does_not_do_its_work_is_a_503(
    provider: Provider, changes: dict[str, Any], role: str
) -> None:
    provider.on("GET", "/internal/v1/status", Answer(200, images_status(**changes)))
    reply = Client().get("/api/v1/status")
    body = reply.json()
    assert (reply.status_code, body["status"]) == (503, "degraded")
    assert [name for name, state in body["roles"].items() if not state["ok"]] == [role]


def test_a_silent_images_has_no_known_worker(provider: Provider, as_sam: Client) -> None:
    silence(provider, "/internal/v1/status")
    reply = as_sam.get("/api/v1/status")
    assert reply.status_code == 503
    body = reply.json()
    assert [name for name, state in body["roles"].items() if not state["ok"]] == [
        "images",
        "worker",
    ]
    assert body["detail"] is None


def test_an_auth_that_is_not_ready_is_down(provider: Provider) -> None:
    not_ready = {"status": "failing", "failed": {"database": "no"}}
    provider.on("GET", "/readyz", Answer(503, not_ready))
    reply = Client().get("/api/v1/status")
    assert (reply.status_code, reply.json()["roles"]["auth"]) == (503, {"ok": False})


def test_asking_often_is_no_load_on_the_roles(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "MEMORY_S", 600.0)  # a slow machine asks slowly
    for _ in range(5):
        Client().get("/api/v1/status")
    assert len(provider.asked("GET", "/internal/v1/status")) == 1
    board.forget()
    Client().get("/api/v1/status")
    assert len(provider.asked("GET", "/internal/v1/status")) == 2


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"storage": {"ok": False}}, "storage"),
        ({"broker": {"ok": False}}, "broker"),
        ({"cache": {"ok": False}}, "cache"),
        ({"queues": [{"name": "bulk", "depth": 3, "oldest_age_s": 301.0}]}, "queues"),
    ],
)
def test_a_part_that_is_lost_is_named_for_anyone(
    provider: Provider, changes: dict[str, Any], part: str
) -> None:
    provider.on("GET", "/internal/v1/status", Answer(200, images_status(**changes)))
    reply = Client().get("/api/v1/status")
    parts = reply.json()["parts"]
    assert set(parts) == {"cache", "keys", "database", "broker", "storage", "queues"}
    assert (reply.status_code, [name for name in parts if not parts[name]["ok"]]) == (503, [part])


def test_what_only_images_knows_is_unknown_without_it(provider: Provider) -> None:
    silence(provider, "/internal/v1/status")
    body = Client().get("/api/v1/status").json()
    unknown = [name for name, part in body["parts"].items() if part["ok"] is None]
    assert sorted(unknown) == ["broker", "database", "queues", "storage"]
    assert body["roles"]["worker"] == {"ok": None}
