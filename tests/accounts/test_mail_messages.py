"""Every mail has words in every language, and nothing in it can be turned against its reader."""

from pathlib import Path

import pytest
from pytest_django import Settings

import accounts
from accounts.mail_messages import PlatformMail, deliverable, mail_message
from accounts.models import Mail
from accounts.services.mails import LANGUAGES

TEMPLATES = Path(accounts.__file__).parent / "templates" / "mails"
KINDS = sorted({file.name.partition(".")[0] for file in TEMPLATES.glob("*.txt")})


def written(kind: str, language: str = "en", **context: str) -> PlatformMail:
    mail = Mail(kind=kind, recipient="alice@example.com", language=language)
    return mail_message(mail, kind=kind, context={"origin": "https://x.example", **context})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_has_words_in_every_language(kind: str, language: str) -> None:
    made = written(kind, language)
    assert made.subject
    assert "\n" not in made.subject
    assert len(made.body.splitlines()) > 2
    assert made.message().get_body(("html",)) is not None


def test_no_value_becomes_html_or_a_header() -> None:
    made = written("account_exists", email='"<b>\r\nBcc: eve@example.com"@x.example')
    html = str(made.message().get_body(("html",)).get_content())
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
    assert made.message()["Bcc"] is None


def test_a_quote_stays_a_quote_in_plain_text() -> None:
    assert "o'neil@x.example" in written("account_exists", email="o'neil@x.example").body


def test_the_site_is_named_by_its_setting(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://photos.example"
    assert "https://photos.example/sign-in" in written("account_exists", email="a").body


@pytest.mark.parametrize(
    ("email", "sent"),
    [
        ("alice@example.com", "alice@example.com"),
        ("alice@bücher.example", "alice@xn--bcher-kva.example"),
        ("alice@faß.example", "alice@xn--fa-hia.example"),
    ],
)
def test_a_domain_is_sent_in_punycode(email: str, sent: str) -> None:
    assert deliverable(email) == sent
