"""The broker as it is: message files in a directory, and a Redis that is not there."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from celery import Celery, Task
from pytest_django import Settings

from images import queue, tasks
from images.apps import BULK, INTERACTIVE, MAINTENANCE, ImagesConfig
from images.models import Job
from images.renditions import OUTPUT_FORMATS, RenditionSpec

DEPTHS, SENDER = queue.depths, queue._sender


@pytest.fixture
def real(broker: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo the stand-in that the other tests use."""
    SENDER.cache_clear()
    monkeypatch.setattr(queue, "_sender", SENDER)
    monkeypatch.setattr(queue, "depths", DEPTHS)


@pytest.fixture
def directory(settings: Settings, tmp_path: Path, real: None) -> Path:
    for name in ("queue", "control", "processed"):
        (tmp_path / name).mkdir()
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(tmp_path / "queue"),
        "data_folder_out": str(tmp_path / "queue"),
        "control_folder": str(tmp_path / "control"),
        "processed_folder": str(tmp_path / "processed"),
        "store_processed": True,
    }
    return tmp_path


def send(name: str) -> bool:
    return queue.job_send(kind="render", job_id=uuid4(), dispatch_id=uuid4(), queue=name)


def test_what_was_sent_is_counted_by_queue(directory: Path) -> None:
    assert queue.depths() == {"interactive": 0, "bulk": 0, "maintenance": 0}
    assert send(BULK) is True
    assert send(BULK) is True
    assert send(INTERACTIVE) is True
    assert queue.depths() == {"interactive": 1, "bulk": 2, "maintenance": 0}
    assert len(list((directory / "queue").glob("*.bulk.msg"))) == 2


def test_a_broker_that_is_not_there_is_a_no_and_not_an_error(
    settings: Settings, real: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sender() -> Celery:
        return Celery("nowhere", broker="redis://127.0.0.1:1/0", set_as_current=False)

    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {}
    monkeypatch.setattr(queue, "_sender", sender)
    monkeypatch.setattr(queue, "CONNECT_TIMEOUT_S", 0.1)
    assert send(INTERACTIVE) is False
    assert queue.depths() is None


def test_only_what_is_slow_to_write_waits_apart() -> None:
    quick = [str(RenditionSpec(format=name)) for name in OUTPUT_FORMATS if name != "avif"]
    assert queue.queue_for(Job.Kind.RENDER, quick) == INTERACTIVE
    assert queue.queue_for(Job.Kind.RENDER, [*quick, str(RenditionSpec(format="avif"))]) == BULK
    assert queue.queue_for(Job.Kind.DELETE, [str(uuid4())]) == MAINTENANCE
    assert queue.queue_for(Job.Kind.DELETE, []) == MAINTENANCE


@pytest.mark.parametrize(
    ("kind", "name"),
    [("render", INTERACTIVE), ("render", BULK), ("delete", MAINTENANCE)],
)
def test_a_worker_takes_every_job_from_the_queue_that_it_is_sent_to(kind: str, name: str) -> None:
    assert name in ImagesConfig.accepted_messages[queue.TASKS[kind]].queues
    assert name in ImagesConfig.queues


def test_the_tasks_that_are_named_are_the_tasks_that_there_are(real: Any) -> None:
    defined = {task.name for task in vars(tasks).values() if isinstance(task, Task)}
    assert defined == set(ImagesConfig.accepted_messages)
    assert defined == {*queue.TASKS.values(), *ImagesConfig.periodic}
    assert queue.TASKS.keys() == set(Job.Kind.values)
