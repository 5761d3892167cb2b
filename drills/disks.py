"""Small disks of their own for the data of a server, to be filled to the last block."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

SIZE_MB: Final = 400
PIECE: Final = bytes(1 << 16)


@contextmanager
def small_disk(place: Path) -> Iterator[None]:
    """A disk in memory for what lies in ``place``; needs root."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(place)]
    subprocess.run(mount, check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True, capture_output=True)


@contextmanager
def full(place: Path) -> Iterator[None]:
    """Not a block is free on the disk of ``place`` when the block begins."""
    ballast = place / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(PIECE):
            pass
    try:
        yield
    finally:
        ballast.unlink()
