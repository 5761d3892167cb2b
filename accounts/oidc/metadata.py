"""What a provider publishes of itself: its endpoints (Discovery 1.0) and its keys (RFC 7517).

Kept by this process for an hour, and longer while the provider gives no answer. A key that is not
known, or that a signature does not fit, has them read again, at most once a minute: a provider
changes its keys when it likes, and tokens with invented ones must not make us call it each time.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

import structlog
from authlib.oidc.discovery import get_well_known_url
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from accounts.oidc.calls import OK, provider_json, require_endpoint
from accounts.oidc.errors import ProviderAnswerInvalid, ProviderUnavailable
from accounts.oidc.providers import Provider

log = structlog.get_logger(__name__)

FRESH_S: Final = 3600.0
STALE_S: Final = 86_400.0
AGAIN_S: Final = 60.0
KEYS_MAX: Final = 50
DEFAULT_AUTHENTICATION: Final = ("client_secret_basic",)

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a provider is asked for what."""

    authorization: str
    token: str
    keys: str
    userinfo: str
    """Empty where there is none."""
    token_authentication: tuple[str, ...]
    names_itself: bool
    """Whether each of its returns says who it is from (RFC 9207)."""


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A public key; ``kid`` and ``alg`` are empty where the provider does not say."""

    kid: str
    alg: str
    key: Key


class Kept(Generic[Value]):
    """A value that is read when it is first wanted and again when it is old; one thread reads."""

    def __init__(self, read: Callable[[], Value]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._value: Value | None = None
        self._read_at = self._tried_at = float("-inf")

    def value(self, *, not_older_than_s: float = FRESH_S) -> Value:
        """The value. Raises `ProviderUnavailable` or `ProviderAnswerInvalid` without a good one."""
        with self._lock:
            now = time.monotonic()
            age_s = now - self._read_at
            wait_s = min(AGAIN_S, not_older_than_s)
            if self._value is not None and (
                age_s < not_older_than_s or now - self._tried_at < wait_s
            ):
                return self._value
            self._tried_at = now
            try:
                self._value = self._read()
                self._read_at = now
            except (ProviderUnavailable, ProviderAnswerInvalid):
                if self._value is None or age_s >= STALE_S:
                    raise
            return self._value


class ProviderDocuments:
    """What one provider publishes."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._endpoints = Kept(self._endpoints_read)
        self._keys = Kept(self._keys_read)

    def endpoints(self) -> Endpoints:
        """Raises `ProviderUnavailable` and `ProviderAnswerInvalid`."""
        return self._endpoints.value()

    def key(self, kid: str, alg: str, *, is_doubted: bool = False) -> Key:
        """The key ``kid`` for ``alg``; without ``kid`` the only one there is for it.

        One that ``is_doubted`` is read again, as one that is not known. Raises
        `ProviderAnswerInvalid` without one, and `ProviderUnavailable`.
        """
        found = _fitting(self._keys.value(), kid, alg)
        if len(found) != 1 or is_doubted:
            found = _fitting(self._keys.value(not_older_than_s=AGAIN_S), kid, alg)
        if len(found) != 1:
            raise ProviderAnswerInvalid("The provider has no such key.")
        return found[0].key

    def _endpoints_read(self) -> Endpoints:
        url = get_well_known_url(self._provider.issuer, external=True)
        status, document = provider_json(self._provider, "GET", url)
        # The issuer is compared, or one provider could speak for another (Discovery 1.0, 4.3).
        if status != OK or document.get("issuer") != self._provider.issuer:
            raise ProviderAnswerInvalid("The discovery document is not this issuer's.")
        told = document.get("token_endpoint_auth_methods_supported")
        methods = tuple(map(str, told)) if isinstance(told, list) else DEFAULT_AUTHENTICATION
        userinfo = document.get("userinfo_endpoint")
        return Endpoints(
            authorization=self._endpoint(document, "authorization_endpoint"),
            token=self._endpoint(document, "token_endpoint"),
            keys=self._endpoint(document, "jwks_uri"),
            userinfo=require_endpoint(self._provider, userinfo) if userinfo else "",
            token_authentication=methods,
            names_itself=document.get("authorization_response_iss_parameter_supported") is True,
        )

    def _endpoint(self, document: Mapping[str, Any], name: str) -> str:
        return require_endpoint(self._provider, document.get(name))

    def _keys_read(self) -> Sequence[PublishedKey]:
        status, document = provider_json(self._provider, "GET", self.endpoints().keys)
        entries = document.get("keys")
        if status != OK or not isinstance(entries, list):
            raise ProviderAnswerInvalid("The provider's key set is no key set.")
        return [key for entry in entries[:KEYS_MAX] if (key := _published(entry)) is not None]


@lru_cache(maxsize=64)
def documents_of(provider: Provider) -> ProviderDocuments:
    """What this process knows of ``provider``."""
    return ProviderDocuments(provider)


def _published(entry: Any) -> PublishedKey | None:
    """A public key that verifies signatures; ``None`` for any other, which a set may have too."""
    if not isinstance(entry, dict) or entry.get("kty") not in {"RSA", "EC", "OKP"}:
        return None
    if entry.get("use", "sig") != "sig":
        return None
    try:
        key = JWKRegistry.import_key(entry)
    except (JoseError, ValueError, TypeError, KeyError):
        log.info("sso_key_not_read")
        return None
    return PublishedKey(str(entry.get("kid") or ""), str(entry.get("alg") or ""), key)


def _fitting(keys: Sequence[PublishedKey], kid: str, alg: str) -> list[PublishedKey]:
    kind = {"R": "RSA", "P": "RSA", "E": "EC"}[alg[0]] if alg != "EdDSA" else "OKP"
    return [
        one
        for one in keys
        if one.key.key_type == kind and one.alg in {"", alg} and (not kid or one.kid == kid)
    ]
