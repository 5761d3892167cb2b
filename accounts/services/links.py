"""Links that may be used once, for a while, and only while what they would change is as it was.

The token of a link is signed, and only a digest of it is kept. It travels in the fragment of a URL,
which no server sees, and in the body of the request that uses it.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone

from accounts import metrics
from accounts.errors import LinkInvalid
from accounts.models import Link, User
from accounts.secret_keys import peppered
from accounts.services.batches import rows_remove
from platform_site.kit.identifiers import random_token
from platform_site.kit.telemetry.request_context import current_request

TOKEN_LENGTH: Final = 40
HOUR_S: Final = 3600


@dataclass(frozen=True, slots=True)
class Purpose:
    """How long a link of one purpose lives, in seconds, and the user's fields that it is bound to.

    When one of these has another value by then, the link is dead.
    """

    lifetime_s: int
    bound_to: tuple[str, ...]


PURPOSES: Final = {
    "email_verify": Purpose(72 * HOUR_S, ("email",)),
    "password_reset": Purpose(HOUR_S, ("email", "password")),
    "email_change": Purpose(24 * HOUR_S, ("email", "password")),
}


def link_issue(purpose: str, *, user_id: UUID, data: Mapping[str, str] | None = None) -> str:
    """The token of a new link with which ``user_id`` may do ``purpose`` once.

    ``data`` comes back when it is used. Raises ``User.DoesNotExist``.
    """
    raw = random_token(TOKEN_LENGTH)
    user = User.objects.get(id=user_id)
    now = timezone.now()
    Link.objects.create(
        user=user,
        purpose=purpose,
        digest=_digests(purpose, raw)[0],
        binding=_bindings(purpose, user)[0],
        data=dict(data or {}),
        created_at=now,
        expires_at=now + timedelta(seconds=PURPOSES[purpose].lifetime_s),
    )
    _count(purpose, "issued")
    return _signer(purpose).sign(raw)


def link_read(purpose: str, token: str) -> Link:
    """The link of ``token`` with its user; it can still be used. Raises `LinkInvalid`."""
    try:
        raw = _signer(purpose).unsign(token)
    except signing.BadSignature as exc:
        _count(purpose, "forged")
        raise LinkInvalid from exc
    found = (
        Link.objects.select_related("user")
        .filter(purpose=purpose, digest__in=_digests(purpose, raw), expires_at__gt=timezone.now())
        .first()
    )
    if found is None:
        _count(purpose, "gone")
        raise LinkInvalid
    if not found.user.may_sign_in or not _is_bound(found):
        _count(purpose, "stale" if found.user.may_sign_in else "closed")
        raise LinkInvalid
    return found


def link_use(purpose: str, token: str) -> Link:
    """As `link_read`; and the link is used up, by whoever comes first.

    Stands in the transaction of what it allows: when that fails, the link is still good.
    """
    link = link_read(purpose, token)
    # The row tells who was first: of two deletions, one deletes nothing.
    deleted, _by_model = Link.objects.filter(id=link.id).delete()
    if not deleted:
        _count(purpose, "gone")
        raise LinkInvalid
    transaction.on_commit(lambda: _count(purpose, "used"))
    return link


def links_expire() -> int:
    """Forget the links that nobody has used in time; how many went."""
    return rows_remove(Link.objects.filter(expires_at__lte=timezone.now()))


def link_url(page: str, token: str, *, origin: str = "") -> str:
    """Where the SPA's ``page`` takes ``token``.

    ``origin`` is that of the request that has asked for it, for where none is in hand.
    """
    return f"{settings.PUBLIC_URL or origin or site_origin()}/{page}#token={token}"


def site_origin() -> str:
    """The origin of the platform's own pages, without a slash at its end.

    Without ``PUBLIC_URL`` that of the request in hand, whose host is one of ``ALLOWED_HOSTS``;
    without either ``LOCAL_URL``, which only a platform on one machine has.
    """
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL)
    request = current_request()
    return request.build_absolute_uri("/").rstrip("/") if request else str(settings.LOCAL_URL)


def _count(purpose: str, outcome: metrics.LinkOutcome) -> None:
    metrics.LINKS.labels(purpose, outcome).inc()


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(sep="~", salt=f"accounts.link.{purpose}")


def _digests(purpose: str, raw: str) -> list[str]:
    return peppered(f"link.{purpose}", raw)


def _bindings(purpose: str, user: User) -> list[str]:
    values = "\n".join(str(getattr(user, field)) for field in PURPOSES[purpose].bound_to)
    return peppered(f"link.{purpose}.binding", values)


def _is_bound(link: Link) -> bool:
    return any(
        hmac.compare_digest(link.binding, binding) for binding in _bindings(link.purpose, link.user)
    )
