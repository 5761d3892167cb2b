"""Passwords that were in breaches, found by a range of hashes: nobody is told the password.

The source knows ranges by the first five hexadecimal digits of SHA-1, as Have I Been Pwned does:
every range holds hundreds of passwords, so those digits tell hardly anything (k-anonymity).
"""

import hashlib
from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import structlog
import urllib3
from django.conf import settings
from django.core.exceptions import ValidationError

from accounts import metrics
from accounts.passwords import normalized_password

log = structlog.get_logger(__name__)

PREFIX: Final = 5
DIGEST: Final = 40
TIMEOUT_S: Final = 1.0
ANSWER_BYTES: Final = 1_000_000
OK: Final = 200
_pool: Final = urllib3.PoolManager(maxsize=4, timeout=urllib3.Timeout(total=TIMEOUT_S))


class BreachUnavailableError(Exception):
    """The source gives no answer, or none of the right form."""


class BreachedPasswordValidator:
    """Refuses what was in a breach, by ``BREACHED_PASSWORDS``; without an answer nothing.

    A person who chooses a password must not depend on somebody else's server.
    """

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002 - Django's signature
        """Raise ``ValidationError`` with the code ``password_breached``."""
        source = settings.BREACHED_PASSWORDS
        if not source:
            return
        try:
            is_breached = password_is_breached(password, source=source)
        except BreachUnavailableError as exc:
            metrics.BREACH_LOOKUPS.labels("unavailable").inc()
            log.warning("breached_passwords_unavailable", reason=str(exc))
            return
        metrics.BREACH_LOOKUPS.labels("found" if is_breached else "absent").inc()
        if is_breached:
            raise ValidationError(self.get_help_text(), code="password_breached")

    def get_help_text(self) -> str:
        """What to do instead."""
        return "This password was published after a breach elsewhere: use another one."


def password_is_breached(password: str, *, source: str) -> bool:
    """Whether ``source`` knows ``password``. Raises `BreachUnavailableError`.

    ``source`` is a URL to which the five digits are added; a directory with a file a range, each
    line the other digits and a count; or one file of whole hashes in their order.
    """
    spelled = normalized_password(password).encode()
    digest = hashlib.sha1(spelled, usedforsecurity=False).hexdigest().upper()
    prefix, suffix = digest[:PREFIX], digest[PREFIX:]
    try:
        return any(
            line.partition(":")[0].strip().upper() == suffix and not _is_padding(line)
            for line in _lines(prefix, source)
        )
    except (OSError, urllib3.exceptions.HTTPError, UnicodeDecodeError) as exc:
        raise BreachUnavailableError(type(exc).__name__) from exc


def _is_padding(line: str) -> bool:
    """Whether the line stands there only to make every answer about as long."""
    return line.partition(":")[2].strip() == "0"


def _lines(prefix: str, source: str) -> Iterator[str]:
    if source.startswith(("http://", "https://")):
        return iter(_answer(f"{source.rstrip('/')}/{prefix}").splitlines())
    path = Path(source)
    if path.is_dir():
        file = next((f for f in (path / prefix, path / f"{prefix}.txt") if f.exists()), None)
        return iter(file.read_text("ascii").splitlines() if file else ())
    return _lines_of_file(prefix, path)


def _answer(url: str) -> str:
    reply = _pool.request(
        "GET",
        url,
        headers={"Add-Padding": "true", "User-Agent": "image-platform"},
        redirect=False,
        retries=False,
        preload_content=False,
    )
    try:
        if reply.status != OK:
            raise BreachUnavailableError(f"status {reply.status}")
        return reply.read(ANSWER_BYTES, decode_content=True).decode("ascii")
    finally:
        reply.release_conn()


def _text_of(line: bytes) -> str:
    """``line`` without the mark of UTF-8 that the official downloader puts before each range."""
    return line.removeprefix(BOM_UTF8).decode("ascii")


def _lines_of_file(prefix: str, path: Path) -> Iterator[str]:
    """The rest of each line that begins with ``prefix``, by bisection: the file has gigabytes."""
    with path.open("rb") as file:
        low, high = 0, path.stat().st_size
        while low < high:
            middle = (low + high) // 2
            file.seek(middle)
            file.readline()  # the rest of a line that begins before
            line = _text_of(file.readline())
            if line and line[:PREFIX].upper() < prefix:
                low = middle + 1
            else:
                high = middle
        file.seek(low)
        if low:
            file.readline()
        for raw in iter(file.readline, b""):
            line_text = _text_of(raw)
            if line_text[:PREFIX].upper() > prefix:
                return
            if line_text[:PREFIX].upper() == prefix:
                yield line_text[PREFIX:]
