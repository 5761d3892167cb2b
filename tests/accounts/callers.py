"""People who call the API as a program would: with tokens in headers and JSON bodies."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
from django.db import connections
from django.test import Client

from accounts.models import User

if TYPE_CHECKING:  # what a test client returns exists by name in the type stubs only
    from django.test.client import _MonkeyPatchedWSGIResponse as Reply

PASSWORD = "correct horse battery"
Result = TypeVar("Result")


@dataclass
class Caller:
    """A client that sends JSON and, once signed in, its access token."""

    access: str = ""
    refresh: str = ""
    client: Client = field(default_factory=Client)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> "Reply":
        """One request; ``headers`` by their names with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.access:
            named.setdefault("Authorization", f"Bearer {self.access}")
        return self.client.generic(
            method,
            path,
            b"" if body is None else orjson.dumps(body),
            content_type="application/json",
            headers=named,
        )

    def get(self, path: str, **headers: str) -> "Reply":
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> "Reply":
        return self.send("POST", path, body, **headers)


def signed_in(user: User, *, device: str = "tests", password: str = PASSWORD) -> Caller:
    """A new session of ``user`` through the route."""
    caller = Caller()
    reply = caller.post(
        "/auth/login",
        {"email": user.email, "password": password, "mode": "token"},
        User_Agent=device,
    )
    assert reply.status_code == 200, reply.content
    return Caller(access=reply.json()["access"], refresh=reply.json()["refresh"])


def in_parallel(count: int, act: Callable[[int], Result]) -> list[Result]:
    """``act`` in ``count`` threads that begin together, each with its own connection."""
    barrier = threading.Barrier(count)

    def one(number: int) -> Result:
        barrier.wait()
        try:
            return act(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))
