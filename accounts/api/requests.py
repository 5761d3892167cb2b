"""The bodies that the routes take."""

from typing import Any, Final

from django.conf import settings
from django.core.validators import EmailValidator
from rest_framework import serializers

from accounts.fields import MailboxValidator, normalized_email
from accounts.services.mails import LANGUAGES
from platform_site.kit.rest.serializers import StrictSerializer

PASSWORD_MAX_LENGTH: Final = 128
"""Longer ones only cost time to hash."""
LONG_ENOUGH: Final = {"minLength": settings.PASSWORD_MIN_LENGTH}
"""Published only: a validator of Django's refuses a shorter one, as ``password_too_short``."""
EMAIL_MAX_LENGTH: Final = 254
NAME_MAX_LENGTH: Final = 150


def password_field(*, required: bool = True) -> serializers.CharField:
    """A password as it was typed: spaces count."""
    return serializers.CharField(
        max_length=PASSWORD_MAX_LENGTH, trim_whitespace=False, write_only=True, required=required
    )


class EmailField(serializers.EmailField):
    """An e-mail address in its stored spelling, which may be longer than what was sent."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=EMAIL_MAX_LENGTH, **options)
        own = [found for found in self.validators if not isinstance(found, EmailValidator)]
        self.validators = [*own, MailboxValidator(message=self.error_messages["invalid"])]

    def to_internal_value(self, data: Any) -> str:
        """Normalise before the validators look at form and length."""
        return normalized_email(super().to_internal_value(data))


class RegisterIn(StrictSerializer):
    """A new account."""

    rules = {"properties": {"password": LONG_ENOUGH}}

    email = EmailField()
    password = password_field()
    name = serializers.CharField(
        max_length=NAME_MAX_LENGTH, allow_blank=True, required=False, default=""
    )


class LoginIn(StrictSerializer):
    """``mode`` "token" puts the refresh token in the body, for programs without a cookie jar."""

    email = EmailField()
    password = password_field()
    mode = serializers.ChoiceField(choices=["cookie", "token"], required=False, default="cookie")


class RefreshIn(StrictSerializer):
    """The refresh token, unless it comes in the cookie."""

    refresh = serializers.CharField(max_length=200, required=False, write_only=True)


class ProfileIn(StrictSerializer):
    """What the owner may change."""

    name = serializers.CharField(max_length=NAME_MAX_LENGTH, allow_blank=True, required=False)
    language = serializers.ChoiceField(choices=LANGUAGES, required=False)


class PasswordIn(StrictSerializer):
    """The password now, unless there is none, and the next one."""

    rules = {"properties": {"new": LONG_ENOUGH}}

    current = password_field(required=False)
    new = password_field()


class ClosingIn(StrictSerializer):
    """The password, once more; who has signed in a moment ago may leave it out."""

    password = password_field(required=False)


class ServiceTokenIn(StrictSerializer):
    """RFC 6749, 4.4, with the role to be called as audience."""

    grant_type = serializers.CharField(max_length=40)
    audience = serializers.CharField(max_length=40)


class IntrospectIn(StrictSerializer):
    """RFC 7662, 2.1."""

    token = serializers.CharField(max_length=4096)
    token_type_hint = serializers.CharField(max_length=40, required=False)
