"""Programs at a gateway of two processes: a revoked key, and a role's new secret."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import urllib3

from platform_site.kit.identifiers import random_token
from tests.servers.platform import Platform
from tests.servers.ports import free_port
from tests.servers.processes import Program, wait_until_ready

pytestmark = pytest.mark.processes

SEEN_WITHIN_S = 1.0
"""How long a process remembers that a session, or a key, goes on."""


def asked(url: str, bearer: str) -> int:
    """One read, on a connection of its own: any process may take it."""
    headers = {"Authorization": f"Bearer {bearer}", "Connection": "close"}
    return urllib3.request("GET", f"{url}/api/v1/images", headers=headers, retries=False).status


def test_a_revoked_key_is_refused_by_every_process_within_a_second(split: Platform) -> None:
    alice, url = split.person("alice"), split.address("gateway")
    made = alice.send("POST", "/auth/api-keys", {"name": "k", "scopes": ["images:read"]}).json
    key: str = made["key"]
    with ThreadPoolExecutor(50) as threads:
        assert Counter(threads.map(lambda _: asked(url, key), range(50))) == {200: 50}
        answers: list[tuple[float, int]] = []
        until = time.monotonic() + 3

        def on() -> None:
            while time.monotonic() < until:
                began = time.monotonic()
                answers.append((began, asked(url, key)))

        running = [threads.submit(on) for _ in range(50)]
        time.sleep(0.5)
        assert alice.send("DELETE", f"/auth/api-keys/{made['id']}").status == 204
        ended = time.monotonic()
        for one in running:
            one.result()
    late = Counter(status for began, status in answers if began > ended + SEEN_WITHIN_S)
    assert set(late) == {401}
    assert set(Counter(status for _, status in answers)) == {200, 401}
    assert alice.send("GET", "/api/v1/images").status == 200


@contextmanager
def reading(urls: list[str], bearer: str) -> Iterator[Counter[int]]:
    """Somebody reads from each of ``urls``, which may grow, all the while."""
    seen: Counter[int] = Counter()
    stop = threading.Event()

    def on() -> None:
        while not stop.is_set():
            for url in list(urls):
                seen[asked(url, bearer)] += 1
            time.sleep(0.02)

    thread = threading.Thread(target=on)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


def test_a_roles_secret_is_replaced_while_its_reads_go_on(split: Platform) -> None:
    """Auth takes both, then a gateway shows the new one; what follows is a unit test's."""
    alice = split.person("alice")
    assert alice.send("GET", "/api/v1/images").status == 200
    old, new = split.material.gateway_secret, random_token()
    clients = split.directory / "secrets" / "auth" / "service-clients.json"
    before, urls = clients.read_text(), [split.address("gateway")]
    with reading(urls, alice.token) as seen:
        clients.write_text(json.dumps({**json.loads(before), "gateway": [old, new]}))
        split.programs["auth"].stop()
        split.start("auth")
        port = free_port()
        environment = {
            name: value
            for name, value in split.environment("gateway").items()
            if name != "SERVICE_CLIENT_SECRET_FILE"
        }
        environment |= {"PORT": str(port), "METRICS_PORT": "0", "SERVICE_CLIENT_SECRET": new}
        second = Program("gateway-new", split.web, environment, split.directory)
        second.start()
        try:
            wait_until_ready(second, f"http://127.0.0.1:{port}/readyz")
            urls.append(f"http://127.0.0.1:{port}")
            time.sleep(1)
            assert split.service_token("images")
        finally:
            del urls[1:]
            time.sleep(0.3)
            second.stop()
            clients.write_text(before)
    assert set(seen) == {200}
    assert seen[200] > 20
