"""The thread of a web process that sends mail, so that no request waits for a mail server."""

import random
import threading
from collections.abc import Callable
from typing import Final

import structlog
from django.db import connections

log = structlog.get_logger(__name__)

POLL_S: Final = 30.0
"""How often it looks for what is to be tried again, and for what other processes left."""

_wake = threading.Event()


def sender_wake() -> None:
    """Have the thread of this process, if it has one, look for mail now."""
    _wake.set()


def sender_start(
    send: Callable[[], object], *, ends: Callable[[], bool] = lambda: False
) -> threading.Thread:
    """Call ``send`` whenever there may be mail, until ``ends``; nobody waits for it."""
    thread = threading.Thread(target=_run, args=(send, ends), name="mails", daemon=True)
    thread.start()
    return thread


def _run(send: Callable[[], object], ends: Callable[[], bool]) -> None:
    while not ends():
        # Processes that began together do not all ask the database at the same moment.
        _wake.wait(POLL_S * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
        _wake.clear()
        try:
            send()
        except Exception:
            log.exception("mails_not_sent")
        finally:
            connections.close_all()  # a pool has few places, and most of the time this one idles
