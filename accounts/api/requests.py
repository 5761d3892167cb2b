"""What the routes take and give."""

from typing import Any, Final

from rest_framework import serializers

from accounts.fields import normalized_email
from platform_site.kit.rest.serializers import StrictSerializer

PASSWORD_MAX_LENGTH: Final = 128
"""Longer ones only cost time to hash."""
EMAIL_MAX_LENGTH: Final = 254
NAME_MAX_LENGTH: Final = 150


def password_field() -> serializers.CharField:
    """A password as it was typed: spaces count."""
    return serializers.CharField(
        max_length=PASSWORD_MAX_LENGTH, trim_whitespace=False, write_only=True
    )


class EmailField(serializers.EmailField):
    """An address in its stored spelling, which may be longer than what was sent."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=EMAIL_MAX_LENGTH, **options)

    def to_internal_value(self, data: Any) -> str:
        """Normalise before the validators look at form and length."""
        return normalized_email(super().to_internal_value(data))


class RegisterIn(StrictSerializer):
    """A new account."""

    email = EmailField()
    password = password_field()
    name = serializers.CharField(
        max_length=NAME_MAX_LENGTH, allow_blank=True, required=False, default=""
    )


class AcceptedOut(serializers.Serializer[Any]):
    """The same whether or not the address had an account."""

    status = serializers.ChoiceField(choices=["accepted"])


class LoginIn(StrictSerializer):
    """``mode`` "token" puts the refresh token in the body, for programs without a cookie jar."""

    email = EmailField()
    password = password_field()
    mode = serializers.ChoiceField(choices=["cookie", "token"], required=False, default="cookie")


class RefreshIn(StrictSerializer):
    """The refresh token, unless it comes in the cookie."""

    refresh = serializers.CharField(max_length=200, required=False, write_only=True)


class TokensOut(serializers.Serializer[Any]):
    """An access token; ``refresh`` only for clients that keep it themselves."""

    access = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds.")
    token_type = serializers.CharField(default="Bearer")
    refresh = serializers.CharField(required=False)


class AccountProfileOut(serializers.Serializer[Any]):
    """The caller's account."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    name = serializers.CharField()
    is_staff = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    deletion_due_at = serializers.DateTimeField(
        allow_null=True, help_text="When the account will be deleted; null unless that is asked."
    )


class ProfileIn(StrictSerializer):
    """What the owner may change."""

    name = serializers.CharField(max_length=NAME_MAX_LENGTH, allow_blank=True, required=False)


class PasswordIn(StrictSerializer):
    """The password now, and the next one."""

    current = password_field()
    new = password_field()


class PasswordProofIn(StrictSerializer):
    """The password, once more."""

    password = password_field()


class ClosedOut(serializers.Serializer[Any]):
    """``images_token`` is for the role images alone: to withhold what the account has there."""

    deletes_at = serializers.DateTimeField()
    images_token = serializers.CharField()


class RestoredOut(serializers.Serializer[Any]):
    """``images_token`` is for the role images alone: to give free what it withholds."""

    images_token = serializers.CharField()


class SessionOut(serializers.Serializer[Any]):
    """One sign-in on one device."""

    id = serializers.UUIDField()
    device = serializers.CharField(help_text="The user agent's own words.")
    address = serializers.CharField()
    created_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    current = serializers.BooleanField(help_text="Whether this request belongs to it.")


class SessionPageOut(serializers.Serializer[Any]):
    """Newest first."""

    results = SessionOut(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class JwkOut(serializers.Serializer[Any]):
    """A public key on P-256 (RFC 7517)."""

    kty = serializers.CharField()
    crv = serializers.CharField()
    alg = serializers.CharField()
    use = serializers.CharField()
    kid = serializers.CharField()
    x = serializers.CharField()
    y = serializers.CharField()


class JwksOut(serializers.Serializer[Any]):
    """Every key that may have signed a token that is still good."""

    keys = JwkOut(many=True)


class ServiceTokenIn(StrictSerializer):
    """RFC 6749, 4.4, with the role to be called as audience."""

    grant_type = serializers.CharField(max_length=40)
    audience = serializers.CharField(max_length=40)


class ServiceTokenOut(serializers.Serializer[Any]):
    """A token for one role to call another."""

    access_token = serializers.CharField()
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds.")


class IntrospectIn(StrictSerializer):
    """RFC 7662, 2.1."""

    token = serializers.CharField(max_length=4096)
    token_type_hint = serializers.CharField(max_length=40, required=False)


class IntrospectOut(serializers.Serializer[Any]):
    """RFC 7662, 2.2; only ``active`` when the token is worth nothing."""

    active = serializers.BooleanField()
    token_type = serializers.CharField(required=False)
    sub = serializers.CharField(required=False)
    sid = serializers.CharField(required=False)
    scope = serializers.CharField(required=False)
    staff = serializers.BooleanField(required=False)
    iss = serializers.CharField(required=False)
    aud = serializers.CharField(required=False)
    exp = serializers.IntegerField(required=False)
    iat = serializers.IntegerField(required=False)
    nbf = serializers.IntegerField(required=False)
    jti = serializers.CharField(required=False)
