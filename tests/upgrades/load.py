"""People at work: reads, uploads, waits for jobs and renewals, each request counted and judged.

A request has failed when it has no answer, or another than its act allows. Nothing is tried again.
"""

import hashlib
import http.client
import io
import itertools
import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import urllib3
from PIL import Image

from tests.servers.person import PASSWORD, Answer, Person

ENDED: Final = frozenset({"succeeded", "failed", "canceled"})
UPLOAD_EVERY: Final = 25
"""Of how many requests of a person one is an upload; the others wait for it, read and renew."""
KEPT: Final = 30
NGINX: Final = "nginx"
"""The phase in which nginx is replaced."""
PAUSE_S: Final = 0.02
"""So that people are no flood: what is measured is who fails, not how many are served."""


@dataclass
class Tally:
    """What all people together have asked, and what went wrong."""

    asked: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    jobs: dict[str, tuple[Person, str]] = field(default_factory=dict)
    """Every job that an upload was answered with: whose it is, and in which phase that was."""
    phase: str = ""
    ended_in: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many jobs that were sent in one phase were first seen succeeded in another."""
    again: int = 0
    """How many were sent again, because nginx had closed the connection that was kept."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def sent_again_if_closed(self, send: Callable[[], Answer]) -> Answer:
        """Send; where nginx itself is replaced, once more when a kept connection has ended.

        An idle connection may end in the moment in which a request comes by it, and no server can
        keep that from happening (RFC 9112, 9.3.1). Every browser then sends it on a new one.
        """
        try:
            return send()
        except urllib3.exceptions.ProtocolError as exc:
            ended = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)
            if self.phase != NGINX or not isinstance(exc.args[-1], ended):
                raise
        with self._lock:
            self.again += 1
        return send()

    @property
    def count(self) -> int:
        """How many requests there were."""
        return self.asked.total()

    def note(self, act: str, failure: str | None) -> None:
        """Count one request."""
        with self._lock:
            self.asked[act] += 1
            if failure is not None:
                self.failures.append(f"[{self.phase}] {act}: {failure}")

    def sent(self, job: str, person: Person) -> None:
        """A job that must not be lost."""
        with self._lock:
            self.jobs[job] = (person, self.phase)

    def seen_ended(self, job: str) -> None:
        """A job that somebody saw succeed."""
        with self._lock:
            self.ended_in[(self.jobs[job][1], self.phase)] += 1


@dataclass
class Visitor:
    """One client with a connection that it keeps, and what it knows of its images."""

    person: Person
    tally: Tally
    drawn: random.Random
    refresh: str = ""
    waits: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    def ask(self, act: str, send: Callable[[], Answer], *allowed: int) -> Answer | None:
        """One request; ``None`` when it failed."""
        try:
            answer = self.tally.sent_again_if_closed(send)
        except (urllib3.exceptions.HTTPError, OSError) as exc:
            self.tally.note(act, f"{type(exc).__name__}: {exc}")
            return None
        if answer.status not in allowed:
            self.tally.note(act, f"{answer.status} {answer.body[:300]!r}")
            return None
        self.tally.note(act, None)
        return answer

    def sign_in(self) -> None:
        """A session of which the renewals are known."""
        body = {"email": self.person.email, "password": PASSWORD, "mode": "token"}
        answer = self.ask("sign in", lambda: self.person.send("POST", "/auth/login", body), 200)
        if answer is not None:
            self.person.token, self.refresh = answer.json["access"], answer.json["refresh"]

    def turn(self, number: int) -> None:
        """One request, or a few that belong together."""
        if number % UPLOAD_EVERY == 0:
            self._upload()
        elif self.waits and number % 2:
            self._look_after_job()
        elif number % UPLOAD_EVERY == UPLOAD_EVERY // 2:
            self._renew()
        else:
            self.drawn.choice((self._list, self._profile, self._image, self._bytes))()

    def _upload(self) -> None:
        picture, headers = _picture(), {"Idempotency-Key": secrets.token_hex(16)}
        answer = self.ask(
            "upload", lambda: self.person.upload(picture, presets="thumb", headers=headers), 202
        )
        if answer is not None:
            job = answer.json["job"]["id"]
            self.tally.sent(job, self.person)
            self.waits.append(job)
            self.images = [*self.images[-KEPT:], answer.json["image"]["id"]]

    def _look_after_job(self) -> None:
        job = self.waits[0]
        answer = self.ask("job", lambda: self.person.send("GET", f"/api/v1/jobs/{job}"), 200)
        if answer is not None and answer.json["state"] in ENDED:
            self.waits.pop(0)
            if answer.json["state"] != "succeeded":
                self.tally.note("outcome", f"{answer.json}")
            else:
                self.tally.seen_ended(job)
        else:
            time.sleep(0.02)

    def _renew(self) -> None:
        body = {"refresh": self.refresh}
        answer = self.ask("renew", lambda: self.person.send("POST", "/auth/refresh", body), 200)
        if answer is not None:
            self.person.token, self.refresh = answer.json["access"], answer.json["refresh"]

    def _list(self) -> None:
        self.ask("list", lambda: self.person.send("GET", "/api/v1/images"), 200)

    def _profile(self) -> None:
        self.ask("profile", lambda: self.person.send("GET", "/auth/profile"), 200)

    def _image(self) -> None:
        if not self.images:
            return self._list()
        image = self.drawn.choice(self.images)
        answer = self.ask("image", lambda: self.person.send("GET", f"/api/v1/images/{image}"), 200)
        if answer is not None:
            made = [one for one in answer.json["renditions"] if one["state"] == "ready"]
            for one in made[:1]:
                self.files.setdefault(one["url"], "")
        return None

    def _bytes(self) -> None:
        if not self.files:
            return self._image()
        url = self.drawn.choice(list(self.files)[-KEPT:])
        answer = self.ask("bytes", lambda: self.person.fetch(url), 200)
        if answer is not None:
            digest = hashlib.sha256(answer.body).hexdigest()
            if self.files[url] not in {"", digest}:
                self.tally.note("outcome", f"other bytes at {url}")
            self.files[url] = digest
        return None


