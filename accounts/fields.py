"""The e-mail address as a login: one spelling for each mailbox, wherever it enters."""

import unicodedata
from typing import Any

import idna
from django.db import models


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


class EmailLoginField(models.EmailField):  # type: ignore[type-arg]  # not generic when run
    """An e-mail address that is compared without regard to case, on every database."""

    def get_prep_value(self, value: Any) -> Any:
        """``value`` in its stored spelling, for writes and for look-ups alike."""
        prepared = super().get_prep_value(value)
        return normalized_email(prepared) if isinstance(prepared, str) else prepared

    def to_python(self, value: Any) -> Any:
        """``value`` in its stored spelling, as forms and validation see it."""
        converted = super().to_python(value)
        return normalized_email(converted) if isinstance(converted, str) else converted
