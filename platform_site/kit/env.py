"""Readers for environment variables that fail at start and name the variable.

Any value may instead come from a file: ``NAME_FILE=/run/secrets/name`` is read when ``NAME`` is
absent, so that a secret never stands in a process's environment.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

REQUIRED: Final = "\0required"
DIFFERENT_CHARACTERS: Final = 8
WEAK_SECRETS: Final = frozenset({"secret", "password", "changeme", "change-me", "default", "test"})


def text(name: str, default: str = REQUIRED) -> str:
    """The value of ``name``, or of the file that ``NAME_FILE`` points to, without its newline."""
    value = os.environ.get(name)
    if value is None:
        value = _from_file(name)
    if value is None:
        if default is REQUIRED:
            raise ImproperlyConfigured(f"{name} is not set (nor is {name}_FILE).")
        return default
    if default is REQUIRED and not value.strip():
        raise ImproperlyConfigured(f"{name} is empty.")
    return value


def server_url(name: str, *schemes: str) -> str:
    """The address of a server with one of ``schemes`` (none named: any); no default password."""
    value = text(name)
    try:
        parts = urlsplit(value)
        address = parts.netloc or parts.path.strip("/") or parts.query
        password, _port = unquote(parts.password or ""), parts.port
    except ValueError:
        raise _wrong_form(name, "a URL") from None  # the cause repeats the value
    if not (parts.scheme and address) or (schemes and parts.scheme not in schemes):
        raise _wrong_form(name, f"a URL ({', '.join(schemes)})" if schemes else "a URL")
    if password:
        password_require_own(name, password, user=unquote(parts.username or ""))
    return value


def password_require_own(name: str, password: str, *, user: str) -> None:
    """Refuse a password that anybody would try first, its user's name among them."""
    if password == user or _is_guessable(password.lower()):
        raise ImproperlyConfigured(f"{name} has a default or guessable password.")


def secret(name: str, *, min_length: int = 32) -> str:
    """A secret of at least ``min_length`` characters, without a default; guessable ones fail."""
    value = text(name)
    _require_strong(name, value, min_length=min_length)
    return value


def integer(name: str, default: int | None = None) -> int:
    """A whole number."""
    raw = text(name, REQUIRED if default is None else str(default))
    try:
        return int(raw)
    except ValueError:
        raise _wrong_form(name, "a whole number") from None  # the cause repeats the value


def number(name: str, default: float | None = None) -> float:
    """A decimal number."""
    raw = text(name, REQUIRED if default is None else str(default))
    try:
        return float(raw)
    except ValueError:
        raise _wrong_form(name, "a number") from None  # the cause repeats the value


def boolean(name: str, *, default: bool) -> bool:
    """``1/true/yes/on`` or ``0/false/no/off``, in any case."""
    raw = text(name, str(default)).lower()
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    raise _wrong_form(name, "true or false")


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list, without blanks."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def json_value(name: str, default: str = REQUIRED) -> Any:
    """A JSON document. The value itself is never repeated in the error: it may be a secret."""
    try:
        return json.loads(text(name, default))
    except json.JSONDecodeError as exc:
        raise ImproperlyConfigured(f"{name} is not valid JSON: {exc.msg} at {exc.pos}.") from exc


def secrets_by_id(name: str, *, min_length: int = 32) -> dict[str, str]:
    """A JSON object of at least one secret by its id; each must be as strong as `secret` asks."""
    found = json_value(name)
    if not isinstance(found, dict) or not found:
        raise _wrong_form(name, "a JSON object of secrets by id")
    for secret_id, value in found.items():
        _require_strong(f"{name}[{secret_id!r}]", str(value), min_length=min_length)
    return {str(secret_id): str(value) for secret_id, value in found.items()}


def keys_by_id(name: str) -> dict[str, str]:
    """As `secrets_by_id`, of keys in hexadecimal."""
    found = secrets_by_id(name)
    for key_id, value in found.items():
        try:
            bytes.fromhex(value)
        except ValueError:
            raise _wrong_form(f"{name}[{key_id!r}]", "a key in hexadecimal") from None
    return found


def key_set(name: str, default: str = REQUIRED, *, fields: Iterable[str]) -> dict[str, Any]:
    """A JSON object whose ``keys`` is a list of objects, each with texts under ``fields``."""
    found = json_value(name, default)
    keys = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(keys, list):
        raise _wrong_form(name, "a JSON object with a list of keys")
    for key in keys:
        if not (isinstance(key, dict) and all(isinstance(key.get(field), str) for field in fields)):
            raise _wrong_form(name, f"a list of keys with {', '.join(fields)}")
    return dict(found)


def limits(name: str) -> dict[str, tuple[int, int]]:
    """A JSON object of ``[uses, seconds]`` by what is limited; empty when it is not set."""
    found = json_value(name, "{}")
    try:
        return {str(scope): (int(uses), int(seconds)) for scope, (uses, seconds) in found.items()}
    except (AttributeError, TypeError, ValueError):
        raise _wrong_form(name, "a JSON object of [uses, seconds] by name") from None


def _require_strong(name: str, value: str, *, min_length: int) -> None:
    if len(value) < min_length:
        raise ImproperlyConfigured(
            f"{name} is too short for a secret: {len(value)} characters, at least {min_length}."
        )
    if _is_guessable(value.lower()):
        raise ImproperlyConfigured(f"{name} is a default or guessable value; make a random one.")


def _wrong_form(name: str, form: str) -> ImproperlyConfigured:
    """The value is not repeated: it may be a secret that stands under the wrong name."""
    return ImproperlyConfigured(f"{name} must be {form}.")


def _is_guessable(value: str) -> bool:
    """Django's generated default, a weak word over and over, or hardly any different letters."""
    return (
        value.startswith("django-insecure")
        or any(not value.replace(weak, "") for weak in WEAK_SECRETS)
        or len(set(value)) < DIFFERENT_CHARACTERS
    )


def _from_file(name: str) -> str | None:
    path = os.environ.get(f"{name}_FILE")
    if path is None:
        return None
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as exc:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {exc.strerror}: {path}") from exc
    except UnicodeDecodeError:
        raise ImproperlyConfigured(f"{name}_FILE is not text in UTF-8: {path}") from None
