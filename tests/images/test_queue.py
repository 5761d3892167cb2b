"""The broker as it is: message files in a directory, and a Redis that is not there."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from celery import Celery
from pytest_django import Settings

from images import queue, tasks

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


def send(lane: str) -> bool:
    return queue.job_send(kind="render", job_id=uuid4(), dispatch_id=uuid4(), queue=lane)


def test_what_was_sent_is_counted_by_queue(directory: Path) -> None:
    assert queue.depths() == {"interactive": 0, "bulk": 0, "maintenance": 0}
    assert send(queue.BULK) is True
    assert send(queue.BULK) is True
    assert send(queue.INTERACTIVE) is True
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
    assert send(queue.INTERACTIVE) is False
    assert queue.depths() is None


def test_the_tasks_that_are_named_are_the_tasks_that_there_are(real: Any) -> None:
    assert {tasks.render.name, tasks.delete.name} == set(queue.TASKS.values())
    assert tasks.sweep.name == "images.sweep"
    assert tasks.purge_trash.name == "images.purge_trash"
