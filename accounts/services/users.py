"""Making and changing accounts; what ends them is in `accounts.services.closing`."""

from uuid import UUID

import structlog
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import rate_limits, selectors
from accounts.errors import PasswordIncorrect, RegistrationClosed
from accounts.models import ApiKey, Session, User
from accounts.passwords import normalized_password
from accounts.services.api_keys import api_keys_end
from accounts.services.audit import audit_actor, audit_record
from accounts.services.mails import mail_queue
from accounts.services.notices import notice_queue
from accounts.services.revocations import sessions_deny, sessions_end
from accounts.services.sessions import sessions_close_all, sessions_end_all
from platform_site.kit.auth.tokens import TokenRevoked
from platform_site.kit.rest.problems import FieldError, InvalidRequest

log = structlog.get_logger(__name__)


def user_register(
    *, email: str, password: str, name: str, counted_as: str, language: str = "en"
) -> None:
    """Make an account unless the e-mail address has one; the caller cannot tell which.

    The work is the same: one hash, one INSERT that ignores a conflict, and one of a mail, which
    becomes the link that verifies the address, or word of the account that it has. Only what could
    make an account counts for ``counted_as``, the caller's network. Raises `RateLimited`,
    `InvalidRequest` for a weak password and `RegistrationClosed`.
    """
    if not settings.REGISTRATION_OPEN:
        raise RegistrationClosed
    user = User(email=email, name=name, language=language, must_verify_email=True)
    password_require_strong(password, user=user, pointer="/password")
    rate_limits.REGISTER_BY_ADDRESS.count(counted_as).require()
    may_write = rate_limits.mailbox_count(email).allowed
    user.password = make_password(password)
    with transaction.atomic():
        # Not get_or_create: two statements for a new account and one for a taken one differ in
        # time.
        User.objects.bulk_create([user], ignore_conflicts=True)
        if may_write:
            candidate = {"candidate": str(user.id)}
            mail_queue("registration", to=email, language=language, context=candidate)
        # Of an address that was taken, it is an account that never was: the work is the same.
        audit_record("account.register", user_id=user.id, by=user.id)
    log.info("registration_accepted")


def profile_update(*, user: User, **changes: str) -> User:
    """Change the name, or the language of mails, and leave the rest."""
    for field, value in changes.items():
        setattr(user, field, value)
    with transaction.atomic():
        user.save(update_fields=list(changes))
        audit_record("profile.change", user_id=user.id, by=user.id, fields=" ".join(changes))
    return user


def password_change(*, session: Session, current: str, new: str) -> None:
    """Change the password of the session's user and end the user's other sessions.

    Raises `PasswordIncorrect`, `InvalidRequest` for a weak new password, and `RateLimited`.
    """
    password_require(session, current, pointer="/current")
    password_replace(session=session, new=new)


def password_replace(*, session: Session, new: str) -> None:
    """Give the session's user the password ``new``; likewise, for who has proved who they are."""
    user = session.user
    password_require_strong(new, user=user, pointer="/new")
    old_hash, new_hash = user.password, make_password(new)
    with transaction.atomic():
        # Compare-and-set: of two changes at once, the second was made with an old password.
        if not User.objects.filter(id=user.id, password=old_hash).update(password=new_hash):
            raise TokenRevoked
        others = Session.objects.filter(user_id=user.id).exclude(id=session.id)
        ended = sessions_end(others)
        audit_record("password.change", user_id=user.id, by=user.id)
        notice_queue(user=user, act="password.change")
    log.info("password_changed", user_id=str(user.id), sessions_ended=len(ended))
    sessions_deny(ended)


def password_require(session: Session, password: str, *, pointer: str) -> None:
    """Check the password once more, before what a stolen session must not do.

    Raises `PasswordIncorrect` at ``pointer``, and `RateLimited`.
    """
    # By session: whoever stole one cannot keep the owner, who has another, from changing it.
    rate_limits.PASSWORD_BY_SESSION.count(str(session.id)).require()
    if not session.user.check_password(password):
        audit_record(
            "password.check",
            user_id=session.user_id,
            by=None,
            target=str(session.id),
            outcome="refused",
        )
        detail = "Give the password that you sign in with now."
        raise PasswordIncorrect(errors=[FieldError(pointer, "password_incorrect", detail)])


def account_disable(*, user_id: UUID) -> None:
    """Close the account: it cannot sign in, and every session and API key of it ends."""
    with transaction.atomic():
        User.objects.filter(id=user_id).update(is_active=False)
        keys = api_keys_end(ApiKey.objects.filter(user_id=user_id), by=None)
        audit_record("account.disable", user_id=user_id, by=audit_actor())
        ended = sessions_end_all(user_id=user_id) + keys
    sessions_deny(ended)
    log.info("account_disabled", user_id=str(user_id))


def account_unlock(*, user_id: UUID) -> None:
    """Forget the wrong passwords of everybody at this account: all may try anew."""
    with transaction.atomic():
        User.objects.filter(id=user_id).update(unlocked_at=timezone.now())
        audit_record("account.unlock", user_id=user_id, by=audit_actor())
    log.info("account_unlocked", user_id=str(user_id))


def account_ensure(*, email: str, name: str, password: str, is_staff: bool) -> bool:
    """Make the account, or give the one that exists this password; whether anything changed.

    ``is_staff`` grants the whole admin and is never taken away here. A changed password ends the
    account's sessions. Who may run commands vouches for the address of an account that is made.
    """
    user = selectors.user_by_email(email=email)
    rights = {"is_staff": True, "is_superuser": True} if is_staff else {}
    if user is None:
        with transaction.atomic():
            made = User.objects.create_user(
                email, password, name=name, email_verified_at=timezone.now(), **rights
            )
            audit_record("account.register", user_id=made.id, by=None, staff=str(is_staff))
        return True
    same_rights = all(getattr(user, right) for right in rights)
    if user.is_active and same_rights and user.check_password(password):
        return False
    changes = {"password": make_password(password), "is_active": True, **rights}
    with transaction.atomic():
        User.objects.filter(id=user.id).update(**changes)
        audit_record("password.reset", user_id=user.id, by=None, staff=str(is_staff))
    sessions_close_all(user_id=user.id)
    return True


def password_require_strong(password: str, *, user: User, pointer: str) -> None:
    """Apply ``AUTH_PASSWORD_VALIDATORS``. Raises `InvalidRequest` at ``pointer``."""
    try:
        validate_password(normalized_password(password), user)
    except ValidationError as exc:
        weaknesses = [
            FieldError(pointer, str(error.code or "invalid"), message)
            for error in exc.error_list
            for message in error.messages
        ]
        raise InvalidRequest("The password is too weak.", errors=weaknesses) from exc
