"""Django's caches over JSON. Their own format is pickle, which runs code of whoever wrote it.

What is kept has to be JSON: text, numbers, lists, objects with text keys, true, false, null.
"""

import hashlib
import os
import tempfile
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

import orjson
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import Redis
from redis.exceptions import RedisError

SUFFIX: Final = ".json"


class UnreadableValueError(RedisError, ValueError):
    """The store holds something that is no JSON; to a caller it is a store without an answer."""


class JSONSerializer:
    """For ``OPTIONS["serializer"]`` of Django's Redis cache. Numbers stay countable (``INCR``)."""

    def dumps(self, value: Any) -> bytes:
        """``value`` as JSON. Raises ``TypeError`` for what JSON does not have, bytes among it."""
        return orjson.dumps(value)

    def loads(self, held: bytes) -> Any:
        """The value again. Raises `UnreadableValueError`, and never runs anything."""
        try:
            return orjson.loads(held)
        except orjson.JSONDecodeError as exc:
            raise UnreadableValueError("The cache holds something that is no JSON.") from exc


class KeptClient(RedisCacheClient):
    """Django's, save that it makes one client of redis-py for each server, and not one a command.

    To make one costs more processor time than a command. It takes a connection of the pool for
    each command, as before, so threads and forks may share it.
    """

    _get_connection_pool_index: Callable[[bool], int]  # these are Django's own, as below
    _get_connection_pool: Callable[[bool], Any]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._kept: dict[int, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:  # noqa: ARG002
        """The client of redis-py for a server that is read, or written to."""
        index = self._get_connection_pool_index(write)
        if index not in self._kept:
            pool = self._get_connection_pool(write)
            self._kept[index] = Redis(connection_pool=pool)
        return self._kept[index]


class SharedCache(RedisCache):
    """Django's Redis cache, with a `KeptClient`."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient


class MemoryCache(LocMemCache):
    """Django's cache in the process's memory, of JSON."""

    _cache: OrderedDict[str, bytes]  # these are Django's own; its stubs leave them out
    _lock: AbstractContextManager[bool]
    _has_expired: Callable[[str], bool]
    _delete: Callable[[str], bool]
    _set: Callable[[str, bytes, Any], None]
    _json: Final = JSONSerializer()

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Set, unless the key is there."""
        name, held = self.make_and_validate_key(key, version=version), self._json.dumps(value)
        with self._lock:
            if not self._has_expired(name):
                return False
            self._set(name, held, timeout)
            return True

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, or ``default``."""
        name = self.make_and_validate_key(key, version=version)
        with self._lock:
            if self._has_expired(name):
                self._delete(name)
                return default
            self._cache.move_to_end(name, last=False)
            return self._json.loads(self._cache[name])

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Set, over what was there."""
        name, held = self.make_and_validate_key(key, version=version), self._json.dumps(value)
        with self._lock:
            self._set(name, held, timeout)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Count on; raises ``ValueError`` for a key that is not there."""
        name = self.make_and_validate_key(key, version=version)
        with self._lock:
            if self._has_expired(name):
                self._delete(name)
                raise ValueError(f"There is no key {name!r}.")
            counted = int(self._json.loads(self._cache[name])) + delta
            self._cache[name] = self._json.dumps(counted)
            self._cache.move_to_end(name, last=False)
            return counted


class FileCache(BaseCache):
    """A value a file, shared by the processes of one user; for few keys, none of them counted."""

    _json: Final = JSONSerializer()

    def __init__(self, location: str | Path, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._directory = Path(location)

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Set, unless the key is there. Two at once may both get True."""
        if self.has_key(key, version=version):
            return False
        self.set(key, value, timeout, version=version)
        return True

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, or ``default``."""
        file = self._file(key, version)
        try:
            until, value = self._json.loads(file.read_bytes())
        except FileNotFoundError:
            return default
        if until is not None and until <= time.time():
            file.unlink(missing_ok=True)
            return default
        return value

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Set, over what was there; a reader sees the one or the other, whole."""
        held = self._json.dumps([self.get_backend_timeout(timeout), value])
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._cull()
        descriptor, unfinished = tempfile.mkstemp(dir=self._directory)  # for its owner only
        with os.fdopen(descriptor, "wb") as file:
            file.write(held)
        Path(unfinished).replace(self._file(key, version))

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Give the key a new time to live; false when it is not there."""
        missing = object()
        value = self.get(key, missing, version=version)
        if value is missing:
            return False
        self.set(key, value, timeout, version=version)
        return True

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Whether the key was there."""
        try:
            self._file(key, version).unlink()
        except FileNotFoundError:
            return False
        return True

    def clear(self) -> None:
        """Delete every value."""
        for file in self._directory.glob(f"*{SUFFIX}"):
            file.unlink(missing_ok=True)

    def _file(self, key: Any, version: int | None) -> Path:
        name = self.make_and_validate_key(key, version=version)
        return self._directory / f"{hashlib.sha256(name.encode()).hexdigest()}{SUFFIX}"

    def _cull(self) -> None:
        """Make room: the oldest third goes when there are too many."""
        files = list(self._directory.glob(f"*{SUFFIX}"))
        if len(files) < self._max_entries:
            return
        by_age = sorted(files, key=lambda file: file.stat().st_mtime)
        for file in by_age[: len(files) // 3 + 1]:
            file.unlink(missing_ok=True)
