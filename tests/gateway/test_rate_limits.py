"""gateway/rate_limits.py: reads and writes are counted apart, and a dead store closes nothing."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings
from redis.exceptions import ConnectionError as RedisConnectionError

from platform_site.kit import shared_cache
from platform_site.kit.breaker import Breaker
from platform_site.kit.rest import rate_limits as kit_limits
from tests.gateway.documents import JOB_ID, job, usage
from tests.gateway.provider import Answer, Provider

CANCEL = f"/api/v1/jobs/{JOB_ID}/cancel"


@pytest.fixture(autouse=True)
def _few(provider: Provider, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.GATEWAY_READS_PER_MINUTE, settings.GATEWAY_WRITES_PER_MINUTE = 3, 2
    monkeypatch.setattr(kit_limits, "windows_now", lambda: 1_000_000_000.0)
    provider.on("GET", "/internal/v1/usage", Answer(200, usage()))
    provider.on("POST", f"/internal/v1/jobs/{JOB_ID}/cancel", Answer(202, job()))


def test_the_limit_is_told_and_holds(provider: Provider, as_alice: Client) -> None:
    replies = [as_alice.get("/api/v1/usage") for _ in range(4)]
    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
    assert replies[0]["RateLimit-Policy"] == '"reads";q=3;w=60'
    assert [reply["RateLimit"] for reply in replies] == [
        '"reads";r=2;t=20',
        '"reads";r=1;t=20',
        '"reads";r=0;t=20',
        '"reads";r=0;t=20',
    ]
    assert replies[3]["Retry-After"] == "20"
    assert replies[3].json()["code"] == "rate_limited"
    assert len(provider.asked("GET", "/internal/v1/usage")) == 3


def test_writes_are_counted_apart(as_alice: Client) -> None:
    for _ in range(4):
        as_alice.get("/api/v1/usage")
    replies = [as_alice.post(CANCEL) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [202, 202, 429]
    assert replies[0]["RateLimit-Policy"] == '"writes";q=2;w=60'


def test_bob_is_not_limited_for_alice(as_alice: Client, as_bob: Client) -> None:
    for _ in range(4):
        as_alice.get("/api/v1/usage")
    assert as_bob.get("/api/v1/usage").status_code == 200


def test_charlie_is_counted_by_address_and_cannot_invent_one(
    provider: Provider, settings: Settings
) -> None:
    settings.TRUSTED_PROXY_COUNT = 0
    statuses = [
        Client().get("/api/v1/status", headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code
        for n in range(4)
    ]
    assert statuses[3] == 429
    assert 429 not in statuses[:3]


def test_a_refused_request_tells_the_limit_too(provider: Provider, as_alice: Client) -> None:
    provider.refuse("GET", "/internal/v1/jobs", 400, "invalid")
    reply = as_alice.get("/api/v1/jobs?limit=0")
    assert (reply.status_code, reply["RateLimit"]) == (400, '"reads";r=2;t=20')


def test_a_dead_store_closes_nothing(as_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    class DeadStore:
        def __getattr__(self, name: str) -> Any:
            raise RedisConnectionError

    monkeypatch.setattr(kit_limits, "cache", DeadStore())
    monkeypatch.setattr(shared_cache, "breaker", Breaker())
    assert [as_alice.get("/api/v1/usage").status_code for _ in range(5)] == [200] * 5
    assert [as_alice.post(CANCEL).status_code for _ in range(5)] == [202] * 5
