"""The gateway's own credential for other roles: fetched from auth, kept, renewed in time."""

import base64
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import structlog
from django.conf import settings

from gateway.clients.upstream_calls import UpstreamCall, call_send, document_as
from gateway.deadlines import READ_S
from gateway.errors import Refused, UpstreamFailed
from gateway.metrics import SERVICE_TOKENS
from platform_site.kit.health import NotReady
from platform_site.kit.rest.problems import DomainError
from platform_site.kit.upstream.http import UpstreamUnavailable

log = structlog.get_logger(__name__)

RETRY_AFTER_S: Final = 5.0
"""How long a failed renewal is not repeated while the old token still works."""


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """Auth's answer to client credentials; ``expires_in`` is in seconds."""

    access_token: str
    token_type: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class HeldToken:
    """A token and its monotonic times: when to renew it, and when it is of no more use."""

    raw: str
    renew_at: float
    ends_at: float


class ServiceToken:
    """The token for one role. One thread renews it; the others go on with the old one.

    It is renewed while it still outlives every user's token, so that without auth the reads of
    those who are signed in go on to the end.
    """

    def __init__(
        self,
        *,
        audience: str,
        fetch: Callable[[str], IssuedToken],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._audience = audience
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._held: HeldToken | None = None

    def value(self) -> str:
        """A token that is still good. Raises `UpstreamUnavailable` when there is none to be had."""
        held, now = self._held, self._clock()
        if held is not None and now < held.renew_at:
            return held.raw
        still_good = held is not None and now < held.ends_at
        # One thread renews; the others wait only when the old token is of no use any more.
        if not self._lock.acquire(blocking=not still_good):
            return held.raw if held else ""  # another thread renews it at this moment
        try:
            return self._renewed()
        finally:
            self._lock.release()

    def forget(self, raw: str) -> None:
        """Ask for a new one next time, if ``raw`` is still the one that is held."""
        held = self._held
        if held is not None and held.raw == raw:
            self._held = None

    def _renewed(self) -> str:
        held, now = self._held, self._clock()
        if held is not None and now < held.renew_at:
            return held.raw  # renewed while this thread waited
        try:
            issued = self._fetch(self._audience)
        except UpstreamUnavailable:
            if held is None or now >= held.ends_at:
                SERVICE_TOKENS.labels("failed").inc()
                raise
            SERVICE_TOKENS.labels("kept").inc()
            log.warning("service_token_kept", audience=self._audience)
            again_at = min(now + RETRY_AFTER_S, held.ends_at)
            self._held = HeldToken(held.raw, again_at, held.ends_at)
            return held.raw
        SERVICE_TOKENS.labels("fetched").inc()
        lifetime_s = float(issued.expires_in)
        renew_in_s = max(lifetime_s - settings.ACCESS_TOKEN_LIFETIME_S, lifetime_s / 3)
        self._held = HeldToken(issued.access_token, now + renew_in_s, now + lifetime_s)
        return issued.access_token


def token_issue(audience: str) -> IssuedToken:
    """A new token for ``audience`` by client credentials.

    Raises `UpstreamUnavailable`, also when auth does not know the gateway: that is a fault of the
    set-up which no caller can do anything about, so it is logged and looks like an outage.
    """
    try:
        return _token_ask(audience)
    except (Refused, UpstreamFailed) as exc:
        log.exception("service_token_refused", audience=audience, code=exc.code, status=exc.status)
        raise UpstreamUnavailable("auth", retry_after_s=5) from exc


def token_check() -> None:
    """Ask auth for a token. Raises the kit's `NotReady`, in words for the operator."""
    try:
        _token_ask("images")
    except DomainError as exc:
        client = settings.SERVICE_CLIENT_ID
        raise NotReady(f"auth gives no token to SERVICE_CLIENT_ID {client}: {exc.title}") from exc


def _token_ask(audience: str) -> IssuedToken:
    pair = f"{settings.SERVICE_CLIENT_ID}:{settings.SERVICE_CLIENT_SECRET}"
    headers = {
        "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    form = urlencode({"grant_type": "client_credentials", "audience": audience}).encode()
    call = UpstreamCall("POST", "/internal/v1/token", headers, form, READ_S)
    return document_as(IssuedToken, call_send("auth", call))


_tokens: Final[dict[str, ServiceToken]] = {}
_tokens_lock: Final = threading.Lock()


def service_token(audience: str) -> ServiceToken:
    """This process's token for the role ``audience``."""
    known = _tokens.get(audience)
    if known is not None:
        return known
    with _tokens_lock:
        if audience not in _tokens:
            _tokens[audience] = ServiceToken(audience=audience, fetch=token_issue)
        return _tokens[audience]


def forget_all() -> None:
    """Hold no token any more."""
    with _tokens_lock:
        _tokens.clear()
