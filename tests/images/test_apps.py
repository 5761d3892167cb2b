"""What the app offers is complete, and reading it loads nothing that needs settings."""

import subprocess
import sys

import pytest
from django.utils.module_loading import import_string

from images.apps import ImagesConfig

LOADED = """
import sys
import images.apps
print(*sorted(name for name in sys.modules if name.startswith("images.")))
"""


def test_settings_can_read_what_is_offered_before_anything_is_set_up() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["images.apps"]


def test_every_periodic_task_is_taken_from_the_queue_that_it_is_sent_to() -> None:
    for task, due in ImagesConfig.periodic.items():
        accepted = ImagesConfig.accepted_messages[task]
        assert due.queue in accepted.queues
        assert (accepted.ids, accepted.numbers) == (0, ())
        assert due.every_s > 0
        assert bool(due.variable) == bool(due.about)


def test_every_queue_of_a_task_is_one_that_a_worker_reads() -> None:
    read = {name for message in ImagesConfig.accepted_messages.values() for name in message.queues}
    assert read == set(ImagesConfig.queues)


@pytest.mark.parametrize("path", [ImagesConfig.worker_report, ImagesConfig.worker_gauges])
def test_what_is_offered_by_its_path_is_there(path: str) -> None:
    assert callable(import_string(path))
