"""SIGTERM under load loses nothing: what had begun is finished, and a job ends once."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.client import HTTPResponse

import pytest
import urllib3

from tests.servers.person import PASSWORD, PHOTOGRAPHS, Person
from tests.servers.platform import Platform, platform

pytestmark = pytest.mark.processes

REQUESTS = 4
"""As many bodies as one process takes at once, should all of them come to it."""
WAIT_S = 30.0
PHOTOGRAPH = PHOTOGRAPHS / "mountains.jpg"
EDGE = "----edge-of-the-form"


@pytest.fixture(scope="module")
def split(postgresql_url: str) -> Iterator[Platform]:
    with platform(postgresql_url) as running:
        yield running


def _upload(alice: Person) -> tuple[str, dict[str, str], bytes]:
    disposition = 'Content-Disposition: form-data; name="file"; filename="mountains.jpg"'
    head = f"--{EDGE}\r\n{disposition}\r\nContent-Type: image/jpeg\r\n\r\n".encode()
    headers = {
        "Authorization": f"Bearer {alice.token}",
        "Content-Type": f"multipart/form-data; boundary={EDGE}",
    }
    body = head + PHOTOGRAPH.read_bytes() + f"\r\n--{EDGE}--\r\n".encode()
    return "/api/v1/images", headers, body


def _login(alice: Person) -> tuple[str, dict[str, str], bytes]:
    body = json.dumps({"email": alice.email, "password": PASSWORD, "mode": "token"}).encode()
    return "/auth/login", {"Content-Type": "application/json"}, body


def _begun(port: int, path: str, headers: dict[str, str], body: bytes) -> socket.socket:
    """A POST of which half the body is sent, once a thread of the role has said to go on."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=WAIT_S)
    lines = {"Host": "localhost", "Content-Length": str(len(body)), "Expect": "100-continue"}
    words = "".join(f"{name}: {value}\r\n" for name, value in {**lines, **headers}.items())
    connection.sendall(f"POST {path} HTTP/1.1\r\n{words}\r\n".encode())
    assert connection.recv(64).startswith(b"HTTP/1.1 100 ")
    connection.sendall(body[: len(body) // 2])
    return connection


def _serves_nothing_new(port: int) -> None:
    """Return once a new request gets no answer. Endpoints have forgotten such a pod (preStop)."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        try:
            urllib3.request("GET", f"http://127.0.0.1:{port}/livez", timeout=1.0, retries=False)
        except urllib3.exceptions.HTTPError:
            return
    raise AssertionError("it still answers new requests")


@pytest.mark.parametrize(("role", "request_of"), [("gateway", _upload), ("auth", _login)])
def test_what_a_role_has_begun_when_it_is_told_to_end_is_answered(
    split: Platform, role: str, request_of: Callable[[Person], tuple[str, dict[str, str], bytes]]
) -> None:
    path, headers, body = request_of(split.person("alice"))
    program = split.programs[role]
    assert program.process is not None
    with ExitStack() as stack:
        begun = [
            stack.enter_context(_begun(split.ports[role], path, headers, body))
            for _ in range(REQUESTS)
        ]
        program.process.terminate()
        _serves_nothing_new(split.ports[role])
        for connection in begun:
            connection.sendall(body[len(body) // 2 :])
        replies = [HTTPResponse(connection) for connection in begun]
        for reply in replies:
            reply.begin()

        # The same picture twice is the one that is there already: 200 instead of 202.
        assert {reply.status for reply in replies} <= {200, 202}
        said = [json.loads(reply.read()) for reply in replies]
        assert all("access" in one or one["image"]["id"] for one in said)
    assert program.process.wait(WAIT_S) == 0
    split.start(role)


def test_a_job_that_runs_when_its_worker_is_told_to_end_ends_once(split: Platform) -> None:
    alice = split.person("alice")
    uploaded = alice.upload(PHOTOGRAPH).json
    job = f"/api/v1/jobs/{uploaded['job']['id']}"
    deadline = time.monotonic() + WAIT_S
    while alice.send("GET", job).json["state"] == "queued":
        assert time.monotonic() < deadline, split.programs["worker"].words()
        time.sleep(0.01)
    assert alice.send("GET", job).json["state"] == "running"

    worker = split.programs["worker"]
    assert worker.process is not None
    worker.process.terminate()
    worker.process.wait(60)

    ended = alice.send("GET", job).json
    assert (ended["state"], ended["attempt"]) == ("succeeded", 1)
    split.start("worker")
    later = alice.upload(PHOTOGRAPHS / "dogs-progressive.jpg").json
    alice.job_ended(later["job"]["id"])
    assert alice.send("GET", job).json == ended
    specs = [r["spec"] for r in alice.image(uploaded["image"]["id"])["renditions"]]
    assert len(specs) == len(set(specs)) == 8
