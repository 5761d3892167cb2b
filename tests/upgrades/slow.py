"""People on slow lines, who are in the midst of something whenever a pod ends."""

import http.client
import json
import time
from typing import Any, Final
from urllib.parse import urlsplit

import urllib3

from tests.servers.person import PHOTOGRAPHS, Person
from tests.upgrades.load import ENDED, Tally

PHOTOGRAPH: Final = PHOTOGRAPHS / "mountains.jpg"
"""Takes a worker a second or two, so that one is at work whenever it is told to end."""
PIECES: Final = 10
PAUSE_S: Final = 0.2
EDGE: Final = "----edge-of-the-form"


def publish(person: Person, tally: Tally) -> None:
    """Upload a photograph in pieces, wait for its job, and read the original slowly."""
    content = _photograph()
    uploaded = _uploaded(content, person, tally)
    if uploaded is None:
        return
    job, image = uploaded
    while _state(person, tally, job) not in ENDED:
        time.sleep(0.1)
    found = _asked("image", f"/api/v1/images/{image}", person, tally)
    if found is not None:
        _read(found["links"]["original"], content, person, tally)


def _uploaded(content: bytes, person: Person, tally: Tally) -> tuple[str, str] | None:
    body = _form(content)
    connection = _connection(person)
    try:
        connection.putrequest("POST", "/api/v1/images")
        connection.putheader("Authorization", f"Bearer {person.token}")
        connection.putheader("Content-Type", f"multipart/form-data; boundary={EDGE}")
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        step = len(body) // PIECES + 1
        for first in range(0, len(body), step):
            connection.send(body[first : first + step])
            time.sleep(PAUSE_S)
        reply = connection.getresponse()
        said = reply.read()
    except (OSError, http.client.HTTPException) as exc:
        tally.note("slow upload", f"{type(exc).__name__}: {exc}")
        return None
    finally:
        connection.close()
    if reply.status != 202:
        tally.note("slow upload", f"{reply.status} {said[:300]!r}")
        return None
    tally.note("slow upload", None)
    told = json.loads(said)
    tally.sent(told["job"]["id"], person)
    return told["job"]["id"], told["image"]["id"]


def _state(person: Person, tally: Tally, job: str) -> str:
    found = _asked("job", f"/api/v1/jobs/{job}", person, tally)
    if found is None:
        return "failed"
    state: str = found["state"]
    if state in {"failed", "canceled"}:
        tally.note("outcome", str(found))
    return state


def _asked(act: str, path: str, person: Person, tally: Tally) -> Any:
    """What is said at ``path``; ``None`` when that failed."""
    try:
        answer = tally.sent_again_if_closed(lambda: person.send("GET", path))
    except urllib3.exceptions.HTTPError as exc:
        return tally.note(act, f"{type(exc).__name__}: {exc}")
    if answer.status != 200:
        return tally.note(act, f"{answer.status} {answer.body[:300]!r}")
    tally.note(act, None)
    return answer.json


def _read(url: str, expected: bytes, person: Person, tally: Tally) -> None:
    """The bytes as they were sent, though nobody hurries to take them."""
    connection = _connection(person)
    try:
        connection.request("GET", "/i/" + url.partition("/i/")[2])
        reply = connection.getresponse()
        read = bytearray()
        while piece := reply.read(len(expected) // PIECES + 1):
            read += piece
            time.sleep(PAUSE_S)
        whole = reply.status == 200 and bytes(read) == expected
        tally.note("slow read", None if whole else f"{reply.status}, {len(read)} bytes")
    except (OSError, http.client.HTTPException) as exc:
        tally.note("slow read", f"{type(exc).__name__}: {exc}")
    finally:
        connection.close()


def _connection(person: Person) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(person.api).netloc, timeout=60.0)


def _photograph() -> bytes:
    """The photograph with a comment, which makes it another file each time."""
    text = str(time.monotonic_ns()).encode()
    start, rest = PHOTOGRAPH.read_bytes()[:2], PHOTOGRAPH.read_bytes()[2:]
    return start + b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text + rest


def _form(content: bytes) -> bytes:
    disposition = 'Content-Disposition: form-data; name="file"; filename="mountains.jpg"'
    head = f"--{EDGE}\r\n{disposition}\r\nContent-Type: image/jpeg\r\n\r\n".encode()
    return head + content + f"\r\n--{EDGE}--\r\n".encode()
