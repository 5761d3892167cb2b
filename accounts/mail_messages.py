"""A mail as it is sent: plain and HTML, in the person's language, to an address of any script."""

import re
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage as Message
from email.policy import SMTP, SMTPUTF8, Policy
from email.utils import format_datetime
from typing import Any, Final

import idna
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string, select_template

from accounts.models import Mail

SEVEN_BIT: Final = SMTP.clone(cte_type="7bit")
"""For a mail server of which nothing more is known."""
DIRECTIONS: Final = {"ar": "rtl"}


class PlatformMail(EmailMultiAlternatives):
    """A message of Django's, written by the standard library, which knows RFC 6532."""

    @property
    def needs_utf8(self) -> bool:
        """Whether the address has letters outside ASCII before its @ (RFC 6531)."""
        return not self.to[0].isascii()

    def message(self, *, policy: "Policy[Any] | None" = None) -> Any:
        """The message, with plain text and HTML; ``policy`` is Django's and not ours to choose."""
        del policy
        made = Message(SMTPUTF8 if self.needs_utf8 else SEVEN_BIT)
        made["Subject"] = self.subject
        made["From"] = self.from_email
        made["To"] = self._to()
        made.set_content(self.body)
        for alternative in self.alternatives:
            made.add_alternative(str(alternative[0]), subtype="html")
        # Last: content, when it is set, takes away the headers that tell of it.
        for name, value in self.extra_headers.items():
            made[name] = value
        return made

    def _to(self) -> Address:
        mailbox, _, domain = self.to[0].rpartition("@")
        # An `addr_spec` would be parsed, and the parser takes ASCII only.
        return Address(username=mailbox, domain=domain)


def mail_message(mail: Mail, *, kind: str, context: Mapping[str, str]) -> PlatformMail:
    """``mail`` by the template of ``kind``, whose first line is the subject.

    Without a template of its own, the HTML has the paragraphs of the plain text.
    """
    name = f"mails/{kind}.{mail.language}"
    if settings.PUBLIC_URL:
        context = {**context, "origin": settings.PUBLIC_URL}
    subject, _, text = render_to_string(f"{name}.txt", dict(context)).strip().partition("\n")
    text = re.sub(r"\n{3,}", "\n\n", text.strip())
    made = PlatformMail(
        subject=" ".join(subject.split()),
        body=f"{text}\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[deliverable(mail.recipient)],
        headers={
            "Message-ID": f"<{mail.id}@{_own_domain()}>",
            "Date": format_datetime(mail.created_at),
            "Auto-Submitted": "auto-generated",  # so that no holiday answers it (RFC 3834)
            "Content-Language": mail.language,
        },
    )
    html = select_template([f"{name}.html", "mails/layout.html"]).render(
        {
            **context,
            "subject": made.subject,
            "paragraphs": text.split("\n\n"),
            "language": mail.language,
            "direction": DIRECTIONS.get(mail.language, "ltr"),
        }
    )
    made.attach_alternative(html, "text/html")
    return made


def deliverable(email: str) -> str:
    """``email`` with its domain in punycode, by IDNA 2008.

    Django and smtplib know the rules of 2003 only, by which some names lead to another domain.

    >>> deliverable("anna@straße.example")
    'anna@xn--strae-oqa.example'
    """
    mailbox, _, domain = email.rpartition("@")
    if domain.isascii():
        return email
    return f"{mailbox}@{idna.encode(domain, uts46=True).decode()}"


def _own_domain() -> str:
    _name, _, address = settings.DEFAULT_FROM_EMAIL.rpartition("<")
    return str(address.rstrip(">").rpartition("@")[2])
