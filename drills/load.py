"""A steady load by real HTTP clients: people who upload, wait, look, delete and come back.

Each person has writers, which take the next picture once the last is done, and a reader, which
goes on reading while writers wait for a platform that is broken. Bounded in pictures and in time.
"""

import itertools
import random
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Final

from drills.client import Account, Addresses, Client
from drills.history import History
from drills.pictures import picture

ENDED: Final = frozenset({"succeeded", "failed", "canceled"})
POLL_FIRST_S: Final = 0.05
POLL_LONGEST_S: Final = 0.5
REMEMBERED: Final = 40
"""How many of its images a person looks at again."""


@dataclass
class Person:
    """Somebody with images: the account, and which of them are there, by id."""

    account: Account
    urls: dict[str, dict[str, str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, image: str, urls: dict[str, str]) -> None:
        """Look at this image again."""
        with self.lock:
            self.urls[image] = urls

    def drop(self, image: str) -> None:
        """Look at it no more."""
        with self.lock:
            self.urls.pop(image, None)

    def some(self, drawn: random.Random) -> tuple[str, dict[str, str]] | None:
        """One of the newest images, with the addresses of its files."""
        with self.lock:
            newest = list(self.urls.items())[-REMEMBERED:]
        return drawn.choice(newest) if newest else None


class Load:
    """``jobs`` pictures by ``people`` persons, each with ``writers`` and one reader.

    It ends when all pictures are uploaded and looked at, or takes no new one after ``seconds`` or
    once `finish` was called. ``pause_s`` is between two pictures of a writer, ``read_pause_s``
    between two reads of a reader, ``give_up_s`` how long a client insists.
    """

    def __init__(
        self,
        addresses: Addresses,
        *,
        jobs: int,
        history: History,
        seconds: float = 600.0,
        people: int = 3,
        writers: int = 1,
        pause_s: float = 0.0,
        read_pause_s: float = 0.05,
        give_up_s: float = 120.0,
        presets: str = "thumb",
        delete_every: int = 5,
    ) -> None:
        self.history = history
        self.jobs, self.seconds, self.presets = jobs, seconds, presets
        self.pause_s, self.read_pause_s, self.give_up_s = pause_s, read_pause_s, give_up_s
        self.delete_every = delete_every
        self._addresses = addresses
        self._run = secrets.token_hex(4)
        self._numbers = iter(range(jobs))
        self._lock = threading.Lock()
        self._clients = itertools.count()
        self._full, self._ended = threading.Event(), threading.Event()
        self._done = 0
        self._began_at = 0.0
        self.people = [
            Person(Account(f"drill-{self._run}-{number}@example.com")) for number in range(people)
        ]
        self._writers = [self._thread(self._write, p) for p in self.people for _ in range(writers)]
        self._readers = [self._thread(self._look, person) for person in self.people]
        self.broken: list[BaseException] = []

    @property
    def done(self) -> int:
        """How many pictures have gone all the way."""
        return self._done

    @property
    def is_over(self) -> bool:
        """Whether every writer has ended."""
        return not any(thread.is_alive() for thread in self._writers)

    def start(self) -> "Load":
        """Make the accounts, then begin."""
        for person in self.people:
            self._client(person).sign_up()
        self._began_at = time.monotonic()
        for thread in (*self._writers, *self._readers):
            thread.start()
        return self

    def finish(self) -> None:
        """Take no new picture."""
        self._full.set()

    def wait(self, timeout_s: float = 900.0, *, look_back: bool = True) -> bool:
        """Wait until the load has ended, then read everything once more; false: it has not.

        Raises what a client of ours could not cope with.
        """
        deadline = time.monotonic() + timeout_s
        for thread in self._writers:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._ended.set()
        for thread in self._readers:
            thread.join(max(1.0, deadline - time.monotonic()))
        if self.broken:
            raise self.broken[0]
        if look_back and self.is_over:
            self.look_back()
        return self.is_over

    def look_back(self) -> None:
        """Read every image that is listed, and all of its bytes."""
        threads = [self._thread(self._look_back, person) for person in self.people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.broken:
            raise self.broken[0]

    def _thread(self, act: Any, person: Person) -> threading.Thread:
        def guarded() -> None:
            try:
                act(person)
            except BaseException as exc:  # noqa: BLE001 - raised again by whoever waits
                self.broken.append(exc)

        return threading.Thread(target=guarded, daemon=True)

    def _client(self, person: Person) -> Client:
        with self._lock:
            number = next(self._clients)
        return Client(number, person.account, self._addresses, self.history)

    def _next(self) -> int | None:
        if self._full.is_set() or time.monotonic() - self._began_at > self.seconds:
            return None
        with self._lock:
            number = next(self._numbers, None)
        if number is None:
            self._full.set()  # whoever pauses before the next picture need not
        return number

    def _write(self, person: Person) -> None:
        client = self._client(person)
        for turn in itertools.count(1):
            number = self._next()
            if number is None:
                return
            image = self._publish(client, person, number)
            if image is not None:
                self._turn(client, person, image, turn)
            with self._lock:
                self._done += 1
            self._full.wait(self.pause_s)

    def _publish(self, client: Client, person: Person, number: int) -> str | None:
        """The main job: upload, wait, look at everything that was made; the image, if it is one."""
        name = f"{self._run}-{number}"
        reply = client.upload(
            picture(name), key=f"drill-{name}", presets=self.presets, give_up_s=self.give_up_s
        )
        if reply is None or reply.status not in {200, 202}:
            return None
        said = reply.json
        image: str = said["image"]["id"]
        if said["job"] is not None:
            self._await_job(client, said["job"]["id"], image)
        urls = self._look_at(client, image)
        if urls:
            person.keep(image, urls)
        return image

    def _await_job(self, client: Client, job: str, image: str | None = None) -> str:
        deadline = time.monotonic() + self.give_up_s
        pause_s, state = POLL_FIRST_S, ""
        while time.monotonic() < deadline:
            reply = client.persist(lambda: client.job(job, image), self.give_up_s)
            state = reply.json.get("state", "") if reply is not None else ""
            if state in ENDED or (reply is not None and reply.status == 404):
                break
            time.sleep(pause_s)
            pause_s = min(POLL_LONGEST_S, pause_s * 1.5)
        return state

    def _look_at(self, client: Client, image: str) -> dict[str, str]:
        """Read an image and fetch every file of it; their addresses."""
        reply = client.persist(lambda: client.read(image), self.give_up_s)
        if reply is None or reply.status != 200:
            return {}
        said = reply.json
        urls = {"original": said["links"]["original"]}
        urls |= {each["spec"]: each["url"] for each in said["renditions"] if each["url"]}
        for spec, url in urls.items():
            self._fetch(client, image, spec, url)
        return urls

    def _fetch(self, client: Client, image: str, spec: str, url: str) -> None:
        client.persist(lambda: client.deliver(image, spec, url), self.give_up_s)

    def _turn(self, client: Client, person: Person, image: str, turn: int) -> None:
        """What people do besides: list, delete, take back, and try what is not theirs."""
        if turn % 4 == 0:
            client.list_all()
        if turn % 3 == 0:
            self._pry(client, person)
        if turn % 7 == 0:
            person.drop(image)
            client.remove(image, is_permanent=False, give_up_s=self.give_up_s)
            client.read(image)
            client.restore(image, give_up_s=self.give_up_s)
            client.persist(lambda: client.read(image), self.give_up_s)
        elif self.delete_every and turn % self.delete_every == 0:
            self._delete(client, person, image)

    def _pry(self, client: Client, person: Person) -> None:
        others = [each for each in self.people if each is not person]
        drawn = random.Random(client.number)
        found = drawn.choice(others).some(drawn) if others else None
        if found is not None:
            client.read(found[0])

    def _delete(self, client: Client, person: Person, image: str) -> None:
        urls = person.urls.get(image, {})
        person.drop(image)
        reply = client.remove(image, is_permanent=True, give_up_s=self.give_up_s)
        if reply is None or reply.status != 202:
            return
        client.read(image)
        for spec, url in urls.items():
            client.deliver(image, spec, url)
        self._await_job(client, reply.json["job"]["id"])

    def _look(self, person: Person) -> None:
        """Read one thing after the other; what fails is written down and not tried again."""
        client = self._client(person)
        drawn = random.Random(client.number)
        while not self._ended.wait(self.read_pause_s):
            found = person.some(drawn)
            if found is None:
                client.list_all()
                continue
            image, urls = found
            kind = drawn.random()
            if kind < 0.5:
                spec = drawn.choice(sorted(urls))
                client.deliver(image, spec, urls[spec])
            elif kind < 0.95:
                reply = client.read(image)
                if reply is not None and reply.status == 401:
                    client.sign_in(give_up_s=1.0)
            else:
                client.list_all()

    def _look_back(self, person: Person) -> None:
        client = self._client(person)
        client.sign_in(give_up_s=self.give_up_s)
        for image in client.list_all() or ():
            self._look_at(client, image)
