"""A network of its own for a test that makes interfaces: whoever else is here sees none come or go.

Chromium, which other tests drive at the same time, drops its connections when one does.
"""

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

CLONE_NEWNET: Final = 0x40000000
OF_THIS_THREAD: Final = Path("/proc/thread-self/ns/net")


@contextmanager
def own_network() -> Iterator[None]:
    """This thread, and what it starts, in a network with a loopback address only. Needs root.

    Sockets and threads that were there before stay in the network that they are of.
    """
    with OF_THIS_THREAD.open() as before:
        _called("unshare", CLONE_NEWNET)
        try:
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            yield
        finally:
            _called("setns", before.fileno(), CLONE_NEWNET)


def _called(name: str, *arguments: int) -> None:
    # Python has `os.unshare` and `os.setns` from 3.12 on.
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
