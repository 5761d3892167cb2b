"""A picture that ends every process that opens it, and files that are broken."""

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg

from drills.faults._parts import killed
from drills.platform import DrillPlatform
from tests.servers.person import PHOTOGRAPHS, Person

STATE: Final = "SELECT state, attempt FROM images_job WHERE id = %s"
LOOK_S: Final = 0.02
BROKEN: Final = (
    b"",
    b"GIF89a",
    b"\x89PNG\r\n\x1a\n" + bytes(64),
    b"\xff\xd8\xff\xe0" + bytes(200),
    b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    b"RIFF\xff\xff\xff\xffWEBPVP8 ",
)
ENDED_S: Final = 60.0


@contextmanager
def poisoned(platform: DrillPlatform) -> Iterator[None]:
    """Upload it, and kill whoever opens it until the platform gives it up."""
    url = platform.url
    person = Person(f"poison-{secrets.token_hex(4)}@example.com", url, url, url).sign_up()
    refused = [person.upload(content).status for content in BROKEN]
    if not all(400 <= status < 500 for status in refused):
        raise AssertionError(f"broken files were answered with {refused}")
    over = threading.Event()
    # With all presets it is at work for a second, which is time to meet it.
    uploaded = person.upload(PHOTOGRAPHS / "mountains.jpg").json
    job = uploaded["job"]["id"]
    killer = threading.Thread(target=_kills, args=(platform, job, over), daemon=True)
    killer.start()
    try:
        deadline = time.monotonic() + ENDED_S
        while (ended := person.send("GET", f"/api/v1/jobs/{job}").json)["state"] != "failed":
            if time.monotonic() > deadline or ended["state"] == "succeeded":
                raise AssertionError(f"the poison is not given up: {ended}")
            time.sleep(0.2)
        if ended["error"]["code"] != "worker_crashed":
            raise AssertionError(f"the poison has failed with {ended['error']}")
        yield
    finally:
        over.set()
        killer.join()


def _kills(platform: DrillPlatform, job: str, over: threading.Event) -> None:
    """Kill the children of both workers once for each run: nobody is told which has the job."""
    ended = 0
    with psycopg.connect(platform.database.url(), autocommit=True) as connection:
        while not over.wait(LOOK_S):
            row = connection.execute(STATE, [job]).fetchone()
            if row is not None and row[0] == "running" and row[1] > ended:
                ended = row[1]
                for name in platform.names("worker"):
                    killed(platform.children(name))
