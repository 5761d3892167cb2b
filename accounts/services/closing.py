"""The end of an account: closed at once, deleted after some days, taken back in between.

Every way to delete an account is this one: the API's, the admin's and the command's.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import metrics, selectors
from accounts.errors import DeletionBegun, RevocationUnavailable
from accounts.models import ApiKey, Session, User, UserQuerySet
from accounts.owner_images import images_forget, images_purge, images_release, images_withhold
from accounts.services.api_keys import api_keys_end
from accounts.services.audit import audit_actor, audit_record
from accounts.services.batches import ids_each
from accounts.services.freshness import fresh_require
from accounts.services.mails import mail_queue
from accounts.services.receipts import receipt_make
from accounts.services.revocations import sessions_deny, sessions_end
from accounts.services.users import password_require
from platform_site.kit.upstream.http import UpstreamUnavailable

log = structlog.get_logger(__name__)

Step = Callable[[UUID], str]


@dataclass(frozen=True, slots=True)
class DeletionRun:
    """What one run has done; ``failed`` are accounts for which images gave no answer."""

    deleted: int
    waiting: int
    failed: int
    overdue: int


def account_close_by_owner(*, session: Session, password: str | None) -> datetime:
    """Close the account of ``session``, whose owner has given the password again.

    Without it a fresh session will do, for some have no password. Raises `PasswordIncorrect`,
    `RateLimited` and `ReauthenticationRequired`, and what `account_close` raises.
    """
    if password is None:
        fresh_require(session)
    else:
        password_require(session, password, pointer="/password")
    return account_close(user_id=session.user_id)


def account_close(*, user_id: UUID) -> datetime:
    """End every session and API key of the account and set the day of its deletion; that day.

    A day that is set stays. Raises ``User.DoesNotExist``, and `RevocationUnavailable`: the account
    is closed all the same.
    """
    due = timezone.now() + timedelta(days=settings.ACCOUNT_DELETION_GRACE_DAYS)
    with transaction.atomic():
        user = User.objects.select_for_update().get(id=user_id)
        if user.deletion_due_at is None:
            user.closed_at = timezone.now()
            # `restored_at` asks housekeeping to release; a closed account must not be released.
            user.deletion_due_at, user.restored_at = due, None
            user.sign_out_epoch += 1  # the admin's sessions end, too
            user.save(
                update_fields=["deletion_due_at", "restored_at", "closed_at", "sign_out_epoch"]
            )
            _mail("deletion_begun", user, day=f"{due:%Y-%m-%d}")
        ended = sessions_end(Session.objects.filter(user_id=user_id))
        ended += api_keys_end(ApiKey.objects.filter(user_id=user_id), by=None)
        audit_record(
            "account.close",
            user_id=user_id,
            by=audit_actor(),
            due_at=user.deletion_due_at.isoformat(),
        )
    metrics.CLOSINGS.labels("closed").inc()
    log.info("account_closed", user_id=str(user_id), due_at=user.deletion_due_at.isoformat())
    # After the commit: the deny list is on the network, and a row lock must not wait for it.
    sessions_deny(ended)
    return user.deletion_due_at


def account_restore(*, user_id: UUID) -> None:
    """Take the deletion back; nothing happens when there is none. Raises `DeletionBegun`."""
    now = timezone.now()
    closed = User.objects.filter(id=user_id, deletion_due_at__isnull=False)
    back = {"deletion_due_at": None, "restored_at": now, "closed_at": None}
    with transaction.atomic():
        is_open = closed.filter(deletion_due_at__gt=now).update(**back)
        if is_open:
            audit_record("account.restore", user_id=user_id, by=audit_actor())
            _mail("deletion_taken_back", User.objects.get(id=user_id))
    if is_open:
        metrics.CLOSINGS.labels("taken_back").inc()
        log.info("account_taken_back", user_id=str(user_id))
    elif closed.exists():
        raise DeletionBegun


def accounts_delete_due() -> DeletionRun:
    """Delete the accounts that are due, and repeat to images which were closed or taken back.

    Images go first: nobody could ask for the images of an account that is gone. The account stays
    until images says that nothing is left, so a run that is cut short, or that images does not
    answer, is finished by the next one.
    """
    now = timezone.now()
    closed = User.objects.filter(deletion_due_at__isnull=False)
    steps: tuple[tuple[QuerySet[User], Step], ...] = (
        (closed.filter(deletion_due_at__gt=now), _withheld),
        (User.objects.filter(deletion_due_at=None, restored_at__isnull=False), _released),
        (closed.filter(deletion_due_at__lte=now), _deleted),
    )
    # Ids and not rows: a run may take minutes, and each step looks at its account anew.
    outcomes: Counter[str] = Counter(
        _outcome(step, user_id) for users, step in steps for user_id in ids_each(users)
    )
    return DeletionRun(
        deleted=outcomes["deleted"],
        waiting=closed.count(),
        failed=outcomes["failed"],
        overdue=selectors.accounts_overdue().count(),
    )


def _outcome(step: Step, user_id: UUID) -> str:
    try:
        return step(user_id)
    except (UpstreamUnavailable, RevocationUnavailable) as exc:
        log.warning("account_step_failed", user_id=str(user_id), step=step.__name__, code=exc.code)
        return "failed"


def _withheld(user_id: UUID) -> str:
    images_withhold(user_id=user_id)
    return "withheld"


def _released(user_id: UUID) -> str:
    images_release(user_id=user_id)
    User.objects.filter(id=user_id, deletion_due_at=None).update(restored_at=None)
    return "released"


def _deleted(user_id: UUID) -> str:
    purged = images_purge(user_id=user_id)
    if purged is None:
        return "purging"
    # Kept before images forgets it: a run that dies in between must not lose the count.
    uncounted = User.objects.filter(id=user_id, purged_images=None)
    uncounted.update(purged_images=purged.images, purged_bytes=purged.size)
    images_forget(user_id=user_id)
    # First by itself: what the deny list cannot be told of now, the rows still tell it.
    _access_end(user_id)
    with transaction.atomic():
        due = User.objects.filter(id=user_id, deletion_due_at__lte=timezone.now())
        user = due.select_for_update().first()
        if user is None:
            return "deleted"  # by another run
        ended = sessions_end(Session.objects.filter(user_id=user_id))
        ended += api_keys_end(ApiKey.objects.filter(user_id=user_id), by=None)
        _receipt_give(user)
        audit_record("account.delete", user_id=user_id, by=None)
        UserQuerySet(User).filter(id=user_id).erase()
    metrics.CLOSINGS.labels("deleted").inc()
    log.info("account_deleted", user_id=str(user_id))
    sessions_deny(ended)
    return "deleted"


def _access_end(user_id: UUID) -> None:
    """End what was begun since the account was closed. Raises `RevocationUnavailable`."""
    with transaction.atomic():
        ended = sessions_end(Session.objects.filter(user_id=user_id))
        ended += api_keys_end(ApiKey.objects.filter(user_id=user_id), by=None)
    sessions_deny(ended)


def _receipt_give(user: User) -> None:
    receipt = receipt_make(
        user=user,
        closed_at=user.closed_at,
        deleted_at=timezone.now(),
        images=user.purged_images,
        size=user.purged_bytes,
    )
    # The mail names no account: the one it is about is gone when it is sent.
    mail_queue(
        "deletion_receipt",
        to=user.email,
        language=user.language,
        context={"email": user.email, "receipt": receipt},
    )


def _mail(kind: str, user: User, **context: str) -> None:
    mail_queue(
        kind,
        to=user.email,
        language=user.language,
        context={"email": user.email, **context},
        user_id=user.id,
    )
