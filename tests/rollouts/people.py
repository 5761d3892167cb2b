"""People who read and now and then upload, at addresses of their own; bounded in rate and time."""

import io
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Final

import urllib3
from PIL import Image

from tests.rollouts.site import TwoColours
from tests.servers.person import Person

READS: Final = ("/api/v1/images", "/api/v1/presets", "/.well-known/jwks.json", "/api/v1/jobs")
ADDRESSES: Final = 240
LONGEST_S: Final = 900.0


@dataclass
class Traffic:
    """What people have seen so far."""

    per_s: float
    statuses: Counter[int] = field(default_factory=Counter)
    began_at: float = field(default_factory=time.monotonic)

    @property
    def requests(self) -> int:
        return self.statuses.total()

    @property
    def failed(self) -> int:
        return sum(
            number for status, number in self.statuses.items() if status >= 500 or not status
        )

    @property
    def budget_spent(self) -> float:
        """The share of a month's error budget (0.1 % of its requests at this rate) that is gone."""
        seconds = time.monotonic() - self.began_at
        month = self.requests / seconds * 30 * 86_400
        return self.failed / (0.001 * month)


@contextmanager
def people(site: TwoColours, person: Person, *, per_s: float = 40.0) -> Iterator[Traffic]:
    """They ask all the time, until the block ends."""
    seen = Traffic(per_s)
    ends = threading.Event()
    numbers = count()
    lock = threading.Lock()

    def ask() -> None:
        http = urllib3.PoolManager(retries=False, timeout=20.0)
        while not ends.is_set() and time.monotonic() - seen.began_at < LONGEST_S:
            with lock:
                number = next(numbers)
            due = seen.began_at + number / per_s
            if ends.wait(max(0.0, due - time.monotonic())):
                return
            status = _asked(http, site, person, number)
            with lock:
                seen.statuses[status] += 1

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        ends.set()
        for thread in threads:
            thread.join(30)


def _asked(http: urllib3.PoolManager, site: TwoColours, person: Person, number: int) -> int:
    address = f"198.51.{number * 7 % ADDRESSES // 60}.{number * 7 % ADDRESSES % 60 + 1}"
    headers = {
        "X-Forwarded-For": address,
        "Authorization": f"Bearer {person.token}",
        "User-Agent": "a person",
    }
    try:
        if number % 40 == 39:
            body, kind = urllib3.encode_multipart_formdata({"file": ("dot.png", _picture(number))})
            return http.request(
                "POST",
                f"{site.edge.url}/api/v1/images",
                body=body,
                headers={**headers, "Content-Type": kind},
            ).status
        path = READS[number % len(READS)]
        return http.request("GET", f"{site.edge.url}{path}", headers=headers).status
    except urllib3.exceptions.HTTPError:
        return 0


def _picture(number: int) -> bytes:
    """A small picture that nobody has sent before."""
    made = io.BytesIO()
    Image.new("RGB", (64, 48), (number % 256, number // 256 % 256, 77)).save(made, "PNG")
    return made.getvalue()
