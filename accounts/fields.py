"""The e-mail address as a login: one spelling for each mailbox, wherever it enters."""

import re
import unicodedata
from typing import Any

import idna
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db import models

_ATOM = r"[-!#$%&'*+/=?^_`{}|~0-9A-Z\u0080-\U0010ffff]+"


def normalized_email(value: str) -> str:
    """The spelling under which ``value`` is stored and looked up.

    A domain in letters of any script and in punycode is one (UTS 46, IDNA 2008).

    >>> normalized_email("  Alice@Example.COM "), normalized_email("a@XN--Bcher-Kva.example")
    ('alice@example.com', 'a@bücher.example')
    """
    mailbox, at, domain = unicodedata.normalize("NFKC", value).strip().lower().rpartition("@")
    return f"{mailbox}{at}{_normalized_domain(domain)}"


def _normalized_domain(domain: str) -> str:
    """``domain`` as people write it; what is no name of a host stays, for others to refuse."""
    if domain.isascii() and "xn--" not in domain:
        return domain
    try:
        return idna.decode(idna.encode(domain, uts46=True))
    except (idna.IDNAError, UnicodeError):
        return domain


class MailboxValidator(EmailValidator):
    """As Django's, with letters of any script before the @, too (RFC 6531, 3.3).

    Behind it only names by IDNA 2008.
    """

    user_regex = re.compile(rf"{_ATOM}(\.{_ATOM})*\Z", re.IGNORECASE)

    def __call__(self, value: Any) -> None:
        """Refuse what is no address, or has what cannot be seen. Raises ``ValidationError``."""
        if isinstance(value, str) and not value.isprintable():
            raise ValidationError(self.message, code=self.code, params={"value": value})
        super().__call__(value)
        domain = value.rpartition("@")[2]
        if not domain.isascii():
            # Django takes any sign beyond ASCII; a mail goes only to what has a spelling in ASCII.
            try:
                idna.encode(domain, uts46=True)
            except UnicodeError as exc:
                raise ValidationError(
                    self.message, code=self.code, params={"value": value}
                ) from exc


class MailboxFormField(forms.EmailField):
    """An address in the admin; browsers want ASCII in their own field for addresses."""

    widget = forms.TextInput
    default_validators = [MailboxValidator()]


class EmailLoginField(models.EmailField):  # type: ignore[type-arg]  # not generic when run
    """An e-mail address that is compared without regard to case, on every database."""

    default_validators = [MailboxValidator()]

    def formfield(self, **options: Any) -> Any:
        """The field in the admin's forms."""
        return super().formfield(**{"form_class": MailboxFormField, **options})

    def get_prep_value(self, value: Any) -> Any:
        """``value`` in its stored spelling, for writes and for look-ups alike."""
        prepared = super().get_prep_value(value)
        return normalized_email(prepared) if isinstance(prepared, str) else prepared

    def to_python(self, value: Any) -> Any:
        """``value`` in its stored spelling, as forms and validation see it."""
        converted = super().to_python(value)
        return normalized_email(converted) if isinstance(converted, str) else converted
