"""Many at once: one account without a pause, or a crowd that the platform has not been made for.

Their calls are in no history: what holds is what the others see, and what is there in the end.
"""

import itertools
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import urllib3

from drills.pictures import picture
from tests.servers.person import Person

PAUSE_S: Final = 0.01
"""What a client takes that is not written in Python, and leaves this process to the others."""


@contextmanager
def flooding(url: str, *, connections: int) -> Iterator[None]:
    """One account asks and changes by so many connections, until the block ends."""
    flooder = _person(url, "flooder")

    def asks(number: int) -> None:
        method = "DELETE" if number % 4 == 0 else "GET"
        path = f"/api/v1/images/{'0' * 8}-0000-7000-8000-{number:012d}"
        flooder.send(method, path if method == "DELETE" else "/api/v1/images")

    with _at_work(asks, connections):
        yield


@contextmanager
def crowd(url: str, *, people: int) -> Iterator[None]:
    """So many connections of ten accounts read and upload, until the block ends."""
    accounts = [_person(url, f"crowd-{number}") for number in range(10)]
    run = secrets.token_hex(4)

    def asks(number: int) -> None:
        person = accounts[number % len(accounts)]
        if number % 3 == 0:
            person.upload(picture(f"{run}-{number}").content, presets="thumb")
        else:
            person.send("GET", "/api/v1/images")

    with _at_work(asks, people):
        yield


def _person(url: str, name: str) -> Person:
    email = f"{name}-{secrets.token_hex(4)}@example.com"
    pool = urllib3.PoolManager(retries=False, maxsize=200)
    return Person(email, url, url, url, http=pool).sign_up()


@contextmanager
def _at_work(asks: Callable[[int], None], threads: int) -> Iterator[None]:
    over, numbers = threading.Event(), itertools.count()

    def work() -> None:
        while not over.is_set():
            try:
                asks(next(numbers))
            except urllib3.exceptions.HTTPError:  # as a client that is turned away may see it
                time.sleep(PAUSE_S)
            time.sleep(PAUSE_S)

    working = [threading.Thread(target=work, daemon=True) for _ in range(threads)]
    for thread in working:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in working:
            thread.join(60)
