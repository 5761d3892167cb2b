"""Signed tokens: the access token of a session and the service token of a role.

simplejwt gives the token classes; its backend knows one key, writes no key id and takes any
``typ``, so the backend here is ours, and what is signed is verified as every role does it. Its
views and its blacklist are not used: they let two racing refreshes both succeed.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import jwt
import orjson
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.tokens import Token

from accounts.factor_policy import factor_required_of_all, is_held_back
from accounts.models import User
from accounts.signing_keys import current_keyset
from platform_site.kit.auth.tokens import (
    ALGORITHM,
    SERVICE_TYPE,
    USER_TYPE,
    TokenInvalid,
    verifier,
    verify_service_token,
)
from platform_site.kit.health import NotReady

RENEWAL_S: Final = 300
"""How often a role asks for a new service token; see docs/adr/0009."""
USER_SCOPES: Final = (
    "account:read", "account:write", "account:restore", "images:read", "images:write",
)  # fmt: skip
CLOSING_SCOPES: Final = ("account:read", "account:restore")
"""All that is left to somebody whose account will be deleted."""
ACCOUNT_SCOPES: Final = ("account:read", "account:write", "account:restore")
"""What it takes to add the second factor that everybody must have here."""
STAFF_SCOPES: Final = ("platform:read",)
HELD_AUDIENCES: Final = ("gateway", "auth")
"""The roles that people and programs reach with the token that they hold; see docs/adr/0038."""
ROLE_SCOPES: Final = {"images": ("images:read", "images:write")}
"""The roles behind the gateway, and what a person's token for each may be used for."""
KEY_SCOPES: Final = ("images:read", "images:write", "jobs", "account")
"""What an API key may be given; each stands in its tokens as it is."""
ROLE_KEY_SCOPES: Final = {"images": KEY_SCOPES}
"""The roles behind the gateway, and what of a key's scopes its token for each may hold."""


_JWS: Final = jwt.PyJWS(algorithms=[ALGORITHM])
"""As ``jwt.encode``, of claims that are JSON already: the library's own writer takes far longer."""


class KeysetBackend(TokenBackend):
    """Signs with the current key and names it."""

    def __init__(self, typ: str) -> None:
        super().__init__(ALGORITHM)
        self._typ = typ

    def encode(self, payload: dict[str, Any]) -> str:
        """``payload`` signed."""
        key = current_keyset().signer()
        headers = {"kid": key.kid, "typ": self._typ}
        return _JWS.encode(orjson.dumps(payload), key.private, algorithm=ALGORITHM, headers=headers)


class OwnToken(Token):
    """A new token, good for ``lifetime_s`` seconds from now on."""

    def __init__(self, *, lifetime_s: int) -> None:
        self.lifetime = timedelta(seconds=lifetime_s)
        super().__init__()


class UserToken(OwnToken):
    """Shown in the name of a person or an API key, to the roles that are its audience."""

    token_type = "access"  # noqa: S105 - the name of a kind

    def get_token_backend(self) -> KeysetBackend:
        """Ours; simplejwt's own is bound to settings that were read at import."""
        return _backend(USER_TYPE)


class SignedServiceToken(OwnToken):
    """What one role shows to another; its audience is the role called."""

    token_type = "service"  # noqa: S105 - the name of a kind

    def get_token_backend(self) -> KeysetBackend:
        """Ours, as that of `UserToken`."""
        return _backend(SERVICE_TYPE)


