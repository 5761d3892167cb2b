"""What the routes for API keys take and give."""

from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_network
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from rest_framework import serializers

from accounts.api.responses import LEFT_OUT, PAGE_URL, explained
from accounts.models import ApiKey
from accounts.services.key_exchange import ExchangedKey
from accounts.tokens import KEY_SCOPES
from platform_site.kit.auth.api_keys import PATTERN
from platform_site.kit.rest.serializers import StrictSerializer

MOST_ADDRESSES: Final = 20
NETWORK_LENGTH: Final = 49
FAR: Final = 2200
"""No key is made for longer than to this year: some clients cannot write later ones."""


class NetworkField(serializers.CharField):
    """An address or a network (``192.0.2.0/24``, ``2001:db8::/32``) in its shortest spelling."""

    default_error_messages = {"invalid": "This is not an IP address or a network."}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=NETWORK_LENGTH, **options)

    def to_internal_value(self, data: Any) -> str:
        """Raises DRF's `ValidationError`."""
        text = super().to_internal_value(data)
        try:
            return str(ip_network(text, strict=False))
        except ValueError:
            self.fail("invalid")


class ApiKeyIn(StrictSerializer):
    """A new key; one without `expires_at` lives until it is revoked."""

    default_error_messages = {"past": "This is not a time to come before the year 2200."}

    name = serializers.CharField(max_length=100)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=KEY_SCOPES), min_length=1, max_length=len(KEY_SCOPES)
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    addresses = serializers.ListField(
        child=NetworkField(), max_length=MOST_ADDRESSES, required=False, default=list
    )

    def validate_expires_at(self, value: datetime | None) -> datetime | None:
        """A time to come."""
        if value is not None and not (timezone.now() < value and value.year < FAR):
            raise serializers.ValidationError(self.error_messages["past"], code="invalid")
        return value


class ApiKeyShownIn(StrictSerializer):
    """A key that somebody has shown the gateway, and where they came from."""

    key = serializers.RegexField(PATTERN, max_length=64)
    address = serializers.CharField(max_length=64, allow_blank=True)


class RevokeIn(StrictSerializer):
    """RFC 7009, 2.1."""

    token = serializers.CharField(max_length=4096, write_only=True)
    token_type_hint = serializers.CharField(max_length=40, required=False)


@dataclass(frozen=True, slots=True)
class ApiKeyOut:
    """A key, but for the key itself."""

    id: UUID
    name: str
    prefix: str = field(metadata=explained("What it begins with."))
    scopes: list[str]
    addresses: list[str] = field(
        metadata=explained("Networks from which alone it is taken; empty: from everywhere.")
    )
    created_at: datetime
    expires_at: datetime | None = field(metadata=explained("Null: when it is revoked."))
    last_used_at: datetime | None = field(metadata=explained("To the minute; null: never."))
    last_used_address: str


@dataclass(frozen=True, slots=True, repr=False)
class NewApiKeyOut:
    """A new key, which nobody can tell a second time."""

    id: UUID
    name: str
    prefix: str = field(metadata=explained("What it begins with."))
    scopes: list[str]
    addresses: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    last_used_address: str
    key: str = field(metadata=explained("Shown this once."))


@dataclass(frozen=True, slots=True)
class ApiKeyPageOut:
    """Newest first."""

    results: list[ApiKeyOut]
    next: str | None = field(metadata=PAGE_URL)
    previous: str | None = field(metadata=PAGE_URL)


@dataclass(frozen=True, slots=True, repr=False)
class ExchangedKeyOut:
    """A live key; only `active` when it is worth nothing."""

    active: bool
    key_id: UUID | None = field(default=None, metadata=LEFT_OUT)
    scopes: list[str] | None = field(default=None, metadata=LEFT_OUT)
    addresses: list[str] | None = field(default=None, metadata=LEFT_OUT)
    expires_in: int | None = field(default=None, metadata=LEFT_OUT)
    token: str | None = field(default=None, metadata=LEFT_OUT)


def api_key_response(key: ApiKey) -> ApiKeyOut:
    """One of the caller's keys."""
    return ApiKeyOut(**_shown(key))


def new_api_key_response(key: ApiKey, text: str) -> NewApiKeyOut:
    """A key that was made by this request, with itself."""
    return NewApiKeyOut(**_shown(key), key=text)


def exchanged_response(found: ExchangedKey | None) -> dict[str, Any]:
    """What the gateway is told."""
    if found is None:
        return {"active": False}
    return {
        "active": True,
        "key_id": str(found.key_id),
        "scopes": list(found.scopes),
        "addresses": list(found.addresses),
        "expires_in": found.expires_in,
        "token": found.token,
    }


def _shown(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "prefix": key.prefix,
        "scopes": key.scopes.split(),
        "addresses": key.addresses,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
        "last_used_address": key.last_used_address,
    }
