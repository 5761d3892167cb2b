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
