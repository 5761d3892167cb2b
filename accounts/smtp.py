"""Django's SMTP, for addresses of any script (RFC 6531)."""

from email.utils import parseaddr
from typing import TYPE_CHECKING

from django.core.mail.backends.smtp import EmailBackend

from accounts.mail_messages import PlatformMail

if TYPE_CHECKING:
    from django.core.mail import EmailMessage


class InternationalBackend(EmailBackend):
    """Asks the server for SMTPUTF8 where an address needs it, and never otherwise."""

    def _send(self, email_message: "EmailMessage") -> bool:
        """Send one message. Raises what smtplib raises, ``SMTPNotSupportedError`` among it."""
        if not isinstance(email_message, PlatformMail):
            raise TypeError("Mail goes through the outbox: accounts.services.mails.")
        options = ["SMTPUTF8", "BODY=8BITMIME"] if email_message.needs_utf8 else []
        self.connection.sendmail(  # type: ignore[union-attr]  # it has been opened by now
            parseaddr(email_message.from_email)[1],
            email_message.to,
            email_message.message().as_bytes(),
            mail_options=options,
        )
        return True
