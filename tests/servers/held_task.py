"""A task that runs until the test lets it go, and writes down each of its runs."""

import time
from pathlib import Path

from celery import shared_task
from celery.signals import worker_init

from platform_site.kit.tasks import messages

NAME = "tests.hold"
accepted_otherwise = messages.is_accepted


def is_accepted(raw: bytes, queue: str) -> bool:
    """A worker that loads this takes one task more than those that apps declare."""
    return NAME.encode() in raw or accepted_otherwise(raw, queue)


@worker_init.connect
def accept_it(**_worker: object) -> None:
    """Let the worker that starts take the task; a test that imports this module takes no more."""
    messages.is_accepted = is_accepted


@shared_task(name=NAME)
def hold(directory: str, name: str) -> None:
    """Run until ``name.go`` is there."""
    place = Path(directory)
    with (place / f"{name}.begun").open("a") as file:
        file.write("once\n")
    deadline = time.monotonic() + 50
    while not (place / f"{name}.go").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    with (place / f"{name}.ended").open("a") as file:
        file.write("once\n")
