"""Calls to images about all that one person has there, when an account ends or comes back.

Auth signs, so it can show a token of that person for this one purpose, beside a token of its own;
images asks for both.
"""

from typing import Final
from uuid import UUID

from accounts.tokens import role_token_issue, service_token_issue
from platform_site.kit.identifiers import uuid7
from platform_site.kit.upstream.http import UpstreamUnavailable, upstream

ROLE: Final = "images"
WITHHOLD: Final = "images:withhold"
PURGE: Final = "images:purge"
LIFETIME_S: Final = 60
TIMEOUT_S: Final = 10.0
NO_CONTENT: Final = 204
ACCEPTED: Final = 202


def withhold_token(*, user_id: UUID) -> str:
    """A token with which images withholds, or releases again, what ``user_id`` has there."""
    return _token(user_id, WITHHOLD)


def images_withhold(*, user_id: UUID) -> None:
    """Have images serve nothing of ``user_id`` any more. Raises `UpstreamUnavailable`."""
    _ask(user_id, "withhold", WITHHOLD)


def images_release(*, user_id: UUID) -> None:
    """Have images serve again what it withholds. Raises `UpstreamUnavailable`."""
    _ask(user_id, "release", WITHHOLD)


def images_purge(*, user_id: UUID) -> bool:
    """Have images delete all of ``user_id``; whether nothing is left. It may be asked again.

    Raises `UpstreamUnavailable`.
    """
    return _ask(user_id, "purge", PURGE) == NO_CONTENT


def _token(user_id: UUID, scope: str) -> str:
    # The session is none of the person's, who has no say in this any more: so none can end it.
    return role_token_issue(
        role=ROLE, user_id=user_id, session_id=uuid7(), scopes=(scope,), lifetime_s=LIFETIME_S
    )


def _ask(user_id: UUID, what: str, scope: str) -> int:
    # Auth signs, so it issues its own credential instead of asking itself over HTTP.
    ours = service_token_issue(client_id="auth", audience=ROLE)
    reply = upstream(ROLE).request(
        "POST",
        f"/internal/v1/owner/{what}",
        headers={
            "Authorization": f"Bearer {_token(user_id, scope)}",
            "X-Service-Authorization": f"Bearer {ours}",
        },
        timeout_s=TIMEOUT_S,
    )
    if reply.status not in {ACCEPTED, NO_CONTENT}:
        raise UpstreamUnavailable(ROLE)
    return reply.status
