"""The thread sends when it is woken and from time to time, whatever one round comes to."""

import threading

import pytest

from accounts.services import mail_thread


def test_it_goes_on_after_a_failure_and_looks_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_thread, "POLL_S", 0.01)
    rounds: list[int] = []

    def send() -> None:
        rounds.append(len(rounds))
        if len(rounds) == 1:
            raise ValueError("of the first round")

    thread = mail_thread.sender_start(send, ends=lambda: len(rounds) == 3)
    assert thread.daemon
    thread.join(10)
    assert rounds == [0, 1, 2]


def test_waking_does_not_wait_for_the_next_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_thread, "POLL_S", 600)
    sent = threading.Event()
    thread = mail_thread.sender_start(sent.set, ends=sent.is_set)
    mail_thread.sender_wake()
    assert sent.wait(10)
    thread.join(10)
    assert not thread.is_alive()
