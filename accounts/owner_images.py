"""Calls to images about all that one person has there, when an account ends or comes back.

Auth signs, so it can show a token of that person for this one purpose, beside a token of its own;
images asks for both.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from accounts.tokens import role_token_issue, service_token_issue
from platform_site.kit.identifiers import uuid7
from platform_site.kit.upstream.http import UpstreamUnavailable, upstream
from platform_site.kit.upstream.replies import Reply

ROLE: Final = "images"
WITHHOLD: Final = "images:withhold"
PURGE: Final = "images:purge"
LIFETIME_S: Final = 60
TIMEOUT_S: Final = 10.0
OK: Final = 200
NO_CONTENT: Final = 204
ACCEPTED: Final = 202


@dataclass(frozen=True, slots=True)
class Purged:
    """What images has deleted of somebody; ``None`` where it has not counted."""

    images: int | None
    size: int | None
    """In bytes."""


@dataclass(frozen=True, slots=True)
class ReadyExport:
    """An archive that its owner can fetch until ``expires_at``."""

    id: UUID
    owner_id: UUID
    ready_at: datetime
    expires_at: datetime


def withhold_token(*, user_id: UUID) -> str:
    """A token with which images withholds, or releases again, what ``user_id`` has there."""
    return _token(user_id, WITHHOLD)


def images_withhold(*, user_id: UUID) -> None:
    """Have images serve nothing of ``user_id`` any more. Raises `UpstreamUnavailable`."""
    _ask(user_id, "withhold", WITHHOLD)


def images_release(*, user_id: UUID) -> None:
    """Have images serve again what it withholds. Raises `UpstreamUnavailable`."""
    _ask(user_id, "release", WITHHOLD)


def images_purge(*, user_id: UUID) -> Purged | None:
    """Have images delete all of ``user_id``: what it has deleted, ``None`` while something is left.

    Asked again, it says the same, until `images_forget`. Raises `UpstreamUnavailable`.
    """
    reply = _ask(user_id, "purge", PURGE)
    if reply.status == ACCEPTED:
        return None
    if reply.status == NO_CONTENT:  # of the previous release, which does not count
        return Purged(None, None)
    try:
        counted = reply.json()
        return Purged(int(counted["image_count"]), int(counted["bytes_freed"]))
    except (ValueError, KeyError, TypeError) as exc:
        raise UpstreamUnavailable(ROLE) from exc


def images_forget(*, user_id: UUID) -> None:
    """Have images forget what it has deleted of ``user_id``. Raises `UpstreamUnavailable`."""
    _ask(user_id, "forget", PURGE)


def exports_ready(*, after: datetime) -> list[ReadyExport]:
    """The exports of anybody that were ready at ``after`` or later, in that order.

    Raises `UpstreamUnavailable`.
    """
    reply = upstream(ROLE).request(
        "GET",
        f"/internal/v1/exports/finished?{urlencode({'after': after.isoformat()})}",
        headers={"X-Service-Authorization": _ours()},
        timeout_s=TIMEOUT_S,
    )
    if reply.status != OK:
        raise UpstreamUnavailable(ROLE)
    try:
        return [_ready(row) for row in reply.json()["results"]]
    except (ValueError, KeyError, TypeError) as exc:
        raise UpstreamUnavailable(ROLE) from exc


def _ready(row: dict[str, str]) -> ReadyExport:
    return ReadyExport(
        id=UUID(row["id"]),
        owner_id=UUID(row["owner_id"]),
        ready_at=datetime.fromisoformat(row["ready_at"]),
        expires_at=datetime.fromisoformat(row["expires_at"]),
    )


def _token(user_id: UUID, scope: str) -> str:
    # The session is none of the person's, who has no say in this any more: so none can end it.
    return role_token_issue(
        role=ROLE, user_id=user_id, session_id=uuid7(), scopes=(scope,), lifetime_s=LIFETIME_S
    )


def _ours() -> str:
    # Auth signs, so it issues its own credential instead of asking itself over HTTP.
    return f"Bearer {service_token_issue(client_id='auth', audience=ROLE)}"


def _ask(user_id: UUID, what: str, scope: str) -> Reply:
    reply = upstream(ROLE).request(
        "POST",
        f"/internal/v1/owner/{what}",
        headers={
            "Authorization": f"Bearer {_token(user_id, scope)}",
            "X-Service-Authorization": _ours(),
        },
        timeout_s=TIMEOUT_S,
    )
    if reply.status not in {OK, ACCEPTED, NO_CONTENT}:
        raise UpstreamUnavailable(ROLE)
    return reply
