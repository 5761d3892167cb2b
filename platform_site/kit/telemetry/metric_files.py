"""The files through which the processes of a role add up their metrics: one set for each slot.

A slot outlives the process in it. The process that takes the place of a dead one goes on counting
in the same files, so nothing is lost, nothing is counted twice and the directory does not grow.
"""

import os
import shutil
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Final

VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
PARENT: Final = "parent"

_slot = PARENT


def directory_prepare() -> Path:
    """Make the directory, empty: what an earlier run left there would be counted again.

    Call it before anything imports a metric: the client chooses its storage when it is imported.
    """
    path = Path(os.environ.get(VARIABLE) or tempfile.mkdtemp(prefix="metrics-"))
    os.environ[VARIABLE] = str(path)
    # A container that was restarted finds the files of its last life: their counts are over.
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)

    from prometheus_client import values  # noqa: PLC0415 - it looks for the variable at once

    values.ValueClass = values.MultiProcessValue(slot)  # type: ignore[no-untyped-call]
    return path


def directory_remove() -> None:
    """Take the directory away when the role ends."""
    if path := os.environ.get(VARIABLE):
        shutil.rmtree(path, ignore_errors=True)


def slot() -> str:
    """Whose files this process writes."""
    return _slot


def slot_take(name: str) -> None:
    """Write to the files of ``name`` from now on; called by a child right after the fork."""
    global _slot  # noqa: PLW0603 - it is a fact about the process, as its pid is
    _slot = name


def slot_free(taken: Collection[str], *, prefix: str) -> str:
    """The first of ``prefix0``, ``prefix1``, … that no living process has."""
    number = 0
    while f"{prefix}{number}" in taken:
        number += 1
    return f"{prefix}{number}"
