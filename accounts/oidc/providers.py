"""The providers that the settings name, checked once at the start of the role."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from accounts.oidc.errors import ProviderNotFound

ALGORITHMS: Final = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
)  # fmt: skip
"""Signatures that only the provider can make; never ``none``, nor one by a shared secret."""
SCOPES: Final = ("openid", "email", "profile")
KEYS: Final = frozenset(
    {"id", "name", "issuer", "client_id", "scopes", "sign_up", "email_domains", "algorithms"}
)
ID_FORM: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
DOMAIN_FORM: Final = re.compile(r"[^@\s/]+\.[^@\s/]+")
NAME_MAX: Final = 60
TEXT_MAX: Final = 255


@dataclass(frozen=True, slots=True, repr=False)
class Provider:
    """One provider. It has no ``repr``, so that its secret cannot slip into a log."""

    id: str
    name: str
    issuer: str
    client_id: str
    client_secret: str
    """Empty for a public client, which proves itself by PKCE alone."""
    scopes: tuple[str, ...]
    sign_up: bool
    """Whether people whom no account knows get one."""
    email_domains: frozenset[str]
    """Only these may sign in, by an address that the provider has verified; empty: all."""
    algorithms: tuple[str, ...]

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine, where plain HTTP is taken."""
        return urlsplit(self.issuer).scheme == "http"


def providers_known() -> Mapping[str, Provider]:
    """Every provider by its id, in the order of the settings. Raises ``ImproperlyConfigured``."""
    entries, secrets = settings.OIDC_PROVIDERS, settings.OIDC_CLIENT_SECRETS
    # Of the values and not of the objects, so that a test may change a setting.
    return _parsed(orjson.dumps(entries), orjson.dumps(secrets), bool(settings.REGISTRATION_OPEN))


def provider_by_id(provider_id: str) -> Provider:
    """Raises `ProviderNotFound`."""
    try:
        return providers_known()[provider_id]
    except KeyError as exc:
        raise ProviderNotFound from exc


@lru_cache(maxsize=8)
def _parsed(entries: bytes, secrets: bytes, registration_open: bool) -> Mapping[str, Provider]:  # noqa: FBT001 - cached by position
    found = orjson.loads(entries)
    if not isinstance(found, list):
        raise _wrong("is no list")
    by_id: dict[str, str] = orjson.loads(secrets)
    made = [_provider(entry, by_id, sign_up=registration_open) for entry in found]
    known = {provider.id: provider for provider in made}
    if len(known) < len(made):
        raise _wrong("has an id twice")
    if strange := set(by_id) - set(known):
        raise ImproperlyConfigured(
            f"OIDC_CLIENT_SECRETS has {sorted(strange)}, which OIDC_PROVIDERS does not name."
        )
    return known


def _provider(entry: Any, secrets: Mapping[str, str], *, sign_up: bool) -> Provider:
    if not isinstance(entry, dict):
        raise _wrong("has an entry that is no object")
    if strange := set(entry) - KEYS:
        raise _wrong(f"has unknown members: {sorted(strange)}")
    provider_id = _text(entry, "id")
    if not ID_FORM.fullmatch(provider_id):
        raise _wrong("has an id that is not of a-z, 0-9 and -, at most 40")
    scopes = _texts(entry, "scopes", SCOPES)
    if "openid" not in scopes or any(" " in scope for scope in scopes):
        raise _wrong(f"[{provider_id}].scopes lacks openid, or has one with a space")
    algorithms = _texts(entry, "algorithms", ALGORITHMS)
    if not algorithms or set(algorithms) - set(ALGORITHMS):
        raise _wrong(f"[{provider_id}].algorithms has others than {', '.join(ALGORITHMS)}")
    domains = _texts(entry, "email_domains", ())
    if not all(DOMAIN_FORM.fullmatch(domain) for domain in domains):
        raise _wrong(f"[{provider_id}].email_domains has what is no domain")
    allowed = entry.get("sign_up", sign_up)
    if not isinstance(allowed, bool):
        raise _wrong(f"[{provider_id}].sign_up is neither true nor false")
    return Provider(
        id=provider_id,
        name=_text(entry, "name", longest=NAME_MAX),
        issuer=_issuer(_text(entry, "issuer")),
        client_id=_text(entry, "client_id"),
        client_secret=secrets.get(provider_id, ""),
        scopes=scopes,
        sign_up=allowed,
        email_domains=frozenset(domain.lower() for domain in domains),
        algorithms=algorithms,
    )


def _text(entry: Mapping[str, Any], key: str, *, longest: int = TEXT_MAX) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip() or len(value) > longest:
        raise _wrong(f"lacks {key}, a text of at most {longest} characters")
    return value


def _texts(entry: Mapping[str, Any], key: str, default: tuple[str, ...]) -> tuple[str, ...]:
    value = entry.get(key, list(default))
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise _wrong(f"has {key} that is no list of texts")
    return tuple(value)


def _issuer(text: str) -> str:
    """An issuer: HTTPS, or HTTP on this machine; no query (Discovery 1.0, section 3)."""
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise _wrong("has an issuer that is no URL") from None
    is_plain = not (parts.query or parts.fragment or parts.username or parts.password)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    if not (host and is_plain and is_safe):
        raise _wrong("has an issuer that is no plain URL with https")
    return text


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine, by its number or as ``localhost``."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _wrong(what: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"OIDC_PROVIDERS {what}.")
