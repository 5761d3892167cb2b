"""What was written down is there after a kill, and is read as it was."""

import json
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from drills.history import History, calls_of

KILLED = """
import os, signal, sys
from drills.history import History
history = History(sys.argv[1])
with history.call(0, "read", image="seen") as call:
    call.outcome, call.status = "ok", 200
with history.call(0, "upload", request={"key": "asked"}):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_calls_of_many_threads_are_read_as_they_were(history: History) -> None:
    def one(number: int) -> None:
        with history.call(number, "upload", owner="alice", request={"key": number}) as call:
            call.outcome, call.status, call.image = "ok", 202, f"image-{number}"

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(one, range(200)))
    history.enter("during")
    history.mark("fault_ended", 7.0)
    calls, marks = calls_of(history.path.read_text().splitlines())
    assert calls == history.calls
    assert [call.call for call in calls] == list(range(200))
    assert all(call.ended_at is not None and call.invoked_at <= call.ended_at for call in calls)
    assert marks["fault_ended"] == 7.0


def test_a_killed_program_leaves_what_it_had_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    seen, asked = calls_of(path.read_text().splitlines())[0]
    assert (seen.op, seen.outcome, seen.image) == ("read", "ok", "seen")
    assert (asked.op, asked.outcome, asked.ended_at) == ("upload", "unknown", None)
    assert asked.until == float("inf")


def test_a_line_that_was_cut_short_is_left_out(history: History) -> None:
    with history.call(0, "read"):
        pass
    whole = history.path.read_text()
    assert len(calls_of([*whole.splitlines(), whole[: len(whole) // 2]])[0]) == 1
    assert json.loads(whole)["op"] == "read"


def test_a_call_that_raises_is_unknown_and_says_why(history: History) -> None:
    with pytest.raises(ConnectionResetError), history.call(0, "delete", image="one"):
        raise ConnectionResetError
    (call,) = history.calls
    assert (call.outcome, call.error) == ("unknown", "ConnectionResetError")


def test_a_call_belongs_to_the_phase_in_which_it_was_made(history: History) -> None:
    with history.call(0, "read"):
        history.enter("during")
    with history.call(0, "read"):
        pass
    assert [call.fault_phase for call in history.calls] == ["before", "during"]
