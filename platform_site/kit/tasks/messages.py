"""Which messages a worker takes from the broker: a known task, its ids, and nothing besides.

Whoever can push to a queue writes what the worker reads there. Celery would follow more in it than
the task: other time limits, a time far ahead, calls that come after, compressed bodies. What is no
plain message of a task that an app declares (``accepted_messages`` of its AppConfig) is dropped and
counted before anything acts on it: a job whose message was lost is sent again by the sweeper.
"""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson
import structlog
from django.conf import settings

from platform_site.kit.tasks.offers import AcceptedMessage, accepted_messages

log = structlog.get_logger("platform.task")

MAX_BYTES: Final = 16_384
MAX_RETRIES: Final = 10_000
"""A lost database is looked for again and again, with the same message (``images.tasks``)."""
MAX_DELAY: Final = timedelta(minutes=5)
EMPTY: Final[tuple[Any, ...]] = (None, {}, [], [None, None], 0)
REASONS: Final = ("size", "unreadable", "content_type", "options", "task", "arguments")
IGNORED_HEADERS: Final = frozenset(
    {
        *("lang", "argsrepr", "kwargsrepr", "origin", "root_id", "parent_id", "redelivered"),
        "celery_beat_task",
        *("request_id", "user_id", "traceparent", "tracestate", "baggage", "ignore_result"),
    }
)
READ_HEADERS: Final = frozenset({"task", "id", "retries", "eta", "expires"})


Accepted = Mapping[str, AcceptedMessage]


class MessageRefused(Exception):
    """The message is none of ours; says by what."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_accepted(raw: bytes, queue: str) -> bool:
    """Whether the worker may act on the message; one that it may not is counted and logged."""
    from platform_site.kit.tasks import metrics  # noqa: PLC0415 - counts in files made at the start

    try:
        message_check(raw, queue=queue, accepted=accepted_messages())
    except MessageRefused as exc:
        metrics.MESSAGES_REFUSED.labels(queue, exc.reason).inc()
        log.warning("message_refused", queue=queue, reason=exc.reason, bytes=len(raw))
        return False
    return True


def message_check(raw: bytes, *, queue: str, accepted: Accepted) -> None:
    """Raise `MessageRefused` unless ``raw`` is a message of Celery's protocol 2 as we send it."""
    # Before anything is parsed: a message of ours is far smaller.
    if len(raw) > MAX_BYTES:
        raise MessageRefused("size")
    message = _json_object(raw)
    headers, properties = message.get("headers"), message.get("properties")
    if not (isinstance(headers, dict) and isinstance(properties, dict)):
        raise MessageRefused("unreadable")
    _check_form(message, properties, queue=queue)
    _check_options(headers)
    name = headers.get("task")
    declared = accepted.get(name) if isinstance(name, str) else None
    if declared is None or queue not in declared.queues:
        raise MessageRefused("task")
    _check_body(message.get("body"), declared)


def _json_object(raw: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise MessageRefused("unreadable") from None
    if not isinstance(found, dict):
        raise MessageRefused("unreadable")
    return found


def _check_form(message: dict[str, Any], properties: dict[str, Any], *, queue: str) -> None:
    """JSON, whole, for this queue and no other."""
    form = (message.get("content-type"), message.get("content-encoding"))
    # Celery would decode pickle, YAML or a compressed body if the message said so.
    if form != ("application/json", "utf-8") or properties.get("body_encoding") != "base64":
        raise MessageRefused("content_type")
    route = properties.get("delivery_info")
    if not isinstance(route, dict) or (route.get("exchange"), route.get("routing_key")) not in {
        ("", queue),
        (queue, queue),
        (
            settings.CELERY_TASK_DEFAULT_QUEUE,
            queue,
        ),  # a release before this one named its default exchange
    }:
        raise MessageRefused("unreadable")
    if not _is_id(properties.get("delivery_tag")) or properties.get("priority", 0) != 0:
        raise MessageRefused("unreadable")


def _check_options(headers: dict[str, Any]) -> None:
    """Nothing that changes how, when or with what consequences the task runs."""
    for name, value in headers.items():
        if name not in IGNORED_HEADERS and name not in READ_HEADERS and value not in EMPTY:
            raise MessageRefused("options")
    retries = headers.get("retries", 0)
    if not _is_id(headers.get("id")) or type(retries) is not int or retries > MAX_RETRIES:
        raise MessageRefused("options")
    soon = datetime.now(UTC) + MAX_DELAY
    if (eta := _moment(headers.get("eta"))) and eta > soon:
        raise MessageRefused("options")
    _moment(headers.get("expires"))


def _check_body(body: Any, declared: AcceptedMessage) -> None:
    try:
        arguments, named, after = orjson.loads(base64.b64decode(body, validate=True))
    except (TypeError, ValueError):
        raise MessageRefused("unreadable") from None
    if not (isinstance(arguments, list) and len(arguments) == declared.ids):
        raise MessageRefused("arguments")
    if not (isinstance(named, dict) and set(named) <= set(declared.numbers)):
        raise MessageRefused("arguments")
    # ``type is``, since to `isinstance` true is a number.
    numbers_are_whole = all(value is None or type(value) is int for value in named.values())
    if not (numbers_are_whole and all(_is_id(argument) for argument in arguments)):
        raise MessageRefused("arguments")
    if not isinstance(after, dict) or any(value is not None for value in after.values()):
        raise MessageRefused("options")


def _is_id(value: Any) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise MessageRefused("options") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
