"""Client of the role auth."""

from gateway.clients.answers import call, document_of
from gateway.clients.documents import document_as
from gateway.clients.service_tokens import service_token
from gateway.clients.types import Profile
from gateway.deadlines import STATUS_S
from platform_site.kit.tokens import Principal


def profile_of(*, principal: Principal) -> Profile:
    """The account behind ``principal``. Raises `Refused` or `UpstreamUnavailable`."""
    reply = call(
        "auth",
        "GET",
        "/auth/profile",
        headers={"Authorization": f"Bearer {principal.token}"},
    )
    return document_as(Profile, document_of(reply))


def account_delete(*, principal: Principal) -> None:
    """Delete the account behind ``principal`` and end its sessions."""
    credentials = {
        "Authorization": f"Bearer {principal.token}",
        "X-Service-Authorization": f"Bearer {service_token('auth').value()}",
    }
    call("auth", "DELETE", "/internal/v1/account", headers=credentials)


def readiness_check() -> None:
    """Return when auth says that it is ready. Raises like `answers.call` when it does not."""
    call("auth", "GET", "/readyz", headers={}, timeout_s=STATUS_S)
