from pathlib import Path

from django.core.mail import EmailMessage
from pytest_django import Settings

from platform_site.embedded.mail_log import FileLog


def test_a_mail_is_added_to_a_file_of_the_owner(tmp_path: Path, settings: Settings) -> None:
    file = tmp_path / "mails.log"
    settings.EMAIL_FILE_PATH = str(file)
    mail = EmailMessage("Confirm", "grüße\n", to=["alice@example.com"])
    assert FileLog().send_messages([mail]) == 1
    FileLog().send_messages([mail])
    assert file.read_text() == "\nMail to alice@example.com: Confirm\n\ngrüße\n" * 2
    assert file.stat().st_mode & 0o077 == 0
