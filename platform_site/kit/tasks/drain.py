"""How a worker ends: it takes nothing new, gives back what waits, finishes what it has in hand.

Celery's own ways sleep in the signal handler, with a message half received that nobody works on,
or wait without an end for the pool, whose time limits no loop enforces any more. Here the loop goes
on until the hands are empty: results are acknowledged, limits hold, and a message that the broker
sends in the last moment goes back at once. SIGTERM, SIGINT and SIGQUIT mean the same; a second
SIGINT or SIGQUIT, or ``WORKER_DRAIN_S`` without an end, is Celery's cold end, which gives back what
runs.
"""

import os
import signal
import threading
import time
from types import FrameType
from typing import Any, Final

import structlog
from celery.signals import worker_ready, worker_shutting_down
from celery.worker import state
from django.conf import settings
from kombu.common import ignore_errors

log = structlog.get_logger("platform.worker")

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
LOOK_S: Final = 0.1
WAKE_S: Final = 0.5
"""The loop may sleep for seconds when the broker has nothing to say; it looks up this often."""


class Drain:
    """Waits for the first signal that asks the worker of ``consumer`` to end."""

    def __init__(self, consumer: Any) -> None:
        self._consumer = consumer
        self._process = os.getpid()
        self._asked = threading.Event()
        self._original = {number: signal.getsignal(number) for number in SIGNALS}

    def install(self) -> None:
        """Take the place of Celery's handlers. In the main thread, when the worker is ready."""
        # A signal handler may not start a thread: it could interrupt one that is being started.
        threading.Thread(target=self._end_when_asked, name="drain", daemon=True).start()
        if self._consumer.hub:
            self._consumer.timer.call_repeatedly(WAKE_S, _nothing)
        for number in SIGNALS:
            signal.signal(number, self._handle)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        """May interrupt anything, so it writes no log and waits for nothing."""
        if os.getpid() != self._process:  # a child has inherited this
            original = self._original[signal.Signals(number)]
            if callable(original):
                original(number, frame)
            return
        # Kubernetes sends SIGTERM once; a second one must not cut short what the first began.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for again in (signal.SIGINT, signal.SIGQUIT):
            signal.signal(again, self._original[signal.SIGQUIT])
        self._consume_nothing()
        worker_shutting_down.send(
            sender=self._consumer.hostname,
            sig=signal.Signals(number).name,
            how="Drain",
            exitcode=os.EX_OK,
        )
        self._asked.set()

    def _end_when_asked(self) -> None:
        self._asked.wait()
        deadline = time.monotonic() + settings.WORKER_DRAIN_S
        self._give_back()
        log.info("worker_draining", role=settings.ROLE, in_hand=len(state.reserved_requests))
        while len(state.reserved_requests):
            if time.monotonic() > deadline:
                log.warning("worker_drain_cut", in_hand=len(state.reserved_requests))
                os.kill(self._process, signal.SIGQUIT)
                return
            time.sleep(LOOK_S)
            self._consume_nothing()  # a connection that was made anew consumes again
            self._give_back()
        # Celery's loop looks at this and leaves by itself, with its connections closed in order.
        vars(state)["should_stop"] = os.EX_OK  # the stubs believe that it stays None

    def _consume_nothing(self) -> None:
        if self._consumer.task_consumer:
            ignore_errors(self._consumer, self._consumer.task_consumer.cancel)

    def _give_back(self) -> None:
        """Return the messages that no process has taken yet; the loop sends what is said here."""
        semaphore = self._consumer.controller.semaphore
        while semaphore is not None:
            try:
                _, (request,), _ = semaphore._waiting.popleft()  # noqa: SLF001 - no other way in
            except IndexError:
                return
            request.reject(requeue=True)
            state.task_ready(request)


def _nothing() -> None:
    """Wake the loop."""


@worker_ready.connect
def drain_prepare(sender: Any, **_signal: Any) -> None:
    """End in our way from now on."""
    Drain(sender).install()
