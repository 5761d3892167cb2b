"""platform_site/kit/tasks/messages.py: what a worker takes from the broker, and what it drops."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from platform_site.kit.tasks.messages import (
    MAX_BYTES,
    REASONS,
    MessageRefused,
    message_check,
)
from platform_site.kit.tasks.offers import AcceptedMessage

DECLARED = {
    "images.render": AcceptedMessage(("interactive", "bulk"), ids=2, numbers=("interruption",))
}
JOB, DISPATCH = str(uuid4()), str(uuid4())
AFTER = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}

Parts = dict[str, Any]


def parts() -> Parts:
    """A message as Celery sends it, taken apart."""
    return {
        "form": {"content-type": "application/json", "content-encoding": "utf-8"},
        "headers": {"task": "images.render", "id": str(uuid4()), "retries": 0, "lang": "py"},
        "properties": {
            "body_encoding": "base64",
            "delivery_tag": str(uuid4()),
            "delivery_info": {"exchange": "", "routing_key": "interactive"},
            "priority": 0,
        },
        "body": [[JOB, DISPATCH], {}, AFTER],
    }


def raw(message: Parts) -> bytes:
    body = message["body"]
    encoded = (
        body if isinstance(body, str) else base64.b64encode(json.dumps(body).encode()).decode()
    )
    rest = {"headers": message["headers"], "properties": message["properties"]}
    return json.dumps({**message["form"], **rest, "body": encoded}).encode()


def in_an(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


def check(message: Parts, queue: str = "interactive") -> None:
    message_check(raw(message), queue=queue, accepted=DECLARED)


def changed(part: str, **changes: Any) -> Callable[[Parts], None]:
    return lambda message: message[part].update(changes)


def body(*value: Any) -> Callable[[Parts], None]:
    return lambda message: message.update(body=list(value))


@pytest.mark.parametrize(
    "change",
    [
        changed("headers"),
        changed("headers", retries=100, eta=in_an(0.01)),  # the database is away for long
        body([JOB, DISPATCH], {"interruption": 3}, AFTER),
        body([JOB, DISPATCH], {"interruption": None}, AFTER),
        body([JOB, DISPATCH], {}, {}),
    ],
)
def test_what_we_send_is_taken(change: Callable[[Parts], None]) -> None:
    message = parts()
    change(message)
    check(message)


REFUSED: Mapping[str, tuple[Callable[[Parts], None], str]] = {
    "an unknown task": (changed("headers", task="celery.backend_cleanup"), "task"),
    "a task that is no text": (changed("headers", task=["images.render"]), "task"),
    "one id too few": (body([JOB], {}, AFTER), "arguments"),
    "one id too many": (body([JOB, DISPATCH, JOB], {}, AFTER), "arguments"),
    "a path for an id": (body([JOB, "../../etc/passwd"], {}, AFTER), "arguments"),
    "a number for an id": (body([JOB, 7], {}, AFTER), "arguments"),
    "an unknown name": (body([JOB, DISPATCH], {"shell": 1}, AFTER), "arguments"),
    "a text for a number": (body([JOB, DISPATCH], {"interruption": "1"}, AFTER), "arguments"),
    "a truth for a number": (body([JOB, DISPATCH], {"interruption": True}, AFTER), "arguments"),
    "what comes after": (body([JOB, DISPATCH], {}, {**AFTER, "chain": [{}]}), "options"),
    "no base64": (lambda message: message.update(body="%%%"), "unreadable"),
    "a pickle": (
        changed("form", **{"content-type": "application/x-python-serialize"}),
        "content_type",
    ),
    "another time limit": (changed("headers", timelimit=[9_000, 9_000]), "options"),
    "compressed": (changed("headers", compression="gzip"), "options"),
    "far ahead": (changed("headers", eta=in_an(24)), "options"),
    "a time that is none": (changed("headers", eta="tomorrow"), "options"),
    "retries without end": (changed("headers", retries=10**9), "options"),
    "a priority": (changed("properties", priority=9), "unreadable"),
    "another queue's": (
        changed("properties", delivery_info={"exchange": "", "routing_key": "maintenance"}),
        "unreadable",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_whatever_else_comes_is_dropped(name: str) -> None:
    change, reason = REFUSED[name]
    message = parts()
    change(message)
    with pytest.raises(MessageRefused) as caught:
        check(message)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "unreadable"), (b"[]", "unreadable"), (b"{}", "unreadable"), (b" " * 20_000, "size")],
)
def test_what_is_no_message_is_dropped(content: bytes, reason: str) -> None:
    with pytest.raises(MessageRefused) as caught:
        message_check(content, queue="interactive", accepted=DECLARED)
    assert caught.value.reason == reason
    assert len(content) <= MAX_BYTES or reason == "size"


def test_every_reason_is_one_that_is_counted_from_the_start() -> None:
    assert {reason for _, reason in REFUSED.values()} | {"size"} == set(REASONS)


def test_a_task_is_taken_from_its_own_queues_only() -> None:
    message = parts()
    message["properties"]["delivery_info"]["routing_key"] = "maintenance"
    with pytest.raises(MessageRefused) as caught:
        check(message, queue="maintenance")
    assert caught.value.reason == "task"