def access_token_issue(
    *, user: User, session_id: UUID, methods: str = "pwd", lifetime_s: int | None = None
) -> str:
    """A signed access token of ``session_id``, good for ``lifetime_s`` seconds.

    ``None`` stands for ``ACCESS_TOKEN_LIFETIME_S``. ``methods`` are those of the session: one that
    lacks a second factor that the policy asks for gives what it takes to add one.

    It holds the tokens for the roles behind the gateway, which end with it. So the gateway never
    hands on what it was shown, and needs nobody to get what it hands on.
    """
    lifetime_s = lifetime_s or settings.ACCESS_TOKEN_LIFETIME_S
    closing = user.deletion_due_at is not None
    held_back = is_held_back(user, methods)
    staff = user.is_staff and not closing and not held_back
    scopes: Sequence[str] = USER_SCOPES + STAFF_SCOPES if staff else USER_SCOPES
    if closing:
        scopes = CLOSING_SCOPES
    elif held_back and factor_required_of_all():
        scopes = ACCOUNT_SCOPES
    claims = {
        "aud": HELD_AUDIENCES,
        "sub": str(user.id),
        "sid": str(session_id),
        "scope": " ".join(scopes),
        "staff": staff,
        "closing": closing,
        "role_tokens": {
            role: role_token_issue(
                role=role,
                user_id=user.id,
                session_id=session_id,
                scopes=role_scopes,
                lifetime_s=lifetime_s,
            )
            for role, role_scopes in ROLE_SCOPES.items()
            if set(role_scopes) <= set(scopes)
        },
    }
    return _signed(UserToken(lifetime_s=lifetime_s), claims)


def key_token_issue(*, user_id: UUID, key_id: UUID, scopes: Sequence[str], lifetime_s: int) -> str:
    """A signed access token of an API key, for the gateway to keep ``lifetime_s`` seconds.

    Its session is the key, so the one deny list ends it. None of its scopes is a person's own but
    those of images, so whatever asks for another is closed to keys.
    """
    claims = {
        "aud": HELD_AUDIENCES,
        "sub": str(user_id),
        "sid": str(key_id),
        "scope": " ".join(scopes),
        "key": True,
        "role_tokens": {
            role: role_token_issue(
                role=role,
                user_id=user_id,
                session_id=key_id,
                scopes=[scope for scope in scopes if scope in known],
                lifetime_s=lifetime_s,
            )
            for role, known in ROLE_KEY_SCOPES.items()
        },
    }
    return _signed(UserToken(lifetime_s=lifetime_s), claims)


def role_token_issue(
    *, role: str, user_id: UUID, session_id: UUID, scopes: Sequence[str], lifetime_s: int
) -> str:
    """A signed token in the name of ``user_id`` that ``role`` takes, and nobody else."""
    claims = {
        "aud": role,
        "sub": str(user_id),
        "sid": str(session_id),
        "scope": " ".join(scopes),
    }
    return _signed(UserToken(lifetime_s=lifetime_s), claims)


def access_token_claims(raw: str) -> Mapping[str, Any]:
    """The verified claims of an access token. Raises `TokenExpired` or `TokenInvalid`."""
    return verifier().claims(raw, typ=USER_TYPE, audience="auth")


def service_lifetime_s() -> int:
    """That of an access token and the time between two renewals.

    So a role that renews in time always holds a service token that outlives every user's token.
    """
    lifetime_s: int = settings.ACCESS_TOKEN_LIFETIME_S
    return lifetime_s + RENEWAL_S


def service_token_issue(*, client_id: str, audience: str) -> str:
    """A signed token for ``client_id`` to call ``audience``, good for `service_lifetime_s`."""
    claims = {"sub": client_id, "aud": audience}
    return _signed(SignedServiceToken(lifetime_s=service_lifetime_s()), claims)


def signing_check() -> None:
    """Sign a token and believe it as other roles would. Raises `NotReady`."""
    raw = service_token_issue(client_id="doctor", audience="doctor")
    try:
        verify_service_token(raw, audience="doctor")
    except TokenInvalid as exc:
        raise NotReady("What SIGNING_KEYS signs is not believed with the keys in JWKS.") from exc


def _signed(token: OwnToken, claims: Mapping[str, Any]) -> str:
    """``token`` with ``claims``."""
    # The audience stands among the claims: simplejwt writes none, and without one a token would
    # open every role.
    token.payload.update(claims, iss=settings.TOKEN_ISSUER, nbf=token["iat"])
    return str(token)


@lru_cache(maxsize=2)
def _backend(typ: str) -> KeysetBackend:
    # Once for a type of token: to make one costs as much as half a signature.
    return KeysetBackend(typ)
