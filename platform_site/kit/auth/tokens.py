"""Verifies access and service tokens (ES256) with the published keys, and remembers the result."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final
from uuid import UUID

import jwt
from django.conf import settings

from platform_site.kit.auth.jwks import KeySet
from platform_site.kit.rest.problems import DomainError

USER_TYPE: Final = "at+jwt"
SERVICE_TYPE: Final = "svc+jwt"
ALGORITHM: Final = "ES256"
LEEWAY_S: Final = 30
MEMORY_ENTRIES: Final = 10_000
REQUIRED_CLAIMS: Final = ["iss", "aud", "sub", "exp", "iat", "nbf", "jti"]
LATEST: Final = 1 << 40
"""No time of a token is as late as this, in seconds."""
MALFORMED: Final = (TypeError, ValueError, AttributeError, OverflowError, RecursionError)
"""What libraries raise for a token or claim of a shape that they do not expect."""


class TokenInvalid(DomainError):
    """The token is not one of ours, or not for here."""

    status = 401
    code = "token_invalid"
    title = "The token is not valid"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, headers={"WWW-Authenticate": f'Bearer error="{self.code}"'})


class TokenExpired(TokenInvalid):
    """The token was good once; refresh it."""

    code = "token_expired"
    title = "The token has expired"


class TokenRevoked(TokenInvalid):
    """The session that the token belongs to was ended."""

    code = "token_revoked"
    title = "The session has ended"


@dataclass(frozen=True, slots=True)
class Principal:
    """The person or program a request acts for.

    ``token`` is the bearer itself. ``role_tokens`` are what auth put into it for the roles behind
    this one: each is taken by that role alone, and carries only the scopes that it needs. One who
    ``is_closing`` has asked to be deleted, and can only look at the account and take that back.
    With ``is_key`` it is an API key that asks, and ``session_id`` is that key's id. The token is of
    the Unix time ``issued_at``.
    """

    id: UUID
    session_id: UUID
    scopes: frozenset[str]
    is_staff: bool
    token: str
    is_closing: bool = False
    is_key: bool = False
    role_tokens: Mapping[str, str] = field(default_factory=dict, hash=False, repr=False)
    issued_at: int = field(default=0, compare=False)

    is_authenticated = True

    @property
    def owner_id(self) -> UUID:
        """Who owns what this principal makes, and whose things it sees: the one rule of that."""
        return self.id

    @property
    def key_id(self) -> UUID | None:
        """The API key that asks; ``None`` for a session."""
        return self.session_id if self.is_key else None

    def token_for(self, role: str) -> str:
        """The token to show to ``role``. Raises `TokenInvalid` when there is none in the bearer."""
        try:
            return self.role_tokens[role]
        except KeyError as exc:
            raise TokenInvalid(f"The token holds none for {role}. Sign in again.") from exc


@dataclass(frozen=True, slots=True)
class ServicePrincipal:
    """A role of the platform, calling another one."""

    client_id: str

    is_authenticated = True
    is_staff = False


class Verifier:
    """Checks signature, type, issuer, audience and times; a verified token is remembered.

    The memory is bounded, and what stands in it counts only for the key set that it was verified
    with and until the token expires. A second use costs a dictionary look-up.
    """

    def __init__(self, *, keys: KeySet, issuer: str) -> None:
        self._keys = keys
        self.knows_fresh_keys = keys.is_fresh
        self._issuer = issuer
        self._memory: dict[tuple[str, str, str], tuple[float, int, Mapping[str, Any]]] = {}
        self._lock = threading.Lock()

    def claims(self, raw: str, *, typ: str, audience: str) -> Mapping[str, Any]:
        """The claims of ``raw``. Raises `TokenInvalid` or `TokenExpired`."""
        self._keys.keep_fresh()
        # Read before the key is: a set that changes meanwhile makes this entry an old one.
        generation = self._keys.generation
        remembered = self._memory.get((raw, typ, audience))
        if remembered is not None:
            until, learned_in, claims = remembered
            if until > time.time() and learned_in == generation:
                return claims
        claims = self._verified(raw, typ=typ, audience=audience)
        self._remember((raw, typ, audience), (claims["exp"] + LEEWAY_S, generation, claims))
        return claims

    def forget(self) -> None:
        """Verify every token anew."""
        with self._lock:
            self._memory.clear()

    def _remember(
        self, key: tuple[str, str, str], entry: tuple[float, int, Mapping[str, Any]]
    ) -> None:
        with self._lock:
            # All at once: to find the oldest would cost each request more than this costs now and
            # then.
            if key not in self._memory and len(self._memory) >= MEMORY_ENTRIES:
                self._memory.clear()
            self._memory[key] = entry

    def _verified(self, raw: str, *, typ: str, audience: str) -> Mapping[str, Any]:
        try:
            # Nothing in the header is believed: it only chooses which of our own keys is tried.
            header = jwt.get_unverified_header(raw)
            # A service token must not pass for a person's: both have the same issuer and keys.
            if header.get("typ") != typ or header.get("alg") != ALGORITHM:
                raise TokenInvalid("This is not the type of token that is taken here.")
            key = self._keys.find(str(header.get("kid", "")))
            if key is None:
                raise TokenInvalid("The key that signed the token is not known.")
            claims = jwt.decode(
                raw,
                key,
                algorithms=[ALGORITHM],
                audience=audience,
                issuer=self._issuer,
                leeway=LEEWAY_S,
                options={"require": REQUIRED_CLAIMS},
            )
        except jwt.ExpiredSignatureError as exc:
            raise TokenExpired from exc
        except (jwt.PyJWTError, *MALFORMED) as exc:
            raise TokenInvalid from exc
        claims_require_types(claims)
        return claims


def claims_require_types(claims: Mapping[str, Any]) -> None:
    """Raise `TokenInvalid` unless each claim is of the type that we issue.

    Libraries are generous: to PyJWT, the text "9999999999" and ``true`` are times.
    """
    times = (claims.get(name) for name in ("exp", "iat", "nbf"))
    words = (claims.get(name) for name in ("iss", "sub", "jti"))
    others = (claims.get(name, "") for name in ("sid", "scope"))
    held = claims.get("role_tokens", {})
    if not (
        all(type(time_) is int and 0 <= time_ < LATEST for time_ in times)
        and all(isinstance(word, str) and word for word in words)
        and all(isinstance(word, str) for word in others)
        and all(isinstance(claims.get(name, False), bool) for name in ("staff", "closing", "key"))
        and isinstance(held, dict)
        and all(isinstance(token, str) for token in held.values())
    ):
        raise TokenInvalid("A claim of the token is not of its type.")


@cache
def verifier() -> Verifier:
    """This process's verifier, from settings ``JWKS_BUNDLE``, ``JWKS_URL`` and ``TOKEN_ISSUER``."""
    keys = KeySet(bundle=settings.JWKS_BUNDLE, url=settings.JWKS_URL)
    return Verifier(keys=keys, issuer=settings.TOKEN_ISSUER)


def verify_user_token(raw: str, *, audience: str) -> Principal:
    """Who ``raw`` acts for at the role ``audience``. Does not look at the deny list.

    Raises `TokenInvalid`.
    """
    claims = verifier().claims(raw, typ=USER_TYPE, audience=audience)
    try:
        return Principal(
            id=UUID(claims["sub"]),
            session_id=UUID(claims["sid"]),
            scopes=frozenset(claims.get("scope", "").split()),
            is_staff=claims.get("staff") is True,
            token=raw,
            is_closing=claims.get("closing") is True,
            is_key=claims.get("key") is True,
            role_tokens=claims.get("role_tokens", {}),
            issued_at=int(claims["iat"]),
        )
    except (KeyError, ValueError) as exc:
        raise TokenInvalid from exc


def verify_service_token(raw: str, *, audience: str) -> ServicePrincipal:
    """Which role sent ``raw`` to the role ``audience``. Raises `TokenInvalid`."""
    claims = verifier().claims(raw, typ=SERVICE_TYPE, audience=audience)
    return ServicePrincipal(client_id=claims["sub"])
