"""A real worker over real servers, asked to end in every way, with its hands in every state."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from signal import Signals

import psycopg
import pytest
from celery import Celery
from redis import Redis

from tests.servers import held_task
from tests.servers.platform import WORKER, Platform, platform
from tests.servers.processes import Program
from tests.waiting import until

pytestmark = pytest.mark.processes

WAIT_S = 20.0
"""Far more than it takes, and less than half of what Celery's own soft shutdown took."""
QUEUE = "bulk"


@dataclass
class Works:
    """The servers, the workers that a test starts, and the tasks that it sends them."""

    servers: Platform
    directory: Path
    programs: list[Program] = field(default_factory=list)

    def worker(self, name: str, *options: str, **environment: str) -> Program:
        """A worker of the queue, once it is ready."""
        command = (*WORKER, "--hostname", name, "--queues", QUEUE)
        program = Program(
            name,
            (*command, "--include", held_task.__name__, *options),
            {
                **self.servers.environment("worker"),
                "METRICS_PORT": "0",
                "WORKER_HEARTBEAT_FILE": str(self.directory / name),
                **environment,
            },
            self.directory,
        )
        self.programs.append(program)
        program.start()
        until(self.ready_file(name).exists, program.words)
        return program

    def ready_file(self, name: str) -> Path:
        return self.directory / f"{name}.ready"

    def send(self, name: str) -> None:
        with Celery(broker=self.servers.broker.url, set_as_current=False) as app:
            app.send_task(held_task.NAME, [str(self.directory), name], queue=QUEUE)

    def let_go(self, name: str) -> None:
        (self.directory / f"{name}.go").touch()

    def runs(self, name: str) -> tuple[int, int]:
        """How often the task has begun and ended."""
        files = (self.directory / f"{name}.{word}" for word in ("begun", "ended"))
        begun, ended = (len(f.read_text().split()) if f.exists() else 0 for f in files)
        return begun, ended

    def messages(self) -> tuple[int, int]:
        """How many wait for any worker, and how many are in the hands of one."""
        with Redis.from_url(self.servers.broker.url) as broker:
            return int(broker.llen(QUEUE)), int(broker.hlen("unacked"))

    def rows(self) -> set[str]:
        with psycopg.connect(self.servers.database_url) as connection:
            found = connection.execute("SELECT name FROM images_workerheartbeat").fetchall()
        return {name.removeprefix("celery@") for (name,) in found}

    def has_said_goodbye(self, program: Program) -> None:
        """It has ended, and neither row nor file is left of it."""
        assert program.process is not None
        assert program.process.wait(WAIT_S) == 0, program.words()
        assert program.name not in self.rows()
        assert not self.ready_file(program.name).exists()
        assert not (self.directory / program.name).exists()

    def clear(self) -> None:
        for program in self.programs:
            if program.process is not None and program.process.poll() is None:
                program.kill()
        with Redis.from_url(self.servers.broker.url) as broker:
            broker.flushall()


@pytest.fixture(scope="module")
def servers(postgresql_url: str) -> Iterator[Platform]:
    with platform(postgresql_url, roles=()) as running:
        yield running


@pytest.fixture
def works(servers: Platform, tmp_path: Path) -> Iterator[Works]:
    made = Works(servers, tmp_path)
    yield made
    made.clear()


def ask(program: Program, number: Signals) -> None:
    assert program.process is not None
    program.process.send_signal(number)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGQUIT, signal.SIGINT])
def test_an_idle_worker_ends_and_keeps_no_message_that_comes_meanwhile(
    works: Works, number: Signals
) -> None:
    worker = works.worker("idle")
    assert works.rows() >= {"idle"}
    ask(worker, number)
    works.send("late")
    works.has_said_goodbye(worker)
    assert works.messages() == (1, 0)
    assert works.runs("late") == (0, 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGQUIT])
def test_a_busy_worker_is_unready_finishes_and_takes_nothing_new(
    works: Works, number: Signals
) -> None:
    worker = works.worker("busy", "--concurrency", "2")  # one of the two has nothing to do
    works.send("in-hand")
    until(lambda: works.runs("in-hand") == (1, 0), worker.words)
    ask(worker, number)
    until(lambda: not works.ready_file("busy").exists(), worker.words)
    works.send("late")
    until(lambda: works.messages() == (1, 1), worker.words)  # at once, while it goes on working
    assert works.runs("late") == (0, 0)
    assert (works.directory / "busy").exists()  # it lives, for the liveness probe
    assert "busy" in works.rows()
    works.let_go("in-hand")
    works.has_said_goodbye(worker)
    assert works.runs("in-hand") == (1, 1)
    assert works.messages() == (1, 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGQUIT])
def test_a_message_that_waits_in_the_worker_is_run_by_another_at_once(
    works: Works, number: Signals
) -> None:
    worker = works.worker("greedy", "--prefetch-multiplier", "4")
    works.send("in-hand")
    works.send("waits")
    until(lambda: works.messages() == (0, 2), worker.words)
    until(lambda: works.runs("in-hand") == (1, 0), worker.words)
    ask(worker, number)
    until(lambda: works.messages() == (1, 1), worker.words)
    other = works.worker("other")
    works.let_go("waits")
    until(lambda: works.runs("waits") == (1, 1), other.words)
    assert works.runs("in-hand") == (1, 0)  # the first is still at it
    works.let_go("in-hand")
    works.has_said_goodbye(worker)
    assert works.runs("in-hand") == (1, 1)
    until(lambda: works.messages() == (0, 0), other.words)


def test_what_does_not_end_in_time_is_given_back(works: Works) -> None:
    worker = works.worker("slow", WORKER_DRAIN_S="0.5")
    works.send("long")
    until(lambda: works.runs("long") == (1, 0), worker.words)
    ask(worker, signal.SIGTERM)
    assert worker.process is not None
    worker.process.wait(WAIT_S)
    assert "slow" not in works.rows()
    assert works.messages() == (1, 0)


def test_a_worker_whose_broker_is_gone_ends_too(works: Works) -> None:
    worker = works.worker("lonely")
    works.servers.broker.stop()
    try:
        ask(worker, signal.SIGTERM)
        works.has_said_goodbye(worker)
    finally:
        works.servers.broker.start()


def test_a_killed_worker_leaves_its_row_to_the_sweep(works: Works) -> None:
    worker = works.worker("killed")
    worker.kill()
    assert "killed" in works.rows()
