import errno
import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from platform_site.embedded import supervisor
from platform_site.embedded.sources import Sources
from platform_site.embedded.supervisor import (
    STOP_TIMEOUT_S,
    Child,
    StartFailed,
    Supervisor,
    port_refusal,
)
from tests.platform_site.kit.http_server import serving
from tests.servers.ports import free_port
from tests.waiting import until

WAIT = "import time; time.sleep(60)"
END = "import sys; print('my last words'); sys.exit(3)"
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
inner = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
child = subprocess.Popen([sys.executable, "-c", inner])
print(child.pid, flush=True)
time.sleep(60)
"""
LEAVES_AN_ORPHAN = """
import subprocess, sys
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]).pid, flush=True)
"""


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[[str, str], Child]]:
    """A child that runs a line of Python; every one of them is gone after the test."""
    children: list[Child] = []

    def child(name: str, program: str) -> Child:
        children.append(Child(name, [sys.executable, "-c", program], tmp_path / f"{name}.log"))
        return children[-1]

    yield child
    for made in children:
        made.stop()


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(supervisor, "STOP_TIMEOUT_S", 0.3)
    monkeypatch.setattr(supervisor, "RESTART_PAUSE_S", 0.02)
    before = [(number, signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM)]
    yield
    for number, handler in before:
        signal.signal(number, handler)


def lives(pid: int) -> bool:
    """Whether the process runs; a zombie that nobody has waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def first_number(child: Child) -> int:
    until(lambda: child.log.exists() and child.log.read_text().endswith("\n"))
    return int(child.log.read_text().split()[0])


def pid_of(child: Child) -> int:
    assert child.process is not None
    return child.process.pid


def test_a_child_ends_when_it_is_asked_to(make: Callable[[str, str], Child]) -> None:
    child = make("web", WAIT)
    child.start()
    pid = pid_of(child)
    assert not child.has_ended()
    child.stop()
    assert not lives(pid)
    child.stop()


def test_a_child_runs_in_a_session_of_its_own(make: Callable[[str, str], Child]) -> None:
    child = make("web", WAIT)
    child.start()
    assert os.getsid(pid_of(child)) == pid_of(child) != os.getsid(0)


def test_a_stubborn_child_is_ended_with_all_that_it_started(
    make: Callable[[str, str], Child],
) -> None:
    child = make("web", STUBBORN)
    child.start()
    inner, outer = first_number(child), pid_of(child)
    assert lives(inner)
    child.stop()
    until(lambda: not lives(inner))
    assert not lives(outer)


def test_what_a_dead_child_left_behind_is_ended_by_its_next_start(
    make: Callable[[str, str], Child],
) -> None:
    child = make("worker", LEAVES_AN_ORPHAN)
    child.start()
    until(child.has_ended)
    orphan = first_number(child)
    assert lives(orphan)
    child.start()
    until(lambda: not lives(orphan))


def test_what_a_dead_child_left_behind_is_ended_by_its_stop(
    make: Callable[[str, str], Child],
) -> None:
    child = make("worker", LEAVES_AN_ORPHAN)
    child.start()
    until(child.has_ended)
    orphan = first_number(child)
    child.stop()
    until(lambda: not lives(orphan))


def test_the_log_of_a_child_goes_on_and_its_end_can_be_shown(
    make: Callable[[str, str], Child],
) -> None:
    child = make("worker", "print('a'); print('b'); print('c')")
    for _ in range(2):
        child.start()
        until(child.has_ended)
    assert child.last_words(lines=4) == "c\na\nb\nc"


def test_a_dead_worker_is_started_again(make: Callable[[str, str], Child]) -> None:
    told: list[str] = []
    web, worker = make("web", WAIT), make("worker", WAIT)
    team = Supervisor(web=web, worker=worker, warn=told.append)
    with serving() as page:
        team.start(ready_url=page.url, worker_is_ready=lambda: True)
    before = pid_of(worker)

    def kill_then_end() -> None:
        os.kill(before, signal.SIGKILL)
        until(lambda: bool(told) and pid_of(worker) != before)
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=kill_then_end)
    thread.start()
    team.run()
    thread.join()
    assert told == ["The worker has ended; starting it again. Its jobs go on."]
    assert not worker.has_ended()
    pids = pid_of(web), pid_of(worker)
    team.stop()
    assert [lives(pid) for pid in pids] == [False, False]


def test_a_worker_follows_its_code_and_waits_for_better_code_when_it_broke(
    make: Callable[[str, str], Child], tmp_path: Path
) -> None:
    warned: list[str] = []
    web, worker = make("web", WAIT), make("worker", WAIT)
    team = Supervisor(web=web, worker=worker, warn=warned.append, sources=Sources([tmp_path]))
    with serving() as page:
        team.start(ready_url=page.url, worker_is_ready=lambda: True)
    first = worker.process

    def break_then_change_then_end() -> None:
        os.kill(pid_of(worker), signal.SIGKILL)
        until(worker.has_ended)
        (tmp_path / "tasks.py").write_text("")
        until(lambda: worker.process not in {None, first})
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=break_then_change_then_end)
    thread.start()
    team.run()
    thread.join()
    assert warned == ["Code has changed; starting the worker again."]
    assert not worker.has_ended()
    team.stop()


