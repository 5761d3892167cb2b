"""gateway/services/status.py: who waits for a measurement, and who does not."""

import threading
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from gateway.responses import StatusOut
from gateway.services import status
from gateway.services.status import StatusBoard

SOON_S = 10.0


def measured(number: int) -> StatusOut:
    return StatusOut(status="ok", roles={}, parts={}, version=str(number), links={}, detail=None)


class Hanging:
    """Measurements of which each takes until it is let go."""

    def __init__(self) -> None:
        self.begun = 0
        self.at_work = threading.Semaphore(0)
        self.go_on = threading.Semaphore(0)

    def __call__(self) -> StatusOut:
        self.begun += 1
        number = self.begun
        self.at_work.release()
        assert self.go_on.acquire(timeout=SOON_S)
        return measured(number)


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Hanging:
    measure = Hanging()
    monkeypatch.setattr(status, "status_measure", measure)
    return measure


@pytest.fixture
def _every_state_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "MEMORY_S", -1.0)


@pytest.mark.usefixtures("_every_state_is_old")
def test_the_last_state_is_shown_while_one_thread_measures(hanging: Hanging) -> None:
    board = StatusBoard()
    hanging.go_on.release()
    assert board.status() == measured(1)
    assert hanging.at_work.acquire(timeout=SOON_S)
    with ThreadPoolExecutor(2) as threads:
        measuring = threads.submit(board.status)
        assert hanging.at_work.acquire(timeout=SOON_S)
        try:
            assert threads.submit(board.status).result(SOON_S) == measured(1)
        finally:
            hanging.go_on.release()
        assert measuring.result(SOON_S) == measured(2)
    assert hanging.begun == 2


@pytest.mark.usefixtures("_every_state_is_old")
def test_a_state_of_long_ago_is_not_shown(
    hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "SHOWN_FOR_S", -1.0)
    board = StatusBoard()
    hanging.go_on.release()
    assert board.status() == measured(1)
    assert hanging.at_work.acquire(timeout=SOON_S)
    with ThreadPoolExecutor(2) as threads:
        measuring = threads.submit(board.status)
        assert hanging.at_work.acquire(timeout=SOON_S)
        waiting = threads.submit(board.status)
        wait([waiting], timeout=0.2)  # time enough to be shown the old state, were it shown
        hanging.go_on.release(2)
        assert (measuring.result(SOON_S), waiting.result(SOON_S)) == (measured(2), measured(3))


def test_everybody_waits_for_the_first_measurement(hanging: Hanging) -> None:
    board = StatusBoard()
    with ThreadPoolExecutor(3) as threads:
        looks = [threads.submit(board.status) for _ in range(3)]
        assert hanging.at_work.acquire(timeout=SOON_S)
        hanging.go_on.release(3)
        assert [look.result(SOON_S) for look in looks] == [measured(1)] * 3
    assert hanging.begun == 1


def test_a_measurement_that_breaks_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> StatusOut:
        raise ZeroDivisionError

    board = StatusBoard()
    monkeypatch.setattr(status, "status_measure", broken)
    with pytest.raises(ZeroDivisionError):
        board.status()
    monkeypatch.setattr(status, "status_measure", lambda: measured(1))
    assert board.status() == measured(1)
