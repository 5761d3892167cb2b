"""A client that writes without a pause, and keeps what it was told of each write."""

import threading
import time
from dataclasses import dataclass, field
from typing import Final, Self

import psycopg

INSERT: Final = (
    "INSERT INTO images_act"
    " (id, created_at, act, owner_id, target, address, device, request_id, details) VALUES"
    " (gen_random_uuid(), now(), 'written', gen_random_uuid(), %s, '', '', '', '{}')"
)
EVERY_S: Final = 0.02


@dataclass(frozen=True, slots=True)
class Write:
    """One write that was acknowledged: times of this machine's clock, as the server has it."""

    number: int
    called: float
    acknowledged: float
    lsn: str
    """Where the WAL stood after it: its commit is before that."""


@dataclass
class Writer:
    """Writes into a table of the platform until its server is gone, or until it is told to stop."""

    url: str
    writes: list[Write] = field(default_factory=list)
    called: int = 0
    """The number of the last write that was begun, whatever became of it."""
    is_paused: bool = False
    _stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join(30)

    def _run(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as server:
            while not self._stopped.wait(EVERY_S):
                if self.is_paused:
                    continue
                self.called += 1
                called = time.time()
                try:
                    server.execute(INSERT, (str(self.called),))
                    acknowledged = time.time()
                    row = server.execute("SELECT pg_current_wal_insert_lsn()::text").fetchone()
                except psycopg.OperationalError:
                    return  # killed: nobody knows whether this one is there
                assert row is not None
                self.writes.append(Write(self.called, called, acknowledged, row[0]))
