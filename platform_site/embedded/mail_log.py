"""Mail on a laptop: written to a file, which ``manage.py up`` shows in its terminal."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend


class FileLog(BaseEmailBackend):
    """Adds the plain text of each mail to ``EMAIL_FILE_PATH``, where only the owner reads it."""

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        """Write them; how many there were."""
        file = Path(settings.EMAIL_FILE_PATH)
        file.touch(mode=0o600)
        with file.open("a", encoding="utf-8") as log:
            for message in email_messages:
                to = ", ".join(message.to)
                log.write(f"\nMail to {to}: {message.subject}\n\n{message.body}")
        return len(email_messages)


class NewMail:
    """What is added to the file from now on."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._at = file.stat().st_size if file.exists() else 0

    def read(self) -> str:
        """What was added since it was last asked; empty without anything."""
        if not self._file.exists():
            return ""
        with self._file.open("rb") as log:
            log.seek(self._at)
            added = log.read()
        self._at += len(added)
        return added.decode(errors="replace")
