"""The bodies about e-mail addresses and passwords by mail, in and out."""

from dataclasses import dataclass, field
from typing import Final, Literal

from rest_framework import serializers

from accounts.api.requests import LONG_ENOUGH, EmailField, password_field
from accounts.api.responses import explained
from platform_site.kit.rest.serializers import StrictSerializer

TOKEN_MAX_LENGTH: Final = 200


class TokenIn(StrictSerializer):
    """The token of a link, from the fragment of its URL."""

    token = serializers.CharField(max_length=TOKEN_MAX_LENGTH, write_only=True)


class EmailIn(StrictSerializer):
    """An e-mail address."""

    email = EmailField()


class PasswordResetIn(StrictSerializer):
    """The token of a link, and the password to be."""

    rules = {"properties": {"password": LONG_ENOUGH}}

    token = serializers.CharField(max_length=TOKEN_MAX_LENGTH, write_only=True)
    password = password_field()


@dataclass(frozen=True, slots=True)
class EmailChangeOut:
    """`waiting_for_other` until the link to the other address was followed, too."""

    state: Literal["waiting_for_other", "changed"]


@dataclass(frozen=True, slots=True)
class ProviderOut:
    """A way to sign in with an account of another place."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class SignInOptionsOut:
    """What the sign-in page offers."""

    registration_open: bool
    passkeys: bool
    password_reset: bool = field(metadata=explained("False where no mail is sent."))
    providers: list[ProviderOut]
