"""Whose account an identity at a provider opens; linking one and taking the link away."""

from typing import Literal
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import selectors
from accounts.errors import IdentityNotFound, LastWayIn
from accounts.models import Identity, Session, User
from accounts.oidc.errors import (
    IdentityTaken,
    SignOnAccountClosed,
    SignOnEmailRefused,
    SignOnLinkRequired,
    SignUpClosed,
)
from accounts.oidc.sign_on import ProvedIdentity
from accounts.services.audit import audit_record
from accounts.services.freshness import fresh_require
from accounts.services.notices import notice_queue
from accounts.services.revocations import sessions_deny, sessions_end

log = structlog.get_logger(__name__)

Outcome = Literal["signed_in", "signed_up", "linked"]


def identity_user(*, proved: ProvedIdentity) -> tuple[User, Outcome]:
    """The account that ``proved`` opens, and whether it was linked or made for it just now.

    Only the subject says who somebody is. An address does where both ends have verified it, and
    the account has no other identity of that provider: a provider may give an address to somebody
    else. Raises `SignOnLinkRequired`, `SignUpClosed`, `SignOnEmailRefused` or
    `SignOnAccountClosed`.
    """
    _require_allowed_email(proved)
    try:
        return _known(proved) or _by_email(proved) or _signed_up(proved)
    except (IntegrityError, SignOnLinkRequired) as exc:
        # Two returns of one person at once, or a registration in between: what was not there when
        # it was looked for may be by now.
        known = _known(proved)
        if known is None and isinstance(exc, IntegrityError):
            known = _by_email(proved)
        if known is None:
            raise
        return known


def identity_link(*, user: User, proved: ProvedIdentity) -> None:
    """Let ``proved`` open the account of ``user``, who is signed in.

    Linking again changes nothing. Raises `IdentityTaken` and `SignOnEmailRefused`.
    """
    _require_allowed_email(proved)
    with transaction.atomic():
        identity, is_new = Identity.objects.get_or_create(
            provider=proved.provider.id,
            subject=proved.subject,
            defaults={"user": user, "email": proved.email},
        )
        if identity.user_id != user.id:
            raise IdentityTaken
        if is_new:
            _linked(identity)
            _tell(user, proved)


def identity_unlink(*, session: Session, identity_id: UUID) -> None:
    """Take the link away, and end the other sessions that were begun through a provider.

    Raises `IdentityNotFound`, `ReauthenticationRequired`, and `LastWayIn` where nobody could sign
    in without it.
    """
    fresh_require(session)
    user_id = session.user_id
    with transaction.atomic():
        # The lock makes one of two at once the last: each would leave the other's way in.
        user = User.objects.select_for_update().get(id=user_id)
        identity = Identity.objects.filter(id=identity_id, user_id=user_id).first()
        if identity is None:
            raise IdentityNotFound
        identity.delete()
        if not selectors.has_way_in(user=user):
            raise LastWayIn
        others = Session.objects.filter(user_id=user_id, methods__contains="fed")
        ended = sessions_end(others.exclude(id=session.id))
        audit_record("identity.unlink", user_id=user_id, by=user_id, target=identity.provider)
    log.info("identity_unlinked", user_id=str(user_id), provider=identity.provider)
    sessions_deny(ended)


def identities_unlink_all(*, user_id: UUID, by: UUID | None) -> int:
    """Take every link of an account away, for the staff, and end what was begun by one; how many.

    The last way in may go: a new password by mail is another.
    """
    with transaction.atomic():
        links = Identity.objects.select_for_update().filter(user_id=user_id)
        providers = [identity.provider for identity in links]
        Identity.objects.filter(user_id=user_id).delete()
        ended = sessions_end(Session.objects.filter(user_id=user_id, methods__contains="fed"))
        for provider in providers:
            audit_record("admin.identity.unlink", user_id=user_id, by=by, target=provider)
    sessions_deny(ended)
    return len(providers)


def _require_allowed_email(proved: ProvedIdentity) -> None:
    allowed = proved.provider.email_domains
    domain = proved.email.rpartition("@")[2]
    if allowed and not (proved.email_verified and domain in allowed):
        raise SignOnEmailRefused


def _known(proved: ProvedIdentity) -> tuple[User, Outcome] | None:
    found = Identity.objects.select_related("user").filter(
        provider=proved.provider.id, subject=proved.subject
    )
    identity = found.first()
    if identity is None:
        return None
    found.update(email=proved.email, last_used_at=timezone.now())
    return identity.user, "signed_in"


def _by_email(proved: ProvedIdentity) -> tuple[User, Outcome] | None:
    """The account of the same address, if both ends have verified that it is the person's."""
    user = selectors.user_by_email(email=proved.email) if proved.email else None
    if user is None:
        return None
    is_same = proved.email_verified and user.email_verified_at is not None
    provider = proved.provider.id
    if not is_same or Identity.objects.filter(user_id=user.id, provider=provider).exists():
        raise SignOnLinkRequired
    if not user.may_sign_in:
        raise SignOnAccountClosed
    with transaction.atomic():
        identity = _made(user, proved)
        _linked(identity)
        _tell(user, proved)
    return user, "linked"


def _signed_up(proved: ProvedIdentity) -> tuple[User, Outcome]:
    """A new account, which no password opens."""
    if not proved.provider.sign_up:
        raise SignUpClosed
    if not proved.email:
        raise SignOnEmailRefused
    verified_at = timezone.now() if proved.email_verified else None
    with transaction.atomic():
        user = User.objects.create_user(
            proved.email, name=proved.name, email_verified_at=verified_at
        )
        _linked(_made(user, proved))
    log.info("account_signed_up", user_id=str(user.id), provider=proved.provider.id)
    return user, "signed_up"


def _made(user: User, proved: ProvedIdentity) -> Identity:
    return Identity.objects.create(
        user=user,
        provider=proved.provider.id,
        subject=proved.subject,
        email=proved.email,
        last_used_at=timezone.now(),
    )


def _tell(user: User, proved: ProvedIdentity) -> None:
    """Whoever had an account before hears that there is another way into it."""
    notice_queue(user=user, act="identity.link", provider=proved.provider.name)


def _linked(identity: Identity) -> None:
    user_id = identity.user_id
    audit_record("identity.link", user_id=user_id, by=user_id, target=identity.provider)
    log.info("identity_linked", user_id=str(user_id), provider=identity.provider)
