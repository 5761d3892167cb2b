"""The bodies that the routes give: a field stands here and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from rest_framework import serializers

from accounts.factor_policy import factor_required_of
from accounts.models import Session, User
from accounts.places import place_of
from accounts.services.sessions import TokenPair


def explained(help_text: str) -> dict[str, Any]:
    """The metadata of a field that has a sentence in the OpenAPI document."""
    return {"serializer_kwargs": {"help_text": help_text}}


LEFT_OUT: Final = {"serializer_kwargs": {"required": False, "allow_null": False}}
"""Of a field that is not there, and never null, where there is nothing to put in it."""
BEARER: Final = "Bearer"  # RFC 6750
EMAIL: Final = {"serializer_field": serializers.EmailField()}
PAGE_URL: Final = {"serializer_field": serializers.URLField(allow_null=True)}


@dataclass(frozen=True, slots=True)
class AcceptedOut:
    """The same whether or not the e-mail address had an account."""

    status: Literal["accepted"]


@dataclass(frozen=True, slots=True, repr=False)
class TokensOut:
    """An access token; `refresh` only for clients that keep it themselves."""

    access: str
    expires_in: int = field(metadata=explained("Seconds."))
    token_type: str = BEARER
    refresh: str | None = field(default=None, metadata=LEFT_OUT)


@dataclass(frozen=True, slots=True)
class AccountProfileOut:
    """The caller's account."""

    id: UUID
    email: str = field(metadata=EMAIL)
    email_verified: bool
    name: str
    language: str = field(metadata=explained("In which mails are written."))
    has_password: bool = field(metadata=explained("False for who only ever signs in elsewhere."))
    is_staff: bool
    created_at: datetime
    deletion_due_at: datetime | None = field(
        metadata=explained("When the account will be deleted; null unless that is asked.")
    )
    second_factor: bool
    must_add_factor: bool = field(
        metadata=explained("Whether a second factor is asked of this person, and there is none.")
    )


@dataclass(frozen=True, slots=True)
class ClosedOut:
    """`images_token` is for the role images alone: to withhold what the account has there."""

    deletes_at: datetime
    images_token: str


@dataclass(frozen=True, slots=True)
class RestoredOut:
    """`images_token` is for the role images alone: to release what it withholds."""

    images_token: str


@dataclass(frozen=True, slots=True)
class PlaceOut:
    """Where an address is, by a database of the platform's own; empty where it is not known."""

    country: str = field(metadata=explained("Two letters (ISO 3166-1)."))
    city: str = field(metadata=explained("In English."))


@dataclass(frozen=True, slots=True)
class SessionOut:
    """One sign-in on one device."""

    id: UUID
    device: str = field(metadata=explained("The user agent's own words."))
    address: str
    place: PlaceOut | None
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    current: bool = field(metadata=explained("Whether this request belongs to it."))


@dataclass(frozen=True, slots=True)
class SessionPageOut:
    """Newest first."""

    results: list[SessionOut]
    next: str | None = field(metadata=PAGE_URL)
    previous: str | None = field(metadata=PAGE_URL)


@dataclass(frozen=True, slots=True)
class JwkOut:
    """A public key on P-256 (RFC 7517)."""

    kty: str
    crv: str
    alg: str
    use: str
    kid: str
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class JwksOut:
    """Every key that may have signed a token that is still good."""

    keys: list[JwkOut]


@dataclass(frozen=True, slots=True, repr=False)
class ServiceTokenOut:
    """A token for one role to call another."""

    access_token: str
    token_type: str
    expires_in: int = field(metadata=explained("Seconds."))


@dataclass(frozen=True, slots=True)
class IntrospectOut:
    """RFC 7662, 2.2; only `active` when the token is worth nothing."""

    active: bool
    token_type: str | None = field(default=None, metadata=LEFT_OUT)
    sub: str | None = field(default=None, metadata=LEFT_OUT)
    sid: str | None = field(default=None, metadata=LEFT_OUT)
    scope: str | None = field(default=None, metadata=LEFT_OUT)
    staff: bool | None = field(default=None, metadata=LEFT_OUT)
    iss: str | None = field(default=None, metadata=LEFT_OUT)
    aud: list[str] | None = field(default=None, metadata=LEFT_OUT)
    exp: int | None = field(default=None, metadata=LEFT_OUT)
    iat: int | None = field(default=None, metadata=LEFT_OUT)
    nbf: int | None = field(default=None, metadata=LEFT_OUT)
    jti: str | None = field(default=None, metadata=LEFT_OUT)


def tokens_response(pair: TokenPair, *, with_refresh: bool) -> Mapping[str, Any]:
    """The pair as a body; the refresh token is left out for a browser, which has it as a cookie."""
    refresh = pair.refresh if with_refresh else None
    body = TokensOut(access=pair.access, expires_in=pair.expires_in, refresh=refresh)
    told = ((one.name, getattr(body, one.name)) for one in fields(body))
    return {name: value for name, value in told if value is not None}


def profile_response(user: User) -> AccountProfileOut:
    """The account of ``user``, as the selectors tell of it."""
    return AccountProfileOut(
        id=user.id,
        email=user.email,
        email_verified=user.email_verified_at is not None,
        name=user.name,
        language=user.language,
        has_password=user.has_usable_password(),
        is_staff=user.is_staff,
        created_at=user.created_at,
        deletion_due_at=user.deletion_due_at,
        second_factor=user.has_factor,
        must_add_factor=factor_required_of(user) and not user.has_factor,
    )


def session_response(session: Session, *, current: Session) -> SessionOut:
    """One of the caller's sessions, seen from the session ``current``."""
    place = place_of(session.address)
    return SessionOut(
        id=session.id,
        device=session.device,
        address=session.address,
        place=PlaceOut(place.country, place.city) if place else None,
        created_at=session.created_at,
        last_seen_at=session.last_seen_at,
        expires_at=session.expires_at,
        current=session.id == current.id,
    )
