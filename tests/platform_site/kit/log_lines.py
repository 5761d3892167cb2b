"""What the process says in its logs, as the JSON lines that it writes."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.utils.module_loading import import_string

from platform_site.kit.telemetry import logs


@dataclass
class Lines:
    """The lines written so far; ``text`` is all of them as they were."""

    stream: io.StringIO = field(default_factory=io.StringIO)

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def named(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.events if line["event"] == event]


@contextmanager
def listening() -> Iterator[Lines]:
    """Hear everything from level INFO up, through the formatter of the setting ``LOGGING``."""
    lines = Lines()
    formatter = dict(logs.configuration(level="INFO", form="json")["formatters"]["event"])
    handler = logging.StreamHandler(lines.stream)
    handler.setFormatter(import_or_self(formatter.pop("()"))(**formatter))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def import_or_self(factory: Any) -> Any:
    """A formatter's factory, which ``dictConfig`` takes by name or as it is."""
    return import_string(factory) if isinstance(factory, str) else factory
