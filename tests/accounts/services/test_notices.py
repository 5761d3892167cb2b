"""A person hears by mail what was done to their account, and from where."""

import pytest
from django.test import RequestFactory

from accounts.mail_messages import mail_message
from accounts.models import Mail, User
from accounts.services.mails import LANGUAGES
from accounts.services.notices import notice_queue
from platform_site.kit.telemetry.request_context import acting_for
from tests.accounts.letters import sent_mails


def test_it_says_what_was_done_and_from_where(alice_user: User, rf: RequestFactory) -> None:
    request = rf.post("/auth/password", headers={"user-agent": "Firefox <b>"})
    with acting_for(lambda: None, request):
        notice_queue(user=alice_user, act="password.change")
    (letter,) = sent_mails()
    assert letter.subject == "Your password was changed"
    assert "Where from: 127.0.0.1 (Firefox <b>)" in str(letter.body)
    assert "Firefox &lt;b&gt;" in str(letter.alternatives[0][0])  # type: ignore[attr-defined]


def test_without_a_request_it_says_no_place(alice_user: User) -> None:
    notice_queue(user=alice_user, act="email.change", to="old@example.com", new="new@example.com")
    (letter,) = sent_mails()
    assert letter.to == ["old@example.com"]
    assert "new@example.com" in str(letter.body)
    assert "Where from" not in str(letter.body)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("act", ["identity.link", "password.set_by_staff"])
def test_an_act_has_its_words_in_each_language(act: str, language: str) -> None:
    mail = Mail(kind="security_notice", recipient="a@x.example", language=language)
    context = {"email": "a", "origin": "o", "provider": "Acme"}
    told = mail_message(mail, kind=mail.kind, context={**context, "act": act})
    unnamed = mail_message(mail, kind=mail.kind, context={**context, "act": "factor.add"})
    assert told.subject != unnamed.subject
    assert act not in told.body
    assert ("Acme" in told.body) is (act == "identity.link")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_act_without_words_of_its_own_is_named(language: str) -> None:
    mail = Mail(kind="security_notice", recipient="a@x.example", language=language)
    context = {"email": "a", "origin": "o", "act": "factor.add", "name": "My key"}
    assert "factor.add (My key)" in mail_message(mail, kind=mail.kind, context=context).body