def test_a_dead_web_process_ends_it_all_with_its_last_words(
    make: Callable[[str, str], Child],
) -> None:
    team = Supervisor(web=make("web", END), worker=make("worker", WAIT), warn=print)
    with serving() as page:
        team.start(ready_url=page.url, worker_is_ready=lambda: True)
    with pytest.raises(StartFailed, match=r"^The web process has ended\.\nmy last words$"):
        team.run()


def test_a_process_that_ends_before_it_is_ready_says_why(
    make: Callable[[str, str], Child],
) -> None:
    team = Supervisor(web=make("web", END), worker=make("worker", WAIT), warn=print)
    with pytest.raises(StartFailed, match=r"^The web process ended at once\.\nmy last words$"):
        team.start(ready_url=f"http://127.0.0.1:{free_port()}/", worker_is_ready=lambda: True)


def test_a_worker_that_never_gets_ready_is_given_up(
    make: Callable[[str, str], Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "READY_TIMEOUT_S", 0.2)
    team = Supervisor(web=make("web", WAIT), worker=make("worker", WAIT), warn=print)
    with (
        serving() as page,
        pytest.raises(StartFailed, match="The worker process is not ready after 0 s"),
    ):
        team.start(ready_url=page.url, worker_is_ready=lambda: False)


def test_a_signal_ends_the_wait_for_readiness(make: Callable[[str, str], Child]) -> None:
    def interrupt() -> bool:
        os.kill(os.getpid(), signal.SIGINT)
        return False

    team = Supervisor(web=make("web", WAIT), worker=make("worker", WAIT), warn=print)
    with serving() as page, pytest.raises(StartFailed, match="Stopped before it was ready"):
        team.start(ready_url=page.url, worker_is_ready=interrupt)


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - or any of ours
def test_a_taken_port_is_known(address: str) -> None:
    with socket.socket() as other:
        other.bind((address, 0))
        other.listen()
        port = int(other.getsockname()[1])
        assert port_refusal(port).startswith(f"Port {port} is taken by another program. ")
    assert port_refusal(port) == ""


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "Port 80 is only for the superuser. Choose another one: make up PORT=8000"),
        (errno.EADDRNOTAVAIL, "Port 80 cannot be used: Cannot assign requested address."),
    ],
)
def test_a_port_that_is_not_ours_is_not_called_taken(
    monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    class Refusing(socket.socket):
        def bind(self, _address: object) -> None:
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(socket, "socket", Refusing)
    assert port_refusal(80) == words


def test_a_port_that_was_just_left_is_free() -> None:
    with serving() as server:
        port = server.server_port
        with socket.create_connection(("127.0.0.1", port)):
            pass
    assert port_refusal(port) == ""


def test_the_children_are_told_what_they_need(tmp_path: Path) -> None:
    web = supervisor.web(8123, tmp_path / "web.log")
    assert (web.environment["PORT"], web.environment["WEB_WORKERS"]) == ("8123", "1")
    worker = supervisor.worker(tmp_path / "worker.log")
    assert "--beat" in worker.command
    assert "--queues" not in worker.command  # all that there are
    house = supervisor.housekeeping(8123, tmp_path / "housekeeping.log")
    assert house.environment["PORT"] == "8123"  # links of its mails lead there


@pytest.mark.parametrize(
    ("server", "reload", "runs"),
    [
        ("gunicorn", False, "gunicorn"),
        ("granian", False, "platform_site.web.granian_server"),
        ("granian", True, "gunicorn"),
    ],
)
def test_the_web_process_is_the_server_that_is_asked_for(
    tmp_path: Path, *, server: str, reload: bool, runs: str
) -> None:
    web = supervisor.web(8123, tmp_path / "web.log", server=server, reload=reload)
    assert web.command[2] == runs
    assert ("--reload" in web.command) is reload


def test_a_periodic_process_comes_again_when_due_and_is_never_disturbed(
    make: Callable[[str, str], Child],
) -> None:
    child = make("housekeeping", "import time; time.sleep(60)")
    often = supervisor.PeriodicProcess(child, 0.0)
    often.turn()
    first = pid_of(child)
    often.turn()
    assert pid_of(child) == first
    child.stop()
    often.turn()
    assert pid_of(child) != first
    rarely = supervisor.PeriodicProcess(make("rarely", "print('kept')"), 3600)
    rarely.turn()
    until(rarely.child.has_ended)
    once = pid_of(rarely.child)
    rarely.turn()
    assert pid_of(rarely.child) == once


def test_a_worker_has_the_time_to_give_back_what_it_cannot_end() -> None:
    """Its own patience ends first, and Celery's cold end still has some seconds."""
    embedded = Path(supervisor.__file__).parents[1] / "settings" / "embedded.py"
    (drain,) = re.findall(r"^WORKER_DRAIN_S = ([\d.]+)", embedded.read_text(), re.MULTILINE)
    assert float(drain) + 5 <= STOP_TIMEOUT_S
