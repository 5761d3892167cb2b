from pathlib import Path

from django.core.mail import EmailMessage
from pytest_django import Settings

from platform_site.embedded.mail_log import FileLog, NewMail


def test_a_mail_is_added_to_a_file_of_the_owner(tmp_path: Path, settings: Settings) -> None:
    file = tmp_path / "mails.log"
    settings.EMAIL_FILE_PATH = str(file)
    mail = EmailMessage("Confirm", "grüße\n", to=["alice@example.com"])
    assert FileLog().send_messages([mail]) == 1
    FileLog().send_messages([mail])
    assert file.read_text() == "\nMail to alice@example.com: Confirm\n\ngrüße\n" * 2
    assert file.stat().st_mode & 0o077 == 0


def test_new_mail_is_read_once(tmp_path: Path) -> None:
    file = tmp_path / "mails.log"
    assert NewMail(file).read() == ""
    file.write_text("of before")
    mails = NewMail(file)
    assert mails.read() == ""
    with file.open("a") as log:
        log.write("grüße")
    assert [mails.read(), mails.read()] == ["grüße", ""]
