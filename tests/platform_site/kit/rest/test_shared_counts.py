"""Two objects here are two processes: each counts by itself, and they add up in Redis."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.cache import cache, caches
from pytest_django import Settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from platform_site.kit import shared_cache
from platform_site.kit.rest import shared_counts
from platform_site.kit.rest.shared_counts import (
    Addition,
    BackgroundCounts,
    CacheChanges,
    add,
    in_redis,
    numbers,
)
from platform_site.secrets.generation import KeyMaterial
from tests.platform_site.kit.clock import Clock
from tests.servers.processes import ROOT
from tests.servers.redis import RedisServer

KEY = "limit:reads:alice:1"


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    running = RedisServer()
    running.users_give("cache", KeyMaterial().cache)
    running.start()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def redis(server: RedisServer, settings: Settings) -> Iterator[Any]:
    """The cache is Redis, and its client is given; nothing is flushed but by the test."""
    settings.CACHES = {
        **settings.CACHES,
        "default": {
            "BACKEND": "platform_site.json_cache.SharedCache",
            "LOCATION": server.url,
            "OPTIONS": {"retry": Retry(NoBackoff(), 0)},
        },
    }
    backend: Any = caches["default"]
    client = backend._cache.get_client()
    client.flushdb()
    yield client
    client.connection_pool.disconnect()


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[BackgroundCounts, ...]]:
    monkeypatch.setattr(shared_counts, "FLUSH_S", 3600.0)
    both = BackgroundCounts(), BackgroundCounts()
    yield both
    for one in both:
        one.forget()


def held(redis: Any, key: str = KEY) -> int:
    return int(redis.get(caches["default"].make_key(key)) or 0)


def test_additions_of_many_counts_are_one_round_trip(redis: Any) -> None:
    assert add({"a": Addition(2, 60), "b": Addition(1, 60)}) == [2, 1]
    assert add({"b": Addition(3, 60), "a": Addition(1, 60)}) == [4, 3]
    assert 0 < redis.ttl(caches["default"].make_key("a")) <= 60


def test_memory_is_no_redis(settings: Settings) -> None:
    assert in_redis()
    settings.CACHES = {
        **settings.CACHES,
        "default": {"BACKEND": "platform_site.json_cache.MemoryCache"},
    }
    assert not in_redis()


def test_processes_add_up_once_they_have_told(
    redis: Any, processes: tuple[BackgroundCounts, ...]
) -> None:
    one, other = processes
    assert [one.use(KEY, ttl_s=60) for _ in range(3)] == [1, 2, 3]
    assert [other.use(KEY, ttl_s=60) for _ in range(2)] == [1, 2]
    assert held(redis) == 0
    one.flush()
    other.flush()
    assert held(redis) == 5
    assert other.use(KEY, ttl_s=60) == 6
    assert one.use(KEY, ttl_s=60) == 4, "it has heard nothing since it told"
    one.flush()
    other.flush()
    assert (one.use(KEY, ttl_s=60), other.use(KEY, ttl_s=60)) == (7, 8)


def test_together_they_let_through_no_more_than_came_since_the_last_answer(
    processes: tuple[BackgroundCounts, ...],
) -> None:
    limit, each_time, allowed = 40, 7, 0
    for _ in range(10):
        for process in processes:
            used = [process.use(KEY, ttl_s=60) for _ in range(each_time)]
            allowed += sum(count <= limit for count in used)
        for process in processes:
            process.flush()
    assert limit <= allowed <= limit + len(processes) * each_time


def test_nothing_is_told_where_nothing_was_counted(
    redis: Any, processes: tuple[BackgroundCounts, ...]
) -> None:
    one, _ = processes
    one.use(KEY, ttl_s=60)
    one.flush()
    redis.config_resetstat()
    one.flush()
    assert "cmdstat_incrby" not in redis.info("commandstats")


def test_what_a_lost_redis_was_not_told_is_told_later(
    redis: Any, server: RedisServer, processes: tuple[BackgroundCounts, ...], clock: Clock
) -> None:
    one, _ = processes
    one.use(KEY, ttl_s=60)
    one.flush()
    server.stop()
    assert one.use(KEY, ttl_s=60) == 2
    one.flush()
    assert one.use(KEY, ttl_s=60) == 3, "it goes on by itself"
    server.start()
    clock.advance(2.0)
    one.flush()
    assert held(redis) == 3
    assert one.use(KEY, ttl_s=60) == 4


def test_counts_whose_time_is_over_are_forgotten(
    processes: tuple[BackgroundCounts, ...], clock: Clock
) -> None:
    one, _ = processes
    for number in range(5):
        one.use(f"limit:reads:{number}:1", ttl_s=60)
    one.flush()
    assert len(one._counts) == 5
    clock.advance(61)
    one.flush()
    assert one._counts == {}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock().install(monkeypatch)


def test_the_thread_tells_by_itself(redis: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told = threading.Event()
    counts = BackgroundCounts()
    flush = counts.flush
    monkeypatch.setattr(shared_counts, "FLUSH_S", 0.01)

    def flush_and_tell() -> None:
        flush()
        told.set()

    monkeypatch.setattr(counts, "flush", flush_and_tell)
    counts.use(KEY, ttl_s=60)
    assert told.wait(10)
    assert held(redis) == 1
    counts.forget()


CHILD = """
import os, django
django.setup()
from django.conf import settings
from platform_site.kit.rest import shared_counts
settings.CACHES = {"default": {
    "BACKEND": "platform_site.json_cache.SharedCache", "LOCATION": os.environ["REDIS"]}}
