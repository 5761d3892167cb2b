"""One JSON line per event on standard output, the same shape from web, worker and commands."""

import json
import logging
import re
from collections.abc import Callable, Mapping, MutableMapping
from functools import lru_cache
from typing import Any, Final

import orjson
import structlog

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
                "()": structlog.stdlib.ProcessorFormatter,
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
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _redact,
    ]


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
