"""What the caches keep is JSON: code that somebody else put there is data that cannot be read."""

import json
import os
import pickle
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.cache.backends.base import BaseCache
from redis import Redis
from redis.exceptions import RedisError

from platform_site.json_cache import (
    FileCache,
    JSONSerializer,
    MemoryCache,
    SharedCache,
    UnreadableValueError,
)
from tests.platform_site.roles import ROLES, Manifests, python
from tests.servers.redis import RedisServer, any_redis

pytestmark = pytest.mark.processes

VALUES = [1, -7, 0, "text", "é", None, True, 1.5, [1, [2]], {"a": {"b": []}}, 2**40]


class Code:
    """Unpickling one makes a directory."""

    def __init__(self, proof: Path) -> None:
        self._proof = proof

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (str(self._proof),)


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    server = any_redis()
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["memory", "files", "redis"])
def kept(request: pytest.FixtureRequest, tmp_path: Path, redis: RedisServer) -> Iterator[BaseCache]:
    made: dict[str, BaseCache] = {
        "memory": MemoryCache(str(tmp_path), {}),
        "files": FileCache(tmp_path / "cache", {}),
        "redis": SharedCache(redis.url, {"OPTIONS": {"serializer": JSONSerializer}}),
    }
    yield made[request.param]
    made[request.param].clear()


@pytest.mark.parametrize("value", VALUES)
def test_what_is_json_comes_back(kept: BaseCache, value: Any) -> None:
    kept.set("key", value, 10)
    assert kept.get("key", "absent") == value
    assert type(kept.get("key")) is type(value)


@pytest.mark.parametrize("value", [b"bytes", object(), {1: 2}, {1, 2}])
def test_what_is_not_json_is_refused_when_it_is_written(kept: BaseCache, value: Any) -> None:
    with pytest.raises(TypeError):
        kept.set("key", value)
    assert kept.get("key") is None


def test_a_key_is_added_once_lives_as_long_as_it_should_and_goes(kept: BaseCache) -> None:
    assert kept.add("key", 1, 10) is True
    assert kept.add("key", 2, 10) is False
    assert kept.touch("key", 20) is True
    assert kept.delete("key") is True
    assert kept.delete("key") is False
    assert kept.touch("key", 20) is False
    kept.set("gone", 1, 0)
    assert kept.get("gone", "absent") == "absent"
    kept.set("other", 1)
    kept.clear()
    assert kept.get("other") is None


@pytest.mark.parametrize("kept", ["memory", "redis"], indirect=True)
def test_numbers_are_counted(kept: BaseCache) -> None:
    kept.set("uses", 1, 10)
    assert [kept.incr("uses"), kept.incr("uses", 5), kept.get("uses")] == [2, 7, 7]
    with pytest.raises(ValueError, match=":1:nothing"):
        kept.incr("nothing")


def test_code_in_redis_is_unreadable_and_is_not_run(redis: RedisServer, tmp_path: Path) -> None:
    cache = SharedCache(redis.url, {"OPTIONS": {"serializer": JSONSerializer}})
    with Redis.from_url(redis.url) as client:
        client.set(":1:key", pickle.dumps(Code(tmp_path / "ran")))
    with pytest.raises(UnreadableValueError) as raised:
        cache.get("key")
    assert isinstance(raised.value, RedisError)  # so callers treat it as no answer
    assert not (tmp_path / "ran").exists()
    cache.clear()


def test_code_in_a_file_is_unreadable_and_is_not_run(tmp_path: Path) -> None:
    cache = FileCache(tmp_path, {})
    cache.set("key", 1)
    (file,) = tmp_path.iterdir()
    file.write_bytes(pickle.dumps(Code(tmp_path / "ran")))
    with pytest.raises(UnreadableValueError):
        cache.get("key")
    assert not (tmp_path / "ran").exists()


def test_files_are_for_their_owner_and_the_oldest_make_room(tmp_path: Path) -> None:
    directory = tmp_path / "cache"
    cache = FileCache(directory, {"OPTIONS": {"MAX_ENTRIES": 6}})
    for number in range(6):
        cache.set(f"key{number}", number)
        os.utime(cache._file(f"key{number}", None), (number, number))
    cache.set("last", 6)
    assert [cache.get(f"key{number}") for number in range(6)] == [None, None, None, 3, 4, 5]
    assert cache.get("last") == 6
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in directory.iterdir()} == {0o600}


LOADED = """
import json, pickle
import django
django.setup()
from django.conf import settings
from django.core.cache import caches
used = []
for name in ("loads", "dumps", "load", "dump"):
    setattr(pickle, name, lambda *a, _name=name, **k: used.append(_name))
for alias in settings.CACHES:
    cache = caches[alias]
    cache.set("gate", {"a": [1]}, 5)
    assert cache.get("gate") == {"a": [1]}, alias
    cache.delete("gate")
print(json.dumps({"aliases": sorted(settings.CACHES), "used": used}))
"""


def test_no_cache_of_any_role_unpickles(redis: RedisServer, tmp_path: Path) -> None:
    manifests = Manifests()
    environments = {
        role: {**given, "CACHE_URL": redis.url}
        for role in ROLES
        if "CACHE_URL" in (given := manifests.environment(role))
    }
    environments["embedded"] = {
        "DJANGO_SETTINGS_MODULE": "platform_site.settings.embedded",
        "VAR_DIR": str(tmp_path / "var"),
    }

    def loaded(role: str) -> dict[str, Any]:
        done = python("-c", LOADED, environment=environments[role])
        assert done.returncode == 0, f"{role}\n{done.stderr}"
        return dict(json.loads(done.stdout.splitlines()[-1]))

    with ThreadPoolExecutor(2) as threads:
        found = dict(zip(environments, threads.map(loaded, environments), strict=True))
    expected = {"aliases": ["default", "revocations"], "used": []}
    assert found == dict.fromkeys(environments, expected)


def test_commands_share_a_client(redis: RedisServer) -> None:
    cache = SharedCache(redis.url, {"OPTIONS": {"serializer": JSONSerializer}})
    backend: Any = cache._cache
    assert backend.get_client() is backend.get_client("key", write=True)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: cache.set(f"key-{number}", number, 10), range(64)))
    assert cache.get_many([f"key-{number}" for number in range(64)]) == {
        f"key-{number}": number for number in range(64)
    }
