"""Whether a process of the role may start: the embedded role may not before it has keys.

Roles in containers need no such question, since their readers fail where a key is missing. The
embedded role can be imported without keys, and only those who would use them are refused.
"""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured


def start_refusal() -> str:
    """Why nobody can be served, and what to do; empty where nothing stands against it."""
    return str(getattr(settings, "START_REFUSAL", ""))


def start_require() -> None:
    """Raise ``ImproperlyConfigured`` where nobody can be served; web and workers call it first."""
    if words := start_refusal():
        raise ImproperlyConfigured(words)


@register(Tags.database)
def database_exists(*, databases: Collection[str] | None, **_options: Any) -> list[CheckMessage]:
    """For commands that use the database (``migrate``): without keys there is none.

    Others only look at the code; Django gives them no ``databases``.
    """
    words = start_refusal()
    return [Error(words, id="platform.E001")] if databases and words else []
