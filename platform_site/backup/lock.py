"""Who may work on backups: one process at a time, and none that restores over a running platform.

A lock of the operating system, which ends with the process however that ends.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from platform_site.backup.errors import Harmful

RUNNING: Final = ".running.lock"
"""Held by whoever runs the embedded platform."""
BACKUP: Final = ".backup.lock"
WORDS: Final = "Another backup of this platform is under way. Let it end."


@contextmanager
def file_lock(file: Path, words: str) -> Iterator[int]:
    """Hold ``file``, by its descriptor. Raises `Harmful` with ``words`` when somebody has it."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Harmful(words) from None
        yield descriptor
    finally:
        os.close(descriptor)
