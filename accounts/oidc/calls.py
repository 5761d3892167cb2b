"""Calls to a provider: one deadline, a bound on the answer, no redirect, no connection kept.

By the kit's own connections: what a stranger's server may do to a thread is wait, and only they
hold a deadline over the whole of an answer, its head too.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

import structlog

from accounts.oidc.errors import ProviderAnswerInvalid, ProviderUnavailable
from accounts.oidc.providers import Provider, is_loopback
from platform_site.kit.breaker import Breaker
from platform_site.kit.upstream.connections import KeptConnection, Origin
from platform_site.kit.upstream.replies import Reply
from platform_site.kit.upstream.requests import request_head

log = structlog.get_logger(__name__)

CALL_S: Final = 5.0
CONNECT_S: Final = 3.0
"""The provider may be across the world; other roles are next door."""
ANSWER_BYTES_MAX: Final = 512 * 1024
OPEN_S: Final = 5.0
"""While a provider gives no answer, so often one person waits for it and the others do not."""
OK: Final = 200
CLIENT_ERROR, SERVER_ERROR = 400, 500


def provider_json(
    provider: Provider,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    form: str | None = None,
) -> tuple[int, dict[str, Any]]:
    """The status, 200 or a 4xx, and the JSON object that ``url`` of ``provider`` answers with.

    Raises `ProviderUnavailable`, or `ProviderAnswerInvalid` for what is no JSON object.
    """
    breaker = _breaker(provider.id)
    if not breaker.allows():
        raise ProviderUnavailable(retry_after_s=breaker.retry_after_s)
    try:
        reply = _exchanged(provider, method, url, headers or {}, form)
    except OSError as exc:
        breaker.failed()
        log.warning("sso_provider_failed", provider=provider.id, reason=type(exc).__name__)
        raise ProviderUnavailable(retry_after_s=5) from exc
    if reply.status >= SERVER_ERROR:
        breaker.failed()
        log.warning("sso_provider_failed", provider=provider.id, reason=str(reply.status))
        raise ProviderUnavailable(retry_after_s=5)
    breaker.succeeded()
    if reply.status != OK and reply.status < CLIENT_ERROR:
        raise ProviderAnswerInvalid(f"The provider answered with {reply.status}.")
    return reply.status, _object(reply)


def _exchanged(
    provider: Provider, method: str, url: str, headers: Mapping[str, str], form: str | None
) -> Reply:
    origin, path = _target(provider, url)
    sent = {"Accept": "application/json", "Connection": "close", **headers}
    body = None if form is None else form.encode()
    if body is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        head = request_head(method, path, host=origin.header, headers=sent, body=body)
    except ValueError as exc:
        raise ProviderAnswerInvalid("An address of the provider has strange characters.") from exc
    made = origin.connect(within_s=CONNECT_S, longest_s=CONNECT_S)
    connection = KeptConnection(made, reply_bytes_max=ANSWER_BYTES_MAX)
    try:
        return connection.exchange(method, head, body, timeout_s=CALL_S)
    finally:
        connection.close()


def _target(provider: Provider, url: str) -> tuple[Origin, str]:
    """Where ``url``, which a provider's document may have named, is asked."""
    require_endpoint(provider, url)
    parts = urlsplit(url)
    return Origin.of(url), (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def require_endpoint(provider: Provider, url: Any) -> str:
    """``url``, if it may be one of ``provider``'s. Raises `ProviderAnswerInvalid`."""
    try:
        parts = urlsplit(url) if isinstance(url, str) else urlsplit("")
        host, _port = parts.hostname or "", parts.port
    except ValueError as exc:
        raise ProviderAnswerInvalid("An endpoint of the provider is no URL.") from exc
    is_safe = parts.scheme == "https" or (
        parts.scheme == "http" and provider.is_local and is_loopback(host)
    )
    if not host or not is_safe or parts.fragment or parts.username:
        raise ProviderAnswerInvalid("An endpoint of the provider is no URL with https.")
    return str(url)


def _object(reply: Reply) -> dict[str, Any]:
    try:
        found = reply.json()
    except ValueError as exc:
        raise ProviderAnswerInvalid("The provider's answer is not JSON.") from exc
    if not isinstance(found, dict):
        raise ProviderAnswerInvalid("The provider's answer is no JSON object.")
    return found


@lru_cache(maxsize=64)
def _breaker(provider_id: str) -> Breaker:  # noqa: ARG001 - one for each
    return Breaker(least_calls=3, open_s=OPEN_S)
