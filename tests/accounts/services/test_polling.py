"""A thread looks when it is woken and from time to time, whatever one round comes to."""

import threading

import pytest

from accounts.services import polling
from accounts.services.polling import Poller


def test_it_goes_on_after_a_failure_and_looks_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "POLL_S", 0.01)
    rounds: list[int] = []

    def look() -> None:
        rounds.append(len(rounds))
        if len(rounds) == 1:
            raise ValueError("of the first round")

    thread = Poller("one").start(look, ends=lambda: len(rounds) == 3)
    assert thread.daemon
    thread.join(10)
    assert rounds == [0, 1, 2]


def test_waking_does_not_wait_for_the_next_round_and_wakes_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(polling, "POLL_S", 600)
    one, other = Poller("one"), Poller("other")
    looked = threading.Event()
    thread = one.start(looked.set, ends=looked.is_set)
    other.wake()
    assert other.is_woken
    assert not looked.wait(0.2)
    one.wake()
    assert looked.wait(10)
    thread.join(10)
    assert not thread.is_alive()
