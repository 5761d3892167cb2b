"""Client of the role auth."""

from typing import Final

import orjson

from gateway.clients.service_tokens import service_token
from gateway.clients.types import AccountClosed, AccountRestored
from gateway.clients.upstream_calls import UpstreamCall, call_send, document_as, object_of
from gateway.deadlines import STATUS_S, WRITE_S
from platform_site.kit.auth.tokens import Principal
from platform_site.kit.rest.rate_limits import client_headers

ROLE: Final = "auth"
ACCOUNT: Final = "/internal/v1/account"


def profile_of(*, principal: Principal) -> bytes:
    """The account behind ``principal``, in the JSON in which auth describes it to its owner.

    Raises `Refused` or `UpstreamUnavailable`.
    """
    headers = {"Authorization": f"Bearer {principal.token}"}
    return object_of(call_send(ROLE, UpstreamCall("GET", "/auth/profile", headers)))


def account_close(*, principal: Principal, password: str | None) -> AccountClosed:
    """Close the account behind ``principal``, whose owner gave the password again, or has none."""
    headers = {**_credentials(principal), "Content-Type": "application/json"}
    proof = {} if password is None else {"password": password}
    call = UpstreamCall("DELETE", ACCOUNT, headers, orjson.dumps(proof))
    return document_as(AccountClosed, call_send(ROLE, call))


def account_restore(*, principal: Principal) -> AccountRestored:
    """Take the deletion of the account behind ``principal`` back."""
    call = UpstreamCall("POST", f"{ACCOUNT}/restore", _credentials(principal))
    return document_as(AccountRestored, call_send(ROLE, call))


def account_document(*, principal: Principal) -> bytes:
    """All that auth knows of the account behind ``principal``, as JSON for its owner."""
    call = UpstreamCall("POST", f"{ACCOUNT}/export", _credentials(principal), timeout_s=WRITE_S)
    return object_of(call_send(ROLE, call))


def readiness_check() -> None:
    """Return when auth says that it is ready. Raises like `call_send` when it does not."""
    call_send(ROLE, UpstreamCall("GET", "/readyz", timeout_s=STATUS_S))


def _credentials(principal: Principal) -> dict[str, str]:
    return {
        **client_headers(),
        "Authorization": f"Bearer {principal.token}",
        "X-Service-Authorization": f"Bearer {service_token(ROLE).value()}",
    }
