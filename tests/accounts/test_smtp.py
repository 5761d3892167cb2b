"""What goes past the outbox is a mistake of ours. What it sends: services/test_mail_sending.py."""

import pytest
from django.core.mail import EmailMessage

from accounts.smtp import InternationalBackend


def test_only_mail_of_the_outbox_is_sent() -> None:
    with pytest.raises(TypeError, match="outbox"):
        InternationalBackend()._send(EmailMessage(to=["a@x.example"]))
