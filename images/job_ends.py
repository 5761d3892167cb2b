"""That jobs end: told by whoever ends one, heard by those who wait for it (NOTIFY of PostgreSQL).

One connection of a process listens for all that wait in it, and only while somebody does. SQLite
tells nobody: there, and while that connection is lost, `Waiter.hears` says that one has to look.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg
import structlog
from django.db import connection, connections
from django.db.models import Case, CharField, Func, TextField, Value, When
from django.db.models.functions import Cast
from django.db.models.lookups import IsNull

log = structlog.get_logger(__name__)

CHANNEL: Final = "images_job_ends"
ROUND_S: Final = 1.0
"""How soon the thread sees that nobody waits any more."""
LINGER_ROUNDS: Final = 5
RECONNECT_S: Final = 1.0


def told(step: str) -> Any:
    """``step`` for the row of each job that an UPDATE ends.

    The UPDATE tells those who wait, once it is committed: that takes no statement of its own.
    """
    if connection.vendor != "postgresql":
        return step
    words = (Value(CHANNEL), Cast("id", TextField()))
    telling = Func(*words, function="pg_notify", output_field=TextField())
    return Case(
        When(IsNull(telling, False), then=Value(step)),
        default=Value(step),
        output_field=CharField(),
    )


class Waiter:
    """One who waits for the end of a job."""

    def __init__(self, listener: "Listener") -> None:
        self._listener = listener
        self._woken = threading.Event()

    @property
    def hears(self) -> bool:
        """Whether an end from now on, or the loss of the connection, wakes this one."""
        return self._listener.is_listening

    def wake(self) -> None:
        """Let it look."""
        self._woken.set()

    def wait(self, timeout_s: float) -> None:
        """Until woken, ``timeout_s`` at most."""
        self._woken.wait(timeout_s)
        self._woken.clear()


class Listener:
    """Hears for a process which jobs end. Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiters: dict[str, list[Waiter]] = {}
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        self.is_listening = False

    @contextmanager
    def expecting(self, job_id: UUID) -> Iterator[Waiter]:
        """One who waits for ``job_id`` while the block lasts."""
        waiter, key = Waiter(self), str(job_id)
        with self._lock:
            self._waiters.setdefault(key, []).append(waiter)
            if self._thread is None and connection.vendor == "postgresql":
                self._stopped.clear()
                self._thread = threading.Thread(target=self._run, name="job-ends", daemon=True)
                self._thread.start()
        try:
            yield waiter
        finally:
            with self._lock:
                self._waiters[key].remove(waiter)
                if not self._waiters[key]:
                    del self._waiters[key]

    def stop(self) -> None:
        """End the thread and its connection, and wait until they have."""
        self._stopped.set()
        if (thread := self._thread) is not None:
            thread.join()

    def _run(self) -> None:
        while True:
            try:
                self._listen()
            except psycopg.Error as exc:
                log.warning("job_ends_unheard", reason=type(exc).__name__)
            self.is_listening = False
            with self._lock:
                waiting = [waiter for waiters in self._waiters.values() for waiter in waiters]
                if self._stopped.is_set() or not waiting:
                    self._thread = None
                    return
            # What they would have been told may be lost with the connection: they look.
            for waiter in waiting:
                waiter.wake()
            self._stopped.wait(RECONNECT_S)

    def _listen(self) -> None:
        """Listen until nobody has waited for some rounds. Raises psycopg's ``Error``."""
        backend: Any = connections["default"]
        ours = str(uuid4())
        with backend.Database.connect(**backend.get_connection_params()) as server:
            server.autocommit = True
            server.execute(f"LISTEN {CHANNEL}")
            # A pooler of transactions would take the LISTEN and pass nothing on, so it counts
            # from the first word that arrives: this one.
            server.execute("SELECT pg_notify(%s, %s)", [CHANNEL, ours])
            idle_rounds = 0
            while idle_rounds < LINGER_ROUNDS and not self._stopped.is_set():
                for notified in server.notifies(timeout=ROUND_S):
                    self.is_listening = self.is_listening or notified.payload == ours
                    self._wake(notified.payload)
                idle_rounds = 0 if self._waiters else idle_rounds + 1

    def _wake(self, job_id: str) -> None:
        with self._lock:
            waiters = list(self._waiters.get(job_id, ()))
        for waiter in waiters:
            waiter.wake()


_of_process = Listener()


def listener() -> Listener:
    """That of this process."""
    return _of_process


def _renew() -> None:
    global _of_process  # noqa: PLW0603 - a child has neither the thread nor the connection
    _of_process = Listener()


os.register_at_fork(after_in_child=_renew)
