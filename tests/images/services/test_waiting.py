import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from images import job_ends
from images.models import Job
from images.services import waiting
from images.services.waiting import WAIT_SLOTS, job_wait
from platform_site.kit.identifiers import uuid7
from tests.images.test_job_ends import SOON_S, end, job_made
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    made = job_ends.Listener()
    monkeypatch.setattr(job_ends, "_of_process", made)
    yield
    made.stop()


class Waiting(threading.Thread):
    """Somebody who waits for a job in a thread of its own, and counts what that asks."""

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.job = job
        self.statements: list[dict[str, str]] = []
        self.outcome: bool | None = None
        self.start()

    def run(self) -> None:
        # The connection goes back to the pool meanwhile, and counts on.
        connection.force_debug_cursor = True
        with CaptureQueriesContext(connection) as statements:
            self.outcome = job_wait(job_id=self.job.id, wait_s=SOON_S)
            self.statements = list(statements.captured_queries)
        connections.close_all()


def waiters() -> int:
    return sum(map(len, job_ends.listener()._waiters.values()))


def test_a_job_that_is_over_is_not_waited_for() -> None:
    job = job_made()
    end(job.id)
    assert job_wait(job_id=job.id, wait_s=SOON_S) is True
    assert job_wait(job_id=uuid7(), wait_s=SOON_S) is True


def test_a_wait_ends_in_time() -> None:
    assert job_wait(job_id=job_made().id, wait_s=0.05) is False


def test_whoever_waits_is_woken_and_asks_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite tells nobody")
    first = job_made()
    with job_ends.listener().expecting(first.id) as waiter:
        until(lambda: waiter.hears)
        job = job_made()
        waiting_one = Waiting(job)
        until(lambda: waiters() == 2)
        monkeypatch.setattr(waiting, "FIRST_LOOK_S", 0.0)
        end(first.id)
        waiter.wait(SOON_S)
        assert waiting_one.is_alive()
        end(job.id)
        waiting_one.join(SOON_S)
    assert waiting_one.outcome is True
    assert len(waiting_one.statements) <= 2


def test_without_a_listener_it_is_looked_at_again_and_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(job_ends.Listener, "_listen", lambda _self: None)
    job = job_made()
    looked: list[Any] = []

    def is_over(**_named: Any) -> bool:
        looked.append(True)
        return len(looked) == 4

    monkeypatch.setattr(waiting, "job_is_over", is_over)
    monkeypatch.setattr(waiting, "FIRST_LOOK_S", 0.001)
    assert job_wait(job_id=job.id, wait_s=SOON_S) is True
    assert len(looked) == 4


def test_an_end_between_the_look_and_the_wait_is_not_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite tells nobody")
    job = job_made()
    looked: list[bool] = []
    look: Any = vars(waiting)["job_is_over"]

    def look_and_end(**named: Any) -> bool:
        looked.append(look(**named))
        if len(looked) == 1:
            end(job.id)
        return looked[-1]

    monkeypatch.setattr(waiting, "job_is_over", look_and_end)
    with job_ends.listener().expecting(uuid7()) as warm:
        until(lambda: warm.hears)
        assert job_wait(job_id=job.id, wait_s=SOON_S) is True
    assert looked == [False, True]


def test_only_some_may_wait_at_a_time() -> None:
    job = job_made()
    taken = [waiting._slots.acquire(blocking=False) for _ in range(WAIT_SLOTS)]
    try:
        assert all(taken)
        assert job_wait(job_id=job.id, wait_s=SOON_S) is None
    finally:
        for _ in taken:
            waiting._slots.release()
    end(job.id)
    assert [job_wait(job_id=job.id, wait_s=1) for _ in range(WAIT_SLOTS + 1)] == [True] * 5
