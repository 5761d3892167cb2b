"""A real gateway process: it relays files that it never holds, and survives rude clients."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.gateway.documents import upload, usage
from tests.gateway.people import Person
from tests.gateway.provider import Answer, Provider, serving
from tests.servers.ports import free_port, wait_for_port
from tests.servers.redis import any_redis

pytestmark = pytest.mark.processes

ROOT = Path(__file__).resolve().parents[2]
FILE_BYTES = 40_000_000
HEAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
TAIL = b"\r\n--b--\r\n"
LENGTH = len(HEAD) + FILE_BYTES + len(TAIL)


class Gateway:
    """One gunicorn worker of the role gateway."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port = port
        self._process = process

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def peak_bytes(self) -> int:
        """The largest resident size that the worker ever had (VmHWM)."""
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        status = Path(f"/proc/{children[0]}/status").read_text()
        [line] = [line for line in status.splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) * 1024


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """One for the module, as the gateway's process is."""
    with serving(Provider()) as running:
        yield running


@pytest.fixture(autouse=True)
def _answers(provider: Provider) -> None:
    provider.received.clear()
    provider.drained_bytes = provider.aborted = 0
    provider.reads_bodies = True
    provider.keeps_bodies = False
    token = {"access_token": "t", "token_type": "Bearer", "expires_in": 300}
    provider.on("POST", "/internal/v1/token", Answer(200, token))
    provider.on("GET", "/internal/v1/usage", Answer(200, usage()))
    provider.on("POST", "/internal/v1/images", Answer(202, upload()))


@pytest.fixture(scope="module")
def gateway(provider: Provider) -> Iterator[Gateway]:
    redis = any_redis()
    redis.start()
    port = free_port()
    secret = "-".join(str(number) for number in range(100, 120))
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "platform_site.settings.gateway",
        "DJANGO_SECRET_KEY": secret,
        "SERVICE_CLIENT_SECRET": secret,
        "CACHE_URL": redis.url,
        "AUTH_URL": provider.url,
        "IMAGES_URL": provider.url,
        "JWKS": json.dumps(settings.JWKS_BUNDLE),
        "TOKEN_ISSUER": settings.TOKEN_ISSUER,
        "PORT": str(port),
        "WEB_WORKERS": "1",
        "WEB_THREADS": "4",
        "LOG_LEVEL": "WARNING",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "python:platform_site.gunicorn"],
        cwd=ROOT,
        env=environment,
    )
    try:
        wait_for_port(port)
        yield Gateway(port, process)
    finally:
        process.terminate()
        process.wait(timeout=40)
        redis.stop()


def pieces() -> Iterator[bytes]:
    yield HEAD
    block = os.urandom(100_000)
    for _ in range(FILE_BYTES // len(block)):
        yield block
    yield TAIL


def headers(alice: Person, **more: str) -> dict[str, str]:
    form = {"Content-Type": "multipart/form-data; boundary=b", "Content-Length": str(LENGTH)}
    return {**alice.headers, **form, **more}


def send(
    connection: http.client.HTTPConnection, alice: Person, **more: str
) -> tuple[int, http.client.HTTPResponse, bytes]:
    connection.request("POST", "/api/v1/images", pieces(), headers(alice, **more))
    response = connection.getresponse()
    return response.status, response, response.read()


def test_memory_does_not_grow_with_the_file(
    gateway: Gateway, provider: Provider, alice: Person
) -> None:
    connection = gateway.connection()
    connection.request("GET", "/api/v1/usage", headers=alice.headers)
    assert connection.getresponse().read()
    before = gateway.peak_bytes()
    status, _, body = send(connection, alice)
    assert (status, json.loads(body)["job"]["state"]) == (202, "queued")
    assert provider.drained_bytes >= LENGTH
    status, response, _ = send(connection, alice, **{"Idempotency-Key": "k"})
    assert status == 202
    status, response, _ = send(connection, alice, **{"Idempotency-Key": "another"})
    assert (status, response.getheader("Idempotency-Replayed")) == (202, None)
    connection.close()
    assert gateway.peak_bytes() - before < 10_000_000


def test_an_early_answer_reaches_a_client_that_is_still_sending(
    gateway: Gateway, provider: Provider, alice: Person
) -> None:
    provider.reads_bodies = False
    provider.refuse("POST", "/internal/v1/images", 413, "file_too_large")
    provider.on("GET", "/internal/v1/usage", Answer(200, usage()))
    connection = gateway.connection()
    status, _, body = send(connection, alice)
    assert (status, json.loads(body)["code"]) == (413, "file_too_large")
    connection.request("GET", "/api/v1/usage", headers=alice.headers)
    assert connection.getresponse().status == 200
    connection.close()


def go_away(gateway: Gateway, provider: Provider, alice: Person, **more: str) -> None:
    """Send the beginning of an upload, close, and wait until images has noticed."""
    before = provider.aborted
    with socket.create_connection(("127.0.0.1", gateway.port)) as rude:
        lines = [f"{name}: {value}" for name, value in headers(alice, **more).items()]
        head = "\r\n".join(["POST /api/v1/images HTTP/1.1", "Host: localhost", *lines])
        rude.sendall(head.encode() + b"\r\n\r\n" + HEAD + b"x" * 100_000)
    deadline = time.monotonic() + 10
    while provider.aborted == before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert provider.aborted == before + 1


def test_clients_that_go_away_do_not_open_the_breaker(
    gateway: Gateway, provider: Provider, alice: Person
) -> None:
    for _ in range(6):
        go_away(gateway, provider, alice)
    connection = gateway.connection()
    connection.request("GET", "/api/v1/usage", headers=alice.headers)
    assert connection.getresponse().status == 200
    connection.close()


def test_an_upload_that_was_cut_leaves_its_key_free(
    gateway: Gateway, provider: Provider, alice: Person
) -> None:
    key = {"Idempotency-Key": "cut"}
    go_away(gateway, provider, alice, **key)
    status = 409
    deadline = time.monotonic() + 10
    while status == 409 and time.monotonic() < deadline:
        connection = gateway.connection()
        status, response, _ = send(connection, alice, **key)
        connection.close()
    assert (status, response.getheader("Idempotency-Replayed")) == (202, None)


def test_a_chunked_body_is_a_411(gateway: Gateway, provider: Provider, alice: Person) -> None:
    connection = gateway.connection()
    form = {"Content-Type": "multipart/form-data; boundary=b"}
    connection.request(
        "POST",
        "/api/v1/images",
        iter([HEAD, b"x", TAIL]),
        {**alice.headers, **form},
        encode_chunked=True,
    )
    response = connection.getresponse()
    assert (response.status, json.loads(response.read())["code"]) == (411, "length_required")
    assert provider.asked("POST", "/internal/v1/images") == []
    connection.close()


def test_an_unknown_file_is_not_read_without_a_token(gateway: Gateway, provider: Provider) -> None:
    connection = gateway.connection()
    form = {"Content-Type": "multipart/form-data; boundary=b", "Content-Length": "3"}
    connection.request("POST", "/api/v1/images", b"abc", form)
    assert connection.getresponse().status == 401
    assert provider.received == []
    connection.close()
