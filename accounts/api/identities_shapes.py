"""The bodies of the routes of single sign-on."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from rest_framework import serializers

from accounts.api.responses import explained
from accounts.models import Identity
from accounts.oidc.providers import providers_known
from platform_site.kit.rest.serializers import StrictSerializer

PATH_MAX_LENGTH: Final = 300
LOCAL_PATH: Final = r"^/([!-\"$-.0-\[\]-~][!-\"$-\[\]-~]*)?$"
"""A path of ours, in printable ASCII: neither ``//host`` nor ``/\\host``, and no fragment."""


class ReturnPathField(serializers.CharField):
    """Where in our pages the browser is sent at the end."""

    def __init__(self) -> None:
        super().__init__(required=False, default="/", max_length=PATH_MAX_LENGTH)

    def to_internal_value(self, data: Any) -> str:
        """The path. Raises ``ValidationError`` for one that leads elsewhere."""
        value: str = super().to_internal_value(data)
        if not re.fullmatch(LOCAL_PATH, value):
            raise serializers.ValidationError("Give a path of these pages, such as /images.")
        return value


class SignOnBeginIn(StrictSerializer):
    """Where to go afterwards."""

    rules = {"properties": {"return_path": {"pattern": LOCAL_PATH}}}

    return_path = ReturnPathField()


@dataclass(frozen=True, slots=True)
class SignOnBegunOut:
    """The browser goes to `url`; the cookie `sso` waits for its return."""

    url: str = field(metadata={"serializer_field": serializers.URLField()})


@dataclass(frozen=True, slots=True)
class IdentityOut:
    """An account at a provider that opens the caller's account here."""

    id: UUID
    provider: str
    provider_name: str = field(
        metadata=explained("The id where the provider is not set up any more.")
    )
    email: str = field(metadata=explained("As the provider last said; may be empty."))
    created_at: datetime
    last_used_at: datetime | None


def identity_response(identity: Identity) -> IdentityOut:
    """One of the caller's links."""
    return IdentityOut(
        id=identity.id,
        provider=identity.provider,
        provider_name=_provider_name(identity.provider),
        email=identity.email,
        created_at=identity.created_at,
        last_used_at=identity.last_used_at,
    )


def _provider_name(provider_id: str) -> str:
    provider = providers_known().get(provider_id)
    return provider.name if provider else provider_id
