"""One JSON line per event on standard output, the same shape from web, worker and commands."""

import json
import logging
import re
from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

import orjson
import structlog

from platform_site.kit.telemetry import request_context

REDACTED: Final = frozenset(
    {"password", "token", "access", "refresh", "secret", "authorization", "cookie", "email"}
)
Event = MutableMapping[str, Any]


def configuration(*, level: str, form: str) -> dict[str, Any]:
    """The ``LOGGING`` setting; ``form`` is ``json`` or ``console`` (for people)."""
    renderer: Callable[..., Any] = (
        structlog.dev.ConsoleRenderer(colors=False)
        if form == "console"
        else structlog.processors.JSONRenderer(serializer=_dumps)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "event": {
                "()": EventFormatter,
                "foreign_pre_chain": _shared(),
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    renderer,
                ],
            }
        },
        "filters": {"without_path": {"()": PathFilter}},
        "handlers": {"stdout": {"class": "logging.StreamHandler", "formatter": "event"}},
        "root": {"handlers": ["stdout"], "level": level},
        "loggers": {
            "django.server": {"level": "WARNING"},
            "django.request": {"level": "ERROR", "filters": ["without_path"]},
            "django.security.csrf": {"level": "ERROR"},
            "botocore": {"level": "WARNING"},
            "urllib3": {"level": "ERROR"},
            "celery.app.trace": {"level": "WARNING"},
        },
    }


class WholeEvent(dict[str, Any]):
    """The fields of an event as they are written: its level, its time and its request among them.

    Nothing in it is looked at again, so none of its names may be one that is redacted.
    """


class EventFormatter(structlog.stdlib.ProcessorFormatter):
    """structlog's formatter, which writes a `WholeEvent` as it is."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._is_json = isinstance(self.processors[-1], structlog.processors.JSONRenderer)

    def format(self, record: logging.LogRecord) -> str:
        """The line of ``record``."""
        if self._is_json and isinstance(record.msg, WholeEvent):
            return _dumps(record.msg)
        return super().format(record)


def event_write(logger: logging.Logger, level: int, event: str, fields: Mapping[str, Any]) -> None:
    """Write what every request writes, at a fraction of the cost of a logger of structlog.

    The line has the shape of any other. ``fields`` are not redacted: see `WholeEvent`.
    """
    if not logger.isEnabledFor(level):
        return
    name = logging.getLevelName(level).lower()
    whole = WholeEvent(fields, event=event, **_identity(), level=name, logger=logger.name)
    whole["time"] = _now()
    record = logging.LogRecord(logger.name, level, "", 0, whole, None, None)
    # What structlog's formatter knows an event of its own by: it is then rendered for people, too.
    record.__dict__.update(_logger=None, _name=name)
    logger.handle(record)


class PathFilter(logging.Filter):
    """Takes the path out of what Django says of a 5xx: a delivery's path is its signature.

    The request has a line of its own, by route template; only what broke it is worth another.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether ``record`` has a traceback; its message is a constant then."""
        record.msg, record.args = "request_broken", ()
        return bool(record.exc_info)


def install() -> None:
    """Make `structlog` write through the standard library's handlers."""
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _shared() -> list[Any]:
    return [
        _identify,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _redact,
    ]


def _identity() -> dict[str, str]:
    """The request and the trace in hand; nothing outside of one."""
    request_id = request_context.current_request_id()
    if not request_id:
        return {}
    return {"request_id": request_id, "trace_id": request_context.current_trace_id()}


def _identify(_logger: Any, _method: str, event: Event) -> Event:
    for name, value in _identity().items():
        event.setdefault(name, value)
    return event


def _now() -> str:
    """As structlog's ``TimeStamper`` writes it."""
    return f"{datetime.now(UTC).replace(tzinfo=None).isoformat()}Z"


def _redact(_logger: Any, _method: str, event: Event) -> Event:
    for name, value in event.items():
        event[name] = _without_secrets(name, value)
    return event


def _without_secrets(name: str, value: Any) -> Any:
    """``value``, unless its name ends in a word that is redacted: ``X-Service-Authorization``."""
    if _is_secret(name):
        return "[redacted]"
    if isinstance(value, Mapping):
        return {key: _without_secrets(str(key), inner) for key, inner in value.items()}
    return value


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    return re.split("[_-]", name.lower())[-1] in REDACTED


def _dumps(event: Event, **_options: Any) -> str:
    try:
        return orjson.dumps(event, default=str).decode()
    except TypeError:  # half a surrogate pair, a huge number: a line is never lost to its content
        return json.dumps(event, default=str)
