"""gateway/api_keys.py: a key is exchanged once in a while, and ended within a second."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import orjson
import pytest
from django.test import Client, RequestFactory
from pytest_django import Settings
from rest_framework.request import Request

from gateway import api_keys
from gateway.api_keys import RENEW_S, KeyMemory
from gateway.clients.types import ApiKeyAnswer
from gateway.errors import ApiKeyInvalid
from gateway.idempotency import _slot_name
from gateway.permissions import counted_as
from gateway.relay import PUBLIC, ROUTES
from platform_site.kit.auth import revocations
from platform_site.kit.auth.api_keys import api_key_new
from platform_site.kit.auth.tokens import verify_user_token
from platform_site.kit.upstream.http import UpstreamUnavailable
from tests.gateway.people import Person, claims_of, signed
from tests.gateway.provider import Answer, Provider
from tests.platform_site.roles import PUBLIC as ANYBODY
from tests.platform_site.test_token_audiences import METHODS, PARAMETER, address_of, patterns_of

EXCHANGE = "/internal/v1/api-keys/exchange"
HOME = "192.0.2.7"


class Program:
    """Somebody with a key, which the provider knows."""

    def __init__(self, provider: Provider, *scopes: str, addresses: tuple[str, ...] = ()) -> None:
        self.raw = api_key_new()
        self.id, self.person = uuid4(), Person()
        self.provider = provider
        shared = {"sid": str(self.id), "scope": " ".join(scopes), "key": True}
        behind = signed(claims_of(self.person.id, **shared, aud="images"))
        token = signed(claims_of(self.person.id, **shared, role_tokens={"images": behind}))
        self.answer = {
            "active": True,
            "key_id": str(self.id),
            "scopes": scopes,
            "addresses": addresses,
            "expires_in": 300,
            "token": token,
        }
        provider.on("POST", EXCHANGE, self._answered)

    def _answered(self, request: Any) -> Answer:
        known = parse_qs(request.body.decode())["key"] == [self.raw]
        return Answer(200, self.answer if known else {"active": False})

    def client(self, address: str = HOME) -> Client:
        return Client(headers={"Authorization": f"Bearer {self.raw}"}, REMOTE_ADDR=address)

    @property
    def exchanges(self) -> int:
        return len(self.provider.asked("POST", EXCHANGE))


SCOPES = ("images:read", "images:write", "jobs", "account")
OF_JOBS = {("GET", "jobs"), ("GET", "jobs/I"), ("POST", "jobs/I/cancel"), ("POST", "jobs/I/retry")}


CLOSED = ("api/v1/account", "api/v1/exports")
"""Below these no key comes in, whatever its scopes."""
UPLOAD_ACCESS = "internal/v1/upload-access"
"""Asked by the proxy about an upload, so by whoever may upload."""


def opens(scope: str, method: str, route: str) -> bool:
    """The whole rule."""
    if route in ANYBODY["gateway"]:
        return True
    if route.startswith(CLOSED):
        return False
    path = PARAMETER.sub("I", route).removeprefix(PUBLIC)
    is_read = method == "GET"
    return {
        "images:read": is_read,
        "images:write": not is_read,
        "jobs": (method, path) in OF_JOBS,
        "account": path == "usage",
    }[scope]


def served() -> list[tuple[str, str]]:
    """Method and route of everything that the gateway serves."""
    found = []
    for pattern in patterns_of("gateway"):
        view: Any = pattern.callback
        found += [(m, str(pattern.pattern)) for m in METHODS if hasattr(view.cls, m.lower())]
    return found


@pytest.mark.parametrize("scope", SCOPES)
def test_each_scope_opens_its_routes_and_no_other(
    provider: Provider, settings: Settings, scope: str
) -> None:
    settings.ROOT_URLCONF = "platform_site.urls.gateway"
    program = Program(provider, scope)
    client, wrong = program.client(), []
    for method, route in (routes := served()):
        reply = client.generic(method, address_of(route), b"", content_type="application/json")
        wanted = opens(scope, method, route)
        refused = reply.status_code == 403 and reply.json()["code"] == "permission_denied"
        if refused is wanted or reply.status_code in {401, 405}:
            wrong.append((method, route, reply.status_code))
    assert not wrong
    assert {("POST", UPLOAD_ACCESS), ("GET", "api/v1/overview")} < set(routes)
    assert len(routes) > len(ROUTES)
    assert program.exchanges == 1
    told = client.get(f"/{PUBLIC}status").json()
    assert told["detail"] is None


def test_a_key_is_asked_about_once_and_its_token_goes_behind(provider: Provider) -> None:
    provider.on("GET", "/internal/v1/usage", Answer(200, {"bytes": 1}))
    program = Program(provider, "images:read")
    client = program.client()
    replies = [client.get("/api/v1/usage") for _ in range(5)]
    assert [reply.status_code for reply in replies] == [200] * 5
    asked = provider.asked("POST", EXCHANGE)
    assert len(asked) == 1
    assert asked[0].header("X-Service-Authorization") == "Bearer svc-1"
    assert parse_qs(asked[0].body.decode())["address"] == [HOME]
    behind = provider.asked("GET", "/internal/v1/usage")[0]
    assert program.raw not in str(behind.headers)
    # Auth is told of each new network, once.
    for _ in range(3):
        assert program.client("198.51.100.1").get("/api/v1/usage").status_code == 200
    assert program.exchanges == 2


def test_a_key_that_was_mistyped_costs_nobody_a_question(provider: Provider) -> None:
    program = Program(provider, "images:read")
    last = "a" if program.raw[-1] != "a" else "b"
    program.raw = program.raw[:-1] + last
    reply = program.client().get("/api/v1/usage")
    assert (reply.status_code, reply.json()["code"]) == (401, "api_key_invalid")
    assert reply.headers["WWW-Authenticate"] == 'Bearer error="api_key_invalid"'
    assert program.exchanges == 0


def test_unknown_keys_are_remembered_and_their_network_is_limited(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_keys, "UNKNOWN_A_MINUTE", 5)
    program = Program(provider, "images:read")
    stranger = Client(headers={"Authorization": f"Bearer {api_key_new()}"}, REMOTE_ADDR="10.0.0.1")
    codes = {stranger.get("/api/v1/usage").json()["code"] for _ in range(5)}
    assert (codes, program.exchanges) == ({"api_key_invalid"}, 1)
    statuses = [
        Client(headers={"Authorization": f"Bearer {api_key_new()}"}, REMOTE_ADDR="10.0.0.1")
        .get("/api/v1/usage")
        .status_code
        for _ in range(8)
    ]
    assert statuses == [401] * 4 + [429] * 4
    assert program.exchanges == 5
    # Those who are known there, and all others, go on.
    provider.on("GET", "/internal/v1/usage", Answer(200, {"bytes": 1}))
    assert program.client(HOME).get("/api/v1/usage").status_code == 200


def test_an_ended_key_is_refused_within_a_second(provider: Provider) -> None:
    provider.on("GET", "/internal/v1/usage", Answer(200, {"bytes": 1}))
    program = Program(provider, "images:read")
    client = program.client()
    assert client.get("/api/v1/usage").status_code == 200
    program.answer = {"active": False}
    revocations.session_revoke(session_id=program.id, ttl_s=60)
    replies = [client.get("/api/v1/usage") for _ in range(3)]
    assert {reply.json()["code"] for reply in replies} == {"api_key_invalid"}
    assert program.exchanges == 2


def test_a_key_is_taken_from_its_addresses_by_the_true_address(
    provider: Provider, settings: Settings
) -> None:
    provider.on("GET", "/internal/v1/usage", Answer(200, {"bytes": 1}))
    program = Program(provider, "images:read", addresses=("192.0.2.0/24",))
    assert program.client(HOME).get("/api/v1/usage").status_code == 200
    forged = {"X-Forwarded-For": HOME}
    reply = program.client("198.51.100.1").get("/api/v1/usage", headers=forged)
    assert (reply.status_code, reply.json()["code"]) == (403, "address_not_allowed")
    settings.TRUSTED_PROXY_COUNT = 1
    seen = {"X-Forwarded-For": f"198.51.100.1, {HOME}"}
    assert program.client("10.0.0.1").get("/api/v1/usage", headers=seen).status_code == 200
    upload = program.client("198.51.100.1").post("/internal/v1/upload-access")
    assert upload.status_code in {403, 404}


def test_without_auth_known_keys_go_on_and_unknown_ones_are_503(provider: Provider) -> None:
    provider.on("GET", "/internal/v1/usage", Answer(200, {"bytes": 1}))
    program = Program(provider, "images:read")
    assert program.client().get("/api/v1/usage").status_code == 200
    provider.on("POST", EXCHANGE, Answer(502, None))
    assert program.client().get("/api/v1/usage").status_code == 200
    assert program.client("198.51.100.1").get("/api/v1/usage").status_code == 200
    other = Client(headers={"Authorization": f"Bearer {api_key_new()}"})
    reply = other.get("/api/v1/usage")
    assert (reply.status_code, reply.json()["code"]) == (503, "upstream_unavailable")
    assert "Retry-After" in reply.headers


def test_a_program_is_counted_and_repeats_itself_by_its_key(provider: Provider) -> None:
    program = Program(provider, "images:write")
    http = RequestFactory().post("/api/v1/images/actions")
    principal = api_keys.principal_of_key(program.raw, Request(http))
    request = Request(http)
    request.user = principal  # type: ignore[assignment]
    request.resolver_match = None
    assert counted_as(request) == f"key:{program.id}"
    by_key = _slot_name(request, "k")
    of_person = verify_user_token(program.person.token(), audience="gateway")
    request.user = of_person  # type: ignore[assignment]
    assert counted_as(request) == f"user:{program.person.id}"
    assert _slot_name(request, "k") != by_key


def test_a_session_costs_nothing_more(provider: Provider, as_alice: Client) -> None:
    provider.on("GET", "/internal/v1/usage", Answer(200, {"bytes": 1}))
    as_alice.get("/api/v1/usage")
    before = len(provider.received)
    assert as_alice.get("/api/v1/usage").status_code == 200
    assert len(provider.received) == before + 1


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_many_threads_ask_once() -> None:
    asked = []

    def ask(**shown: str) -> ApiKeyAnswer:
        asked.append(shown)
        time.sleep(0.05)
        return ApiKeyAnswer(active=True, token="t", expires_in=300)

    memory, raw, barrier = KeyMemory(ask=ask), api_key_new(), threading.Barrier(20)

    def one(_number: int) -> str:
        barrier.wait()
        return memory.key(raw, address=HOME).token

    with ThreadPoolExecutor(20) as threads:
        assert list(threads.map(one, range(20))) == ["t"] * 20
    assert len(asked) == 1


def test_a_held_key_is_renewed_kept_for_an_outage_and_ended_in_time() -> None:
    clock, asked = Clock(), []
    answers: list[Any] = [ApiKeyAnswer(active=True, token="1", expires_in=100)]

    def ask(**shown: str) -> ApiKeyAnswer:
        asked.append(shown)
        if isinstance(answers[-1], Exception):
            raise answers[-1]
        answer: ApiKeyAnswer = answers[-1]
        return answer

    memory, raw = KeyMemory(ask=ask, clock=clock), api_key_new()
    assert memory.key(raw, address=HOME).token == "1"
    answers.append(UpstreamUnavailable("auth"))
    clock.now += RENEW_S + 1
    assert [memory.key(raw, address=HOME).token for _ in range(3)] == ["1"] * 3
    assert len(asked) == 2
    clock.now += 40
    with pytest.raises(UpstreamUnavailable):
        memory.key(raw, address=HOME)
    answers.append(ApiKeyAnswer(active=False))
    with pytest.raises(ApiKeyInvalid):
        memory.key(raw, address=HOME)
    count = len(asked)
    with pytest.raises(ApiKeyInvalid):
        memory.key(raw, address=HOME)
    assert len(asked) == count


def test_what_is_held_has_neither_key_nor_token_in_its_words() -> None:
    raw = api_key_new()
    memory = KeyMemory(ask=lambda **_: ApiKeyAnswer(active=True, token="secret", expires_in=9))
    held = memory.key(raw, address=HOME)
    assert "secret" not in repr(held)
    assert raw not in repr(vars(memory))
    assert orjson.dumps(held.allowed) == b"[]"