class Load:
    """So many people, each in a thread, until `stop`."""

    def __init__(self, url: str, people: int) -> None:
        self.tally = Tally()
        self._url = url
        self._over = threading.Event()
        self.broken: list[BaseException] = []
        self.visitors = [
            Visitor(_person(url, number), self.tally, random.Random(number))
            for number in range(people)
        ]
        self._threads = [
            threading.Thread(target=self._run, args=(one,), daemon=True) for one in self.visitors
        ]

    def start(self) -> None:
        """Register everybody, then begin."""
        for visitor in self.visitors:
            visitor.person.sign_up()
            visitor.sign_in()
            visitor.person.send("GET", "/api/v1/overview")
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let everybody finish the request that they are at. Raises what broke a client."""
        self._over.set()
        for thread in self._threads:
            thread.join(90)
        if self.broken:
            raise self.broken[0]

    @contextmanager
    def joined(self, *acts: Callable[[Person, Tally], None]) -> Iterator[None]:
        """More people for the block: somebody for each act, which is done again and again."""
        over, threads = threading.Event(), []
        for number, act in enumerate(acts):
            person = _person(self._url, 1000 + number).sign_up()
            again = threading.Thread(target=self._again, args=(act, person, over), daemon=True)
            threads.append(again)
            again.start()
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join(90)

    def lost_jobs(self, *, timeout_s: float = 60.0) -> list[str]:
        """The jobs that do not succeed within that time, all together."""
        deadline = time.monotonic() + timeout_s
        return [
            f"{job} of [{phase}]: {state}"
            for job, (person, phase) in self.tally.jobs.items()
            if (state := _end_of(person, job, deadline)) != "succeeded"
        ]

    def _run(self, visitor: Visitor) -> None:
        try:
            for number in itertools.count(1):
                if self._over.is_set():
                    return
                visitor.turn(number)
                time.sleep(PAUSE_S)
        except BaseException as exc:  # noqa: BLE001 - raised again by whoever waits
            self.broken.append(exc)

    def _again(
        self, act: Callable[[Person, Tally], None], person: Person, over: threading.Event
    ) -> None:
        try:
            while not over.is_set():
                act(person, self.tally)
        except BaseException as exc:  # noqa: BLE001 - raised again by whoever waits
            self.broken.append(exc)


def _person(url: str, number: int) -> Person:
    kept = urllib3.PoolManager(retries=False, maxsize=1, block=True)
    return Person(f"visitor-{number}@example.com", url, url, url, http=kept)


def _end_of(person: Person, job: str, deadline: float) -> Any:
    while True:
        answer = person.send("GET", f"/api/v1/jobs/{job}")
        state = answer.json.get("state", f"{answer.status}")
        if state in ENDED or time.monotonic() > deadline:
            return state
        time.sleep(0.05)


def _picture() -> bytes:
    """A small JPEG that nobody has had before."""
    pixels = random.randbytes(48 * 36 * 3)
    out = io.BytesIO()
    Image.frombytes("RGB", (48, 36), pixels).save(out, "JPEG")
    return out.getvalue()
