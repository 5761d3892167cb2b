"""A test takes an empty database of a named server and leaves it empty."""

from collections.abc import Iterator

import pytest
from redis import Redis

from tests.servers.redis import RedisServer, any_redis


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    monkeypatch.setenv("TEST_REDIS_URL", server.url)
    yield server
    server.stop()


def test_each_test_has_a_database_of_its_own_on_the_named_server(named: RedisServer) -> None:
    root = named.url.removesuffix("/0")
    with Redis.from_url(named.url) as somebody:
        somebody.set("work", "of somebody")
        broker, cache = any_redis(), any_redis()
        assert [broker.url, cache.url] == [f"{root}/1", f"{root}/2"]
        with Redis.from_url(broker.url) as redis:
            redis.set("left", "behind")
        broker.stop()
        with Redis.from_url(broker.url) as redis:
            assert redis.dbsize() == 0
        assert any_redis().url == broker.url
        assert somebody.get("work") == b"of somebody"


def test_without_a_named_server_a_test_starts_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_REDIS_URL", raising=False)
    assert type(any_redis()) is RedisServer
