"""Configuration of gunicorn for a role that is probed: the platform's own, and a clock of parts.

A worker begins to count anew at `RESET`, and writes its table beside `ACCOUNT` at `TELL`.
"""

import json
import os
import signal
import time
from pathlib import Path
from types import FrameType
from typing import Any, Final

from bench.probed.clock import PartClock, install
from bench.probed.parts import PARTS
from platform_site import gunicorn as configured
from platform_site.gunicorn import *  # noqa: F403 - gunicorn reads a module's names

RESET: Final = signal.SIGRTMIN
TELL: Final = signal.SIGRTMIN + 1
ACCOUNT: Final = "BENCH_PROBE_ACCOUNT"
"""Names the file of the table."""
MORE: Final = "BENCH_PROBE_PARTS"
"""More parts, as JSON: a list of [part, name]; they come first."""


def post_worker_init(worker: Any) -> None:  # type: ignore[no-redef]  # in place of the platform's
    """Wrap the parts once the application is loaded."""
    configured.post_worker_init(worker)
    views = _views()
    clock = PartClock()
    clock.calibrate()
    more = [(part, name) for part, name in json.loads(os.environ.get(MORE, "[]"))]
    missing = install(clock, (*more, *PARTS))
    for pattern in views:
        pattern.callback = clock.wrap(pattern.callback, "view")
    started = [time.process_time_ns()]

    def reset(_number: int, _frame: FrameType | None) -> None:
        clock.reset()
        started[0] = time.process_time_ns()

    def tell(_number: int, _frame: FrameType | None) -> None:
        whole_ns = time.process_time_ns() - started[0]
        account = {"process_ns": whole_ns, "parts": clock.table(), "missing": missing}
        target = Path(os.environ[ACCOUNT])
        draft = target.with_suffix(".new")
        draft.write_text(json.dumps(account))
        draft.rename(target)

    signal.signal(RESET, reset)
    signal.signal(TELL, tell)


def _views() -> list[Any]:
    """Every URL pattern; to ask loads the modules of the views, as the first request would.

    Views that are closures, as a decorator makes them, are reached by their URL only.
    """
    from django.urls import URLPattern, get_resolver  # noqa: PLC0415 - after the set-up

    found, waiting = [], list(get_resolver().url_patterns)
    while waiting:
        pattern: Any = waiting.pop()
        if isinstance(pattern, URLPattern):
            found.append(pattern)
        else:
            waiting += pattern.url_patterns
    return found
