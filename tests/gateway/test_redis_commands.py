"""No request of a burst needs more than one command of Redis in the mean, whatever it asks for."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from pytest_django import Settings

from gateway.urls import urlpatterns
from platform_site.kit.rest import shared_counts
from tests.gateway.documents import JOB_ID
from tests.gateway.provider import Provider
from tests.servers.redis import RedisServer

BURST = 20
PARAMETER = re.compile(r"<\w+:\w+>")
PATHS = sorted({f"/{PARAMETER.sub(str(JOB_ID), str(each.pattern))}" for each in urlpatterns})


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    running = RedisServer()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def redis(server: RedisServer, settings: Settings) -> Iterator[Any]:
    """Both caches are in Redis, and a client of it is given."""
    shared = {
        "BACKEND": "platform_site.json_cache.SharedCache",
        "LOCATION": server.url,
        "OPTIONS": {"serializer": "platform_site.json_cache.JSONSerializer"},
    }
    settings.CACHES = {"default": shared, "revocations": {**shared, "KEY_PREFIX": "revocations"}}
    backend: Any = caches["default"]
    client = backend._cache.get_client()
    client.flushdb()
    yield client
    client.connection_pool.disconnect()


def executed(redis: Any) -> dict[str, int]:
    """How often each command was executed since the statistics were reset."""
    told = redis.info("commandstats")
    counts = {name.removeprefix("cmdstat_"): each["calls"] for name, each in told.items()}
    own = {"info", "config|resetstat"}
    return {name: calls for name, calls in counts.items() if name not in own}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_burst_takes_no_more_commands_than_it_has_requests(
    redis: Any, provider: Provider, as_alice: Client, method: str, path: str
) -> None:
    redis.config_resetstat()
    for _ in range(BURST):
        as_alice.generic(method, path)
    shared_counts.background.flush()
    taken = executed(redis)
    assert sum(taken.values()) <= BURST, taken
    assert taken.get("incrby", 0) <= BURST / 2, "uses are told together"


def test_the_uses_of_a_burst_are_all_told(redis: Any, provider: Provider, as_alice: Client) -> None:
    for _ in range(BURST):
        as_alice.get("/api/v1/usage")
    shared_counts.background.flush()
    counts = [int(redis.get(key)) for key in redis.keys("*limit:reads:user:*")]
    assert sum(counts) == BURST
