"""Readers for environment variables that fail at start and name the variable.

Any value may instead come from a file: ``NAME_FILE=/run/secrets/name`` is read when ``NAME`` is
absent, so that a secret never stands in a process's environment. Each reader wants ``about``: one
sentence on what the variable does, with its unit; docs/configuration.md is made from these.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

REQUIRED: Final = "\0required"
DIFFERENT_CHARACTERS: Final = 8
WEAK_SECRETS: Final = frozenset({"secret", "password", "changeme", "change-me", "default", "test"})
_EXAMPLE_KEY: Final = "0123456789abcdef" * 4


@dataclass(frozen=True, slots=True)
class Variable:
    """What somebody who runs a role has to know of one variable; never its value."""

    name: str
    default: str
    """`REQUIRED`, or the text that stands for an absent variable."""
    about: str
    form: str
    example: str
    """A value of the right form."""
    is_secret: bool = False


FALLBACKS: Final[dict[str, str]] = {}
"""What stands for variables that the environment lacks, by ``NAME`` or ``NAME_FILE``.

Filled by the embedded role. Not written to ``os.environ``, which every child process inherits.
"""
READ: Final[dict[str, Variable]] = {}
"""What this process has asked for so far, by name."""


def text(name: str, default: str = REQUIRED, *, about: str, is_secret: bool = False) -> str:
    """The value of ``name``, or of the file that ``NAME_FILE`` points to, without its newline."""
    return _read(Variable(name, default, about, "text", "text", is_secret))


def server_url(name: str, *schemes: str, about: str, is_secret: bool = False) -> str:
    """The URL of a server with one of ``schemes`` (none named: any); no default password."""
    form = f"URL ({', '.join(schemes)})" if schemes else "URL"
    example = f"{schemes[0] if schemes else 'redis'}://host:1234/name"
    value = _read(Variable(name, REQUIRED, about, form, example, is_secret))
    try:
        parts = urlsplit(value)
        target = parts.netloc or parts.path.strip("/") or parts.query
        password, _port = unquote(parts.password or ""), parts.port
    except ValueError:
        raise _wrong_form(name, "a URL") from None  # the cause repeats the value
    if not (parts.scheme and target) or (schemes and parts.scheme not in schemes):
        raise _wrong_form(name, f"a {form}")
    if password:
        password_require_own(name, password, user=unquote(parts.username or ""))
    return value


def password_require_own(name: str, password: str, *, user: str) -> None:
    """Refuse a password that anybody would try first, its user's name among them."""
    if password == user or _is_guessable(password.lower()):
        raise ImproperlyConfigured(f"{name} has a default or guessable password.")


def secret(name: str, *, about: str, min_length: int = 32) -> str:
    """A secret of at least ``min_length`` characters, without a default; guessable ones fail."""
    form = f"at least {min_length} characters"
    value = _read(Variable(name, REQUIRED, about, form, _EXAMPLE_KEY, is_secret=True))
    _require_strong(name, value, min_length=min_length)
    return value


def former_secrets(name: str, *, about: str, min_length: int = 32) -> list[str]:
    """Secrets that are still believed and make nothing new, by commas; none when it is absent."""
    form = f"list, by commas, of at least {min_length} characters each"
    raw = _read(Variable(name, "", about, form, "", is_secret=True))
    found = [word.strip() for word in raw.split(",") if word.strip()]
    for number, value in enumerate(found, start=1):
        _require_strong(f"{name}[{number}]", value, min_length=min_length)
    return found


def integer(name: str, default: int | None = None, *, about: str) -> int:
    """A whole number."""
    fallback = REQUIRED if default is None else str(default)
    raw = _read(Variable(name, fallback, about, "whole number", "1"))
    try:
        return int(raw)
    except ValueError:
        raise _wrong_form(name, "a whole number") from None  # the cause repeats the value


def number(name: str, default: float | None = None, *, about: str) -> float:
    """A decimal number."""
    fallback = REQUIRED if default is None else str(default)
    raw = _read(Variable(name, fallback, about, "number", "1.0"))
    try:
        return float(raw)
    except ValueError:
        raise _wrong_form(name, "a number") from None  # the cause repeats the value


def boolean(name: str, *, default: bool, about: str) -> bool:
    """``1/true/yes/on`` or ``0/false/no/off``, in any case."""
    raw = _read(Variable(name, str(default).lower(), about, "true or false", "true")).lower()
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    raise _wrong_form(name, "true or false")


def words(name: str, default: str = "", *, about: str) -> list[str]:
    """A comma-separated list, without blanks."""
    raw = _read(Variable(name, default, about, "list, by commas", "one,two"))
    return [word.strip() for word in raw.split(",") if word.strip()]


def origins(name: str, *, about: str, is_any_allowed: bool = False) -> frozenset[str]:
    """Origins as browsers write them (``https://photos.example``), or ``*`` alone if allowed."""
    form = "list of origins, by commas" + (", or *" if is_any_allowed else "")
    raw = _read(Variable(name, "", about, form, "https://photos.example"))
    found = frozenset(word.strip() for word in raw.split(",") if word.strip())
    if is_any_allowed and found == {"*"}:
        return found
    if not all(_is_origin(word) for word in found):
        raise _wrong_form(name, f"a {form} (https://photos.example, with no path)")
    return found


