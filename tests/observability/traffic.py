"""What people and programs do on an ordinary and on a bad day, so that every series moves."""

import io
import os
import struct
import subprocess
import sys
import time
import zlib
from urllib.parse import urlsplit

import urllib3
from PIL import Image

from tests.observability.stack import Stack
from tests.servers.person import PASSWORD, PHOTOGRAPHS, Person
from tests.servers.postgresql import programs
from tests.servers.processes import KEPT, ROOT
from tests.waiting import until


def distinct_photograph(number: int) -> bytes:
    """A photograph that no other call gives."""
    with Image.open(PHOTOGRAPHS / "mountains.jpg") as opened:
        opened.thumbnail((900 + number, 900 + number))
        stream = io.BytesIO()
        opened.save(stream, "JPEG", quality=90)
    return stream.getvalue()


def broken_photograph() -> bytes:
    """A PNG whose every chunk is in order and whose pixels are noise: only the worker can tell."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + _crc(kind + content)

    header = struct.pack(">IIBBBBB", 640, 480, 8, 2, 0, 0, 0)
    pixels = b"\x78\x9c" + bytes(range(256)) * 40
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def cut_photograph() -> bytes:
    """A photograph of which the second half has not come."""
    whole = distinct_photograph(70)
    return whole[: len(whole) // 2]


def _crc(content: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(content))


def ordinary_day(stack: Stack, alice: Person) -> None:
    """Uploads, refusals, deliveries, waiting, replays and sign-ins."""
    jobs = [alice.upload(distinct_photograph(number)).json["job"]["id"] for number in range(5)]
    jobs.append(alice.upload(cut_photograph()).json["job"]["id"])
    first = alice.upload(PHOTOGRAPHS / "wine-portrait-exif.jpg").json
    alice.upload(PHOTOGRAPHS / "wine-portrait-exif.jpg")
    alice.upload(b"this is no picture")
    broken = alice.upload(broken_photograph()).json["job"]["id"]
    alice.upload(
        PHOTOGRAPHS / "dandelion-alpha.png",
        route="/api/v1/process",
        headers={"Prefer": "wait=20"},
        presets="thumb",
    )
    for _ in range(2):
        alice.upload(PHOTOGRAPHS / "fig-display-p3.jpg", headers={"Idempotency-Key": "once-only-1"})
    for path in ("/api/v1/images", "/api/v1/usage", "/api/v1/overview", "/api/v1/nowhere", "/"):
        for _ in range(10):
            alice.send("GET", path)
    for job in (*jobs, first["job"]["id"]):
        alice.job_ended(job, timeout_s=90)
    assert alice.job_ended(broken, timeout_s=90)["state"] == "failed"
    for _ in range(5):
        alice.send("POST", f"/api/v1/jobs/{first['job']['id']}/retry")
    deliveries(alice, first["image"]["id"])
    alice.send("POST", "/api/v1/exports")
    backups(stack, damaged=True)
    people(stack)
    leaving(stack)
    program(stack)


def deliveries(alice: Person, image_id: str) -> None:
    """Pictures fetched, fetched again, and asked for with a forged signature."""
    for rendition in alice.image(image_id)["renditions"]:
        time.sleep(0.3)
        etag = alice.fetch(rendition["url"]).headers["ETag"]
        alice.fetch(rendition["url"], {"If-None-Match": etag})
        alice.fetch(rendition["url"].replace("/i/", "/i/x"))


def people(stack: Stack) -> None:
    """Wrong passwords until the account is locked; refreshes, one of them of a used token."""
    bob = stack.person("bob")
    body = {"email": bob.email, "password": "not the password", "mode": "token"}
    for _ in range(13):
        bob.send("POST", "/auth/login", body)
    for number in range(13):  # one network, a list of accounts
        bob.send("POST", "/auth/login", {**body, "email": f"somebody-{number}@example.com"})
    carol = stack.person("carol")
    signed_in = carol.send(
        "POST",
        "/auth/login",
        {"email": carol.email, "password": "a long sentence nobody guesses", "mode": "token"},
    ).json
    carol.send("POST", "/auth/refresh", {"refresh": signed_in["refresh"]})
    carol.send("POST", "/auth/refresh", {"refresh": "noise"})
    carol.send("POST", "/auth/password", {"current": "wrong", "new": "too short"})
    carol.send("POST", "/auth/reauthenticate", {"code": "000000"})
    carol.token = "not-a-token"
    for _ in range(5):
        carol.send("GET", "/api/v1/images")
    carol.token = ""
    carol.send("POST", "/auth/password/reset", {"email": bob.email})
    carol.send("POST", "/auth/sso/absent/begin", {})
    for _ in range(2):  # with a new account, and with that account
        through_provider(carol)
    newcomer = {"email": "dora@example.com", "password": "a long sentence nobody guesses"}
    carol.send("POST", "/auth/register", {**newcomer, "name": "Dora"})
    time.sleep(1.5)  # the grace period
    carol.send("POST", "/auth/password/reset", {"email": carol.email})
    carol.send("POST", "/auth/refresh", {"refresh": signed_in["refresh"]})


def through_provider(browser: Person) -> None:
    """A sign-in through the provider that is there."""
    begun = browser.send("POST", "/auth/sso/acme/begin", {})
    cookie = begun.headers["Set-Cookie"].partition(";")[0]
    sent_on = urllib3.request("GET", begun.json["url"], redirect=False, timeout=10)
    back = urlsplit(sent_on.headers["Location"])
    answer = browser.send("GET", f"{back.path}?{back.query}", headers={"Cookie": cookie})
    assert (answer.status, answer.headers["Location"]) == (303, "/")


def leaving(stack: Stack) -> None:
    """An account that its owner closes, and a link that nobody has sent."""
    frank = stack.person("frank")
    assert frank.send("DELETE", "/api/v1/account", {"password": PASSWORD}).status < 300
    frank.send("POST", "/auth/email/verify", {"token": "noise"})


def program(stack: Stack) -> None:
    """Requests with an API key, and some after it was revoked."""
    body = {"name": "traffic", "scopes": ["images:read"]}
    erin = stack.person("erin")  # who has just signed in, as the making of a key asks
    made = erin.send("POST", "/auth/api-keys", body).json
    bearer = {"Authorization": f"Bearer {made['key']}"}
    for _ in range(5):
        erin.send("GET", "/api/v1/images", headers=bearer)
    erin.send("DELETE", f"/auth/api-keys/{made['id']}")
    time.sleep(1.1)  # what a process remembers of the deny list
    for _ in range(3):
        erin.send("GET", "/api/v1/images", headers=bearer)


def backups(stack: Stack, *, damaged: bool) -> None:
    """A backup and its rehearsal, which finds it out where a bit of the backup has changed."""
    place = stack.directory / "backups"
    environment = {
        **{name: os.environ[name] for name in KEPT if name in os.environ},
        **stack.split.environment("backup"),
        **stack.split._store(),
        "DATABASE_URL": stack.split.database_url,
        "PATH": f"{programs()}:{os.environ['PATH']}",
        "BACKUP_URL": str(place),
        "BACKUP_KEY": "a long word of the backups",
        "REHEARSAL_DIRECTORY": str(stack.directory / "rehearsals"),
        "REHEARSAL_DATABASE_URL": stack.split.database_url,
        "LOG_LEVEL": "ERROR",
    }

    def manage(name: str) -> str:
        command = [sys.executable, "manage.py", name]
        done = subprocess.run(
            command, check=False, cwd=ROOT, env=environment, capture_output=True, timeout=300
        )
        return done.stderr.decode()

    assert not (words := manage("backup")), words
    largest = max(place.glob("pool/*/*"), key=lambda file: file.stat().st_size)
    if damaged:
        content = bytearray(largest.read_bytes())
        content[len(content) // 2] ^= 1
        largest.write_bytes(bytes(content))
    words = manage("rehearse_restore")
    assert ("The restore stopped" in words) is damaged, words
    if damaged:
        largest.unlink()  # so that the next backup brings it again


def over_the_limit(stack: Stack) -> None:
    """One more write than a minute allows, from somebody who does nothing else."""
    dave = stack.person("dave")
    missing = "/api/v1/images/018f0000-0000-7000-8000-000000000000"
    until(lambda: dave.send("DELETE", missing).status == 429, timeout_s=60)


def bad_day(stack: Stack, alice: Person) -> None:
    """The store is lost for a moment, then a worker in the middle of a job, so that others wait."""
    stack.split.store.stop()
    alice.upload(distinct_photograph(50))
    stack.split.store.start()
    backups(stack, damaged=False)
    job = job_that_runs(alice)
    stack.split.programs["worker"].kill()
    alice.upload(distinct_photograph(51))
    stack.split.start("worker")
    alice.job_ended(job, timeout_s=120)


def job_that_runs(alice: Person) -> str:
    """A job that a worker has begun and not ended; a fast machine may need several tries."""
    for number in range(20):
        content = (PHOTOGRAPHS / "mountains.jpg").read_bytes() + bytes(number)
        job = str(alice.upload(content).json["job"]["id"])
        states: list[str] = []

        def has_begun(job: str = job, states: list[str] = states) -> bool:
            states.append(alice.send("GET", f"/api/v1/jobs/{job}").json["state"])
            return states[-1] != "queued"

        until(has_begun, timeout_s=60)
        if states[-1] == "running":
            return job
    raise AssertionError("every job ended before anybody saw it run")
