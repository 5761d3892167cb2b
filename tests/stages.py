"""The stages of a run: commands, each told with what it does, how it ended and how long it took.

Knows no test and no tool. `tests/run.py` and `tests/check.py` say which stages there are.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

LOGS: Final = Path("var/stages")
CANNOT: Final = 3
"""The exit status of a command that says that this machine cannot do it."""
MARKS: Final = {"passed": "✓", "failed": "✗", "left out": "-"}
CHUNK: Final = 65_536


@dataclass
class Stage:
    """One command; ``about`` says in words what it does."""

    name: str
    about: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    is_required: bool = True
    """Whether a machine that cannot do this fails the run."""
    took_s: float = 0.0
    outcome: str = ""
    last_line: str = ""
    _process: subprocess.Popen[bytes] | None = None
    _began_at: float = 0.0

    def start(self, log: Path | None = None) -> None:
        """Start the command. Its output goes to ``log``, or can be read with `pass_on`."""
        self._began_at = time.monotonic()
        with ExitStack() as stack:
            self._process = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                stdout=stack.enter_context(log.open("wb")) if log else subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )

    def pass_on(self) -> None:
        """Print what the command prints, as it comes, and remember its last line."""
        assert self._process is not None
        assert self._process.stdout is not None
        tail = b""
        with self._process.stdout as output:
            while chunk := os.read(output.fileno(), CHUNK):
                sys.stdout.buffer.write(chunk)
                sys.stdout.buffer.flush()
                tail = (tail + chunk)[-CHUNK:]
        lines = tail.decode(errors="replace").strip().splitlines()
        self.last_line = lines[-1] if lines else ""

    def has_ended(self) -> bool:
        """Whether the command is over."""
        return self._process is not None and self._process.poll() is not None

    def end(self) -> None:
        """Wait for the command and note how it ended."""
        assert self._process is not None
        status = self._process.wait()
        self.took_s = time.monotonic() - self._began_at
        if status == CANNOT and not self.is_required:
            self.outcome = "left out"
        else:
            self.outcome = "failed" if status else "passed"

    def stop(self) -> None:
        """End the command, for a run that is given up."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()


class Run:
    """Stages one after the other, and others beside them."""

    def __init__(self, title: str, began_at: float | None = None) -> None:
        self._title = title
        self._began_at = began_at or time.time()
        self._stages: list[Stage] = []
        self._beside: list[tuple[Stage, threading.Thread]] = []

    def note(self, name: str, outcome: str, about: str, took_s: float = 0.0) -> None:
        """A stage that somebody else has done, or that is left out."""
        self._stages.append(Stage(name, about, (), took_s=took_s, outcome=outcome))

    def beside(self, stage: Stage) -> None:
        """Start a stage that goes on while others run; its output is kept in ``var/stages``."""
        LOGS.mkdir(parents=True, exist_ok=True)
        _say(f"→ {stage.name}: {stage.about} (beside the rest; {self._log(stage)})")
        stage.start(self._log(stage))
        self._stages.append(stage)
        # A thread notes when it ended, which may be long before anybody waits for it.
        watch = threading.Thread(target=stage.end, daemon=True)
        watch.start()
        self._beside.append((stage, watch))

    def front(self, stage: Stage) -> bool:
        """Run a stage to its end, with its output as it comes; whether it passed."""
        _say(f"→ {stage.name}: {stage.about}")
        self._stages.append(stage)
        stage.start()
        stage.pass_on()
        stage.end()
        _say(_line(stage))
        return stage.outcome != "failed"

    def await_beside(self) -> None:
        """Wait for the stages beside; a failed one is shown whole, one left out with its reason."""
        for stage, watch in self._beside:
            watch.join()
            words = self._log(stage).read_text(errors="replace")
            if stage.outcome == "failed":
                _say(f"--- {self._log(stage)}\n{words}")
            elif stage.outcome == "left out":
                _say(words.strip())
            _say(_line(stage))
        self._beside.clear()

    def stop(self) -> None:
        """End what still runs."""
        for stage in self._stages:
            stage.stop()

    def summary(self) -> int:
        """Print every stage with its time; the exit status of the run."""
        took = time.time() - self._began_at
        _say(f"\n{self._title}: {len(self._stages)} stages in {_duration(took)}")
        for stage in self._stages:
            _say(_line(stage))
        return int(any(stage.outcome == "failed" for stage in self._stages))

    @staticmethod
    def _log(stage: Stage) -> Path:
        return LOGS / f"{stage.name}.log"


def _line(stage: Stage) -> str:
    words = f"  {MARKS[stage.outcome]} {stage.name:<12} {_duration(stage.took_s):>8}  {stage.about}"
    return words if stage.outcome == "passed" else f"{words} — {stage.outcome}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201 - a runner's output is its purpose