def json_value(name: str, default: str = REQUIRED, *, about: str) -> Any:
    """A JSON document. The value itself is never repeated in the error: it may be a secret."""
    return _json(Variable(name, default, about, "JSON", "{}"))


def secrets_by_id(
    name: str, *, about: str, min_length: int = 32, is_optional: bool = False
) -> dict[str, str]:
    """A JSON object of strong secrets by id; of at least one unless it ``is_optional``."""
    default = "{}" if is_optional else REQUIRED
    example = json.dumps({"id": _EXAMPLE_KEY})
    form = f"JSON: secrets of at least {min_length} characters by id"
    found = _json(Variable(name, default, about, form, example, is_secret=True))
    if not isinstance(found, dict) or not (found or is_optional):
        raise _wrong_form(name, "a JSON object of secrets by id")
    for secret_id, value in found.items():
        _require_strong(f"{name}[{secret_id!r}]", str(value), min_length=min_length)
    return {str(secret_id): str(value) for secret_id, value in found.items()}


def live_secrets_by_id(name: str, *, about: str) -> dict[str, tuple[str, ...]]:
    """As `secrets_by_id`, where an id may also have a list: all that are good at the moment."""
    example = json.dumps({"id": _EXAMPLE_KEY})
    form = "JSON: by id a secret of at least 32 characters, or a list of them"
    found = _json(Variable(name, REQUIRED, about, form, example, is_secret=True))
    if not isinstance(found, dict) or not found:
        raise _wrong_form(name, "a JSON object of secrets by id")
    live = {str(i): tuple(v) if isinstance(v, list) else (v,) for i, v in found.items()}
    for secret_id, values in live.items():
        if not values:
            raise _wrong_form(f"{name}[{secret_id!r}]", "at least one secret")
        for value in values:
            _require_strong(f"{name}[{secret_id!r}]", str(value), min_length=32)
    return live


def keys_by_id(name: str, *, about: str) -> dict[str, str]:
    """As `secrets_by_id`, of keys in hexadecimal."""
    found = secrets_by_id(name, about=about)
    for key_id, value in found.items():
        try:
            bytes.fromhex(value)
        except ValueError:
            raise _wrong_form(f"{name}[{key_id!r}]", "a key in hexadecimal") from None
    return found


def key_set(
    name: str,
    default: str = REQUIRED,
    *,
    fields: Iterable[str],
    about: str,
    is_secret: bool = False,
) -> dict[str, Any]:
    """A JSON object whose ``keys`` is a list of objects, each with texts under ``fields``."""
    fields = tuple(fields)
    form = f"JSON: a list `keys` of objects with {', '.join(fields)}"
    example = json.dumps({"keys": [dict.fromkeys(fields, "text")]})
    found = _json(Variable(name, default, about, form, example, is_secret))
    keys = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(keys, list):
        raise _wrong_form(name, "a JSON object with a list of keys")
    for key in keys:
        if not (isinstance(key, dict) and all(isinstance(key.get(field), str) for field in fields)):
            raise _wrong_form(name, f"a list of keys with {', '.join(fields)}")
    return dict(found)


def limits(name: str, *, about: str) -> dict[str, tuple[int, int]]:
    """A JSON object of ``[uses, seconds]`` by what is limited; empty when it is not set."""
    found = _json(Variable(name, "{}", about, "JSON: [uses, seconds] by name", "{}"))
    try:
        return {str(scope): (int(uses), int(seconds)) for scope, (uses, seconds) in found.items()}
    except (AttributeError, TypeError, ValueError):
        raise _wrong_form(name, "a JSON object of [uses, seconds] by name") from None


def _read(variable: Variable) -> str:
    # Before anything can fail: the page of variables has those, too, that this process lacks.
    READ[variable.name] = variable
    name = variable.name
    value = _value_of(name)
    if value is None:
        if variable.default is REQUIRED:
            raise ImproperlyConfigured(f"{name} is not set (nor is {name}_FILE).")
        return variable.default
    # `NAME=` in a manifest is an omission, not a choice.
    if variable.default is REQUIRED and not value.strip():
        raise ImproperlyConfigured(f"{name} is empty.")
    return value


def _json(variable: Variable) -> Any:
    try:
        return json.loads(_read(variable))
    except json.JSONDecodeError as exc:
        raise ImproperlyConfigured(
            f"{variable.name} is not valid JSON: {exc.msg} at {exc.pos}."
        ) from exc


def _is_origin(text: str) -> bool:
    """In lower case and without a default port: browsers send no other, and nothing would match."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and text == f"{parts.scheme}://{parts.netloc}".lower()
        and not set("@*") & set(parts.netloc)
        and port != {"http": 80, "https": 443}[parts.scheme]
    )


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
    # Not a measure of entropy: it stops what people paste from documentation and examples.
    return (
        value.startswith("django-insecure")
        or any(not value.replace(weak, "") for weak in WEAK_SECRETS)
        or len(set(value)) < DIFFERENT_CHARACTERS
    )


def _value_of(name: str) -> str | None:
    """The environment's value, else the fallback; in either the variable before its file."""
    for source in (os.environ, FALLBACKS):
        if name in source:
            return source[name]
        if (path := source.get(f"{name}_FILE")) is not None:
            return _text_of_file(name, path)
    return None


def _text_of_file(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as exc:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {exc.strerror}: {path}") from exc
    except UnicodeDecodeError:
        raise ImproperlyConfigured(f"{name}_FILE is not text in UTF-8: {path}") from None
