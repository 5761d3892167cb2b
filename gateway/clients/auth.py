"""Client of the role auth."""

from typing import Final

import orjson

from gateway.clients.documents import document_as
from gateway.clients.service_tokens import service_token
from gateway.clients.types import AccountClosed, AccountRestored, Profile
from gateway.clients.upstream_calls import call, document_of
from gateway.deadlines import STATUS_S
from platform_site.kit.auth.tokens import Principal

ACCOUNT: Final = "/internal/v1/account"


def profile_of(*, principal: Principal) -> Profile:
    """The account behind ``principal``. Raises `Refused` or `UpstreamUnavailable`."""
    reply = call(
        "auth",
        "GET",
        "/auth/profile",
        headers={"Authorization": f"Bearer {principal.token}"},
    )
    return document_as(Profile, document_of(reply))


def account_close(*, principal: Principal, password: str) -> AccountClosed:
    """Close the account behind ``principal``, whose owner gave the password again."""
    reply = call(
        "auth",
        "DELETE",
        ACCOUNT,
        headers={**_credentials(principal), "Content-Type": "application/json"},
        body=orjson.dumps({"password": password}),
    )
    return document_as(AccountClosed, document_of(reply))


def account_restore(*, principal: Principal) -> AccountRestored:
    """Take the deletion of the account behind ``principal`` back."""
    headers = _credentials(principal)
    reply = call("auth", "POST", f"{ACCOUNT}/restore", headers=headers)
    return document_as(AccountRestored, document_of(reply))


def _credentials(principal: Principal) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {principal.token}",
        "X-Service-Authorization": f"Bearer {service_token('auth').value()}",
    }


def readiness_check() -> None:
    """Return when auth says that it is ready. Raises like `answers.call` when it does not."""
    call("auth", "GET", "/readyz", headers={}, timeout_s=STATUS_S)
