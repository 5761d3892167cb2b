"""The e-mail address as a login: one spelling for each mailbox, wherever it enters."""

import unicodedata
from typing import Any

from django.db import models


def normalized_email(value: str) -> str:
    """The spelling under which ``value`` is stored and looked up.

    >>> normalized_email("  Alice@Example.COM ")
    'alice@example.com'
    """
    return unicodedata.normalize("NFKC", value).strip().lower()


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
