"""A burst of sign-ins against the role auth as its pod runs it, in the memory that its pod has.

A container's limit counts each page once, for the group that touched it first: what processes hold
of their own, what they share (the arbiter loads the role, its workers inherit it), and the page
cache of the files they read, which is given up before anything is killed. So where this machine
lets the test make such a group, the kernel itself is asked for the peak, and ends whoever goes
beyond. Elsewhere no sum over processes is that number. ``VmHWM`` of each counts shared pages
again for each, ``Pss`` has no peak: the peaks of the workers with the arbiter's ``Pss`` are an
upper bound, some 100 MiB too high.
"""

import re
import shlex
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
import urllib3

from deploy.k8s.tools import objects
from deploy.k8s.tools.quantities import number
from tests.deploy.workspace import MANIFESTS, ROOT, kubectl_is_needed
from tests.servers.platform import GUNICORN, platform
from tests.servers.processes import Program, wait_until_ready
from tests.servers.redis import any_redis

pytestmark = pytest.mark.processes

BURST = 64
GROUPS = Path("/sys/fs/cgroup/memory")
PASSWORD = "a long sentence nobody guesses"


@dataclass
class Auth:
    """The role, its processes, and what the kernel lets it have."""

    program: Program
    address: str
    limit_bytes: int
    group: Path | None

    def pids(self) -> list[int]:
        """The arbiter first, then its workers."""
        assert self.program.process is not None
        pid = self.program.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *map(int, children)]

    def memory(self, field: str, *pids: int) -> int:
        """``VmHWM`` (the peak, shared pages for each) or ``Pss`` of all processes, in bytes."""
        file = "status" if field.startswith("Vm") else "smaps_rollup"
        texts = [Path(f"/proc/{pid}/{file}").read_text() for pid in pids or self.pids()]
        found = [re.search(rf"^{field}:\s+(\d+) kB", text, re.MULTILINE) for text in texts]
        return sum(int(each[1]) * 1024 for each in found if each is not None)

    def peak(self) -> int:
        """What the whole has held at most, as the limit counts it; without a group, no less."""
        if self.group is not None:
            return int((self.group / "memory.max_usage_in_bytes").read_text())
        arbiter, *workers = self.pids()
        return self.memory("VmHWM", *workers) + self.memory("Pss", arbiter)

    def sign_in(self, email: str) -> urllib3.BaseHTTPResponse:
        """One try."""
        return urllib3.request(
            "POST",
            f"{self.address}/auth/login",
            body=orjson.dumps({"email": email, "password": PASSWORD, "mode": "token"}),
            headers={"Content-Type": "application/json"},
            timeout=60.0,
            retries=False,
        )


def manifest_limit() -> int:
    kubectl_is_needed()
    rendered = objects.objects(objects.build(MANIFESTS / "roles" / "auth"))
    (deployment,) = objects.of_kind(rendered, "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    return int(number(container["resources"]["limits"]["memory"]))


def image_variables() -> dict[str, str]:
    found = re.search(r"MALLOC_ARENA_MAX=(\d+)", (ROOT / "Dockerfile").read_text())
    assert found is not None
    return {"MALLOC_ARENA_MAX": found[1]}


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Path | None]:
    """A memory cgroup of the pod's size, where one can be made here."""
    group = GROUPS / f"burst-{tmp_path.name}"
    try:
        group.mkdir()
    except OSError:
        yield None  # then only the peak is looked at, below
        return
    (group / "memory.limit_in_bytes").write_text(str(manifest_limit()))
    yield group
    group.rmdir()


def inside(group: Path | None) -> tuple[str, ...]:
    """What puts a command into ``group``."""
    if group is None:
        return ()
    return ("sh", "-c", f'echo $$ > {shlex.quote(str(group))}/cgroup.procs; exec "$@"', "sh")


@pytest.fixture
def auth(group: Path | None, postgresql_url: str, tmp_path: Path) -> Iterator[Auth]:
    with platform(postgresql_url, roles=(), redis=any_redis) as split:
        environment = split.environment("auth") | image_variables()
        for as_in_the_manifest in ("WEB_WORKERS", "WEB_THREADS"):
            del environment[as_in_the_manifest]
        environment["ACCOUNT_RATE_LIMITS"] = '{"login": [1000, 60]}'
        program = Program("auth", (*inside(group), *GUNICORN), environment, tmp_path)
        program.start()
        wait_until_ready(program, f"{split.address('auth')}/readyz")
        yield Auth(program, split.address("auth"), manifest_limit(), group)
        program.stop()


def burst(auth: Auth) -> set[tuple[int, bool]]:
    """How 64 sign-ins at once are answered: status, and whether it says when to come back."""
    begin = threading.Barrier(BURST)

    def come(number: int) -> tuple[int, bool]:
        begin.wait(30)
        reply = auth.sign_in(f"nobody-{number}@example.com")
        return reply.status, "Retry-After" in reply.headers

    with ThreadPoolExecutor(BURST) as threads:
        return set(threads.map(come, range(BURST)))


def test_64_sign_ins_at_once_break_none_and_kill_nobody(auth: Auth) -> None:
    workers = auth.pids()
    outcomes = burst(auth)
    assert outcomes <= {(401, False), (503, True)}
    assert (401, False) in outcomes
    for _ in range(2):  # until each worker has had its share
        burst(auth)
    assert auth.pids() == workers, "the same processes as before"
    assert auth.peak() < auth.limit_bytes
    assert auth.memory("Pss") < auth.limit_bytes * 0.8, "what was taken is given back"