shared_counts.FLUSH_S = 3600.0
count = lambda: shared_counts.background.use(os.environ["KEY"], ttl_s=60)
count()
if os.environ["FORKS"]:
    pid = os.fork()
    if not pid:
        assert count() == 1, "what the parent has counted is the parent's to tell"
        raise SystemExit(0)  # not os._exit: a worker ends like this
    assert os.waitpid(pid, 0)[1] == 0
"""


@pytest.mark.parametrize(("forks", "told"), [("", 1), ("yes", 2)])
def test_a_process_that_ends_tells_what_it_has_counted(
    redis: Any, server: RedisServer, forks: str, told: int
) -> None:
    subprocess.run(
        [sys.executable, "-c", CHILD],
        env={
            "PATH": "/usr/bin:/bin",
            "DJANGO_SETTINGS_MODULE": "platform_site.settings.test_embedded",
            "PYTHONPATH": str(ROOT),
            "REDIS": server.url,
            "KEY": KEY,
            "FORKS": forks,
        },
        check=True,
        timeout=60,
    )
    assert held(redis) == told


@pytest.mark.parametrize("store", ["redis", "memory"])
def test_changes_count_forget_and_mark_in_one_round_trip(
    redis: Any, settings: Settings, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if store == "memory":
        memory = {"BACKEND": "platform_site.json_cache.MemoryCache"}
        settings.CACHES = {**settings.CACHES, "default": memory}
    for key in ("counted", "forgotten", "likewise"):
        cache.set(key, 3, 60)
    asked = Mock(wraps=shared_cache.query)
    monkeypatch.setattr(shared_cache, "query", asked)
    changes = CacheChanges()
    changes.add("counted", Addition(-1, 60))
    changes.forget("forgotten", "likewise")
    changes.mark("marked", ttl_s=60)
    changes.send()
    assert asked.call_count == 1
    assert cache.get_many(["counted", "forgotten", "likewise", "marked"]) == {
        "counted": 2,
        "marked": 1,
    }
    if store == "redis":
        names = [caches["default"].make_key(name) for name in ("counted", "marked")]
        assert all(0 < redis.ttl(name) <= 60 for name in names)


def test_the_user_of_a_role_may_do_all_of_it(
    server: RedisServer, redis: Any, settings: Settings
) -> None:
    own = {**settings.CACHES["default"], "LOCATION": server.url_of("auth"), "KEY_PREFIX": "auth"}
    settings.CACHES = {**settings.CACHES, "default": own}
    add({"counted": Addition(2, 60)})
    changes = CacheChanges()
    changes.add("counted", Addition(-1, 60))
    changes.forget("forgotten")
    changes.mark("marked", ttl_s=60)
    changes.send()
    assert numbers(["counted", "forgotten", "marked"]) == [1, None, 1]
