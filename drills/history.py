"""What clients saw: one record for each call, written down as it happens, as JSON lines.

A call that may change something is written when it is made and again when it ends, so that a
program that is killed loses nothing that it had asked for. Whoever reads takes the last record of
each call; one that never ended stays as it was made: nobody knows what became of it.
"""

import json
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Literal, TextIO

Outcome = Literal["ok", "refused", "unknown"]
Phase = Literal["before", "during", "after"]

CHANGING: Final = frozenset({"upload", "delete", "trash", "restore", "cancel", "retry"})
"""Operations of which it matters that they were asked for, even if nobody saw an answer."""


@dataclass
class Call:
    """One request of one client.

    ``ok`` has happened, ``refused`` has not, and of ``unknown`` nobody can say: no answer came,
    or one (5xx) that a server also gives after it has done half or all of it. Times are those of
    the monotonic clock in seconds; ``wall`` is when it was made, by the calendar. ``request``
    holds what the client meant and ``answer`` what it was told.
    """

    call: int
    client: int
    op: str
    route: str = ""
    invoked_at: float = 0.0
    ended_at: float | None = None
    wall: float = 0.0
    outcome: Outcome = "unknown"
    status: int | None = None
    code: str | None = None
    image: str | None = None
    job: str | None = None
    sha256: str | None = None
    owner: str | None = None
    request: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    fault_phase: Phase = "before"
    error: str | None = None

    @property
    def until(self) -> float:
        """When it can have had its effect at the latest; an unknown one at any later time."""
        known = self.ended_at is not None and self.outcome != "unknown"
        return self.ended_at if known and self.ended_at is not None else float("inf")

    @property
    def name(self) -> str:
        """How it is called in the words of a verdict."""
        return f"call {self.call} ({self.op} by client {self.client})"


NAMES: Final = frozenset(each.name for each in fields(Call))


class History:
    """A file of calls, to which any thread may add."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.phase: Phase = "before"
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        self._marks: dict[str, float] = {}
        self._file: TextIO = self.path.open("a", encoding="utf-8")

    @contextmanager
    def call(self, client: int, op: str, **known: Any) -> Iterator[Call]:
        """A call while it is made; what the block finds out, it writes into the call.

        A block that raises leaves a call of which nothing is known but its error.
        """
        with self._lock:
            made = Call(len(self._calls), client, op, fault_phase=self.phase, **known)
            self._calls.append(made)
            made.invoked_at, made.wall = time.monotonic(), time.time()
            if op in CHANGING:
                self._write(asdict(made))
        try:
            yield made
        except Exception as exc:
            made.error = made.error or type(exc).__name__
            raise
        finally:
            made.ended_at = time.monotonic()
            with self._lock:
                self._write(asdict(made))

    def mark(self, name: str, at: float | None = None) -> float:
        """Write down when something was done to the platform, such as ``fault_ended``."""
        moment = time.monotonic() if at is None else at
        with self._lock:
            self._marks[name] = moment
            self._write({"mark": name, "at": moment, "wall": time.time()})
        return moment

    def enter(self, phase: Phase) -> None:
        """Calls that are made from now on are of this phase."""
        self.phase = phase
        self.mark(phase)

    @property
    def calls(self) -> list[Call]:
        """The calls so far, in the order in which they were made."""
        with self._lock:
            return list(self._calls)

    @property
    def marks(self) -> dict[str, float]:
        """The moments that were marked."""
        with self._lock:
            return dict(self._marks)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, record: Mapping[str, Any]) -> None:
        # One line in one write: a kill leaves at most one line cut short, which readers skip.
        self._file.write(json.dumps(record, separators=(",", ":")) + "\n")
        self._file.flush()


def calls_of(lines: Iterable[str]) -> tuple[list[Call], dict[str, float]]:
    """The calls and marks that a file tells of; a line that was cut short is left out."""
    calls: dict[int, Call] = {}
    marks: dict[str, float] = {}
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if "mark" in record:
            marks[record["mark"]] = record["at"]
        else:
            known = {name: value for name, value in record.items() if name in NAMES}
            calls[record["call"]] = Call(**known)
    return [calls[number] for number in sorted(calls)], marks
