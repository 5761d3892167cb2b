"""What images tells of itself when something that it needs is gone, as the gateway reads it."""

from typing import Any

import pytest
from django.db import OperationalError as DatabaseGone
from django.test import Client
from kombu.exceptions import OperationalError as BrokerGone

from gateway.clients import images
from images import queue, storage
from images.errors import StorageUnavailable
from images.services import status as provider

LOST = {
    "database": (provider, "stored_totals", DatabaseGone("no connection")),
    "broker": (queue, "_depth", BrokerGone("no connection")),
    "storage": (storage, "store_check", StorageUnavailable()),
}


def lose(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, function, error = LOST[part]

    def broken(*_args: Any) -> None:
        raise error

    monkeypatch.setattr(module, function, broken)


def test_nothing_is_lost() -> None:
    status = images.status_get()
    assert (status.database.ok, status.broker.ok, status.storage.ok) == (True, True, True)
    assert [queue.name for queue in status.queues] == ["interactive", "bulk", "maintenance"]
    assert None not in [queue.depth for queue in status.queues]
    assert (status.jobs.queued, status.jobs.failed_24h) == (0, 0)


@pytest.mark.parametrize("lost", list(LOST))
def test_staff_are_told_what_is_lost(
    lost: str, as_sam: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose(lost, monkeypatch)
    reply = as_sam.get("/api/v1/status")
    assert reply.status_code == 503
    body = reply.json()
    assert body["roles"]["images"] == {"ok": False}
    assert {part: body["detail"][part]["ok"] for part in LOST} == {
        part: part != lost for part in LOST
    }


def test_a_number_that_cannot_be_asked_for_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    lose("broker", monkeypatch)
    lose("database", monkeypatch)
    status = images.status_get()
    assert [queue.depth for queue in status.queues] == [None, None, None]
    assert (status.jobs.queued, status.jobs.running) == (None, None)
    assert (status.jobs.failed_24h, status.jobs.succeeded_24h) == (None, None)
    assert (status.storage.bytes, status.storage.images) == (None, None)
