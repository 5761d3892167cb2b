"""More sign-ins than a process has threads: those whose password is looked at hold few of them.

The hashes last until the test ends them, so nothing here depends on how fast a machine is.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import pytest
import urllib3

from accounts.rate_limits import HASHES
from platform_site.settings.parts.accounts import HASHES_AT_ONCE
from tests.accounts.gated_hashers import GATE
from tests.servers.person import PASSWORD
from tests.servers.platform import GUNICORN, Platform, platform
from tests.servers.processes import Program, wait_until_ready
from tests.servers.redis import any_redis

pytestmark = pytest.mark.processes

THREADS = 16  # as gunicorn's configuration has it
STORM = 2 * THREADS
REFRESHES = 25
WAIT_S = 120.0


@dataclass
class Storm:
    """Clients that each ask again as soon as they are answered, until ``over``."""

    address: str
    answers: Counter[int] = field(default_factory=Counter)
    over: threading.Event = field(default_factory=threading.Event)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def rage(self, number: int) -> None:
        """Sign in again and again as somebody else; a refusal as busy says when to come back."""
        while not self.over.is_set():
            reply = post(self.address, "login", email=f"nobody-{number}@example.com")
            assert reply.status != 503 or "Retry-After" in reply.headers
            with self.changed:
                self.answers[reply.status] += 1
                self.changed.notify_all()

    def more_are_refused(self, count: int) -> None:
        """Wait until so many more have been refused as busy."""
        with self.changed:
            wanted = self.answers[503] + count
            assert self.changed.wait_for(lambda: self.answers[503] >= wanted, WAIT_S)


def post(address: str, path: str, **body: str) -> urllib3.BaseHTTPResponse:
    if path == "login":
        body = {"password": PASSWORD, "mode": "token", **body}
    return urllib3.request(
        "POST",
        f"{address}/auth/{path}",
        body=orjson.dumps(body),
        headers={"Content-Type": "application/json"},
        timeout=WAIT_S,
        retries=False,
    )


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """While this file is there, no hash ends."""
    return tmp_path_factory.mktemp("gate") / "shut"


@pytest.fixture(scope="module")
def auth(postgresql_url: str, gate: Path) -> Iterator[Platform]:
    """One process of the role, with the threads that its manifest gives it."""
    extra = {"ACCOUNT_RATE_LIMITS": '{"login": [1000000, 60]}'}
    with platform(postgresql_url, roles=(), redis=any_redis, extra=extra) as split:
        own = {
            "DJANGO_SETTINGS_MODULE": "tests.accounts.gated_settings",
            "WEB_WORKERS": "1",
            "WEB_THREADS": str(THREADS),
            GATE: str(gate),
        }
        program = Program("auth", GUNICORN, split.environment("auth") | own, split.directory)
        split.programs["auth"] = program  # which ends it
        program.start()
        wait_until_ready(program, f"{split.address('auth')}/readyz")
        yield split


def test_sessions_are_refreshed_while_no_sign_in_ends(auth: Platform, gate: Path) -> None:
    address = auth.address("auth")
    alice = auth.person("alice")
    token = post(address, "login", email=alice.email).json()["refresh"]
    storm = Storm(address)
    with ThreadPoolExecutor(STORM) as clients:
        gate.touch()
        try:
            raging = [clients.submit(storm.rage, number) for number in range(STORM)]
            # All places for hashes are taken, those to wait for one too, and others come.
            storm.more_are_refused(STORM)
            for _ in range(REFRESHES):
                reply = post(address, "refresh", refresh=token)
                assert reply.status == 200, reply.data
                token = reply.json()["refresh"]
                storm.more_are_refused(1)  # so this one came into the storm
            assert set(storm.answers) == {503}, "not one sign-in has ended meanwhile"
        finally:
            gate.unlink()
            storm.over.set()
        for one in raging:
            one.result(WAIT_S)
    assert storm.answers[401] >= HASHES_AT_ONCE, "whoever had a place is answered"
    assert post(address, "refresh", refresh=token).status == 200


def test_those_who_wait_for_a_hash_leave_threads_to_others() -> None:
    assert HASHES_AT_ONCE + HASHES._most_waiting < THREADS
