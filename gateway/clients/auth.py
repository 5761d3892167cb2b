"""Client of the role auth."""

from gateway.clients.answers import call, document_of
from gateway.clients.documents import document_as
from gateway.clients.types import Profile
from platform_site.kit.tokens import Principal


def profile_of(*, principal: Principal) -> Profile:
    """The account behind ``principal``. Raises `Refused` or `UpstreamUnavailable`."""
    reply = call(
        "auth",
        "GET",
        "/auth/profile",
        headers={"Authorization": f"Bearer {principal.token}"},
        timeout_s=3.0,
    )
    return document_as(Profile, document_of(reply))


def readiness_check() -> None:
    """Return when auth says that it is ready. Raises like `answers.call` when it does not."""
    call("auth", "GET", "/readyz", headers={}, timeout_s=2.0)
