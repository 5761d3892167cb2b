"""What the app reads. Someone else's session does not exist."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.errors import ApiKeyNotFound, SessionNotFound
from accounts.factor_policy import factor_required_of_all
from accounts.fields import normalized_email
from accounts.models import (
    ApiKey,
    ApiKeyQuerySet,
    AuditEntry,
    AuditHead,
    Authenticator,
    Identity,
    Passkey,
    RecoveryCode,
    RememberedDevice,
    Session,
    SessionQuerySet,
    User,
)
from accounts.oidc.providers import providers_known
from accounts.secret_keys import peppered
from accounts.sign_in_state import is_sign_in_state
from platform_site.kit.auth.tokens import TokenRevoked
from platform_site.kit.statements import Statement

AUDIT_BATCH: Final = 1000
DEVICE_DIGEST: Final = "remembered_devices"
"""For what the digests of remembered browsers are, in `accounts.secret_keys`."""
OVERDUE_AFTER_S: Final = 86_400
"""How long after its day an account may still be there before somebody has to look."""

_HAS_FACTOR: Final[dict[str, Any]] = {
    "has_factor": Exists(
        Authenticator.objects.filter(user_id=OuterRef("user_id"), confirmed_at__isnull=False)
    )
    | Exists(Passkey.objects.filter(user_id=OuterRef("user_id")))
}
_USER_HAS_FACTOR: Final[dict[str, Any]] = {
    "has_factor": Exists(
        Authenticator.objects.filter(user_id=OuterRef("id"), confirmed_at__isnull=False)
    )
    | Exists(Passkey.objects.filter(user_id=OuterRef("id")))
}
_SIGNED_IN: Final = Statement(
    lambda session_id, user_id, at: (
        Session.objects.live(at=at)
        .select_related("user")
        .annotate(**_HAS_FACTOR)
        .filter(id=session_id, user_id=user_id, user__is_active=True)
    )
)
_USER: Final = Statement(
    lambda user_id: User.objects.annotate(**_USER_HAS_FACTOR).filter(id=user_id, is_active=True)
)

_BY_EMAIL: Final = Statement(lambda email: User.objects.filter(email=email))
_FACTORS: Final = Statement(
    lambda user_id: (
        User.objects.filter(id=user_id)
        .annotate(
            otp=Exists(
                Authenticator.objects.filter(user_id=OuterRef("id"), confirmed_at__isnull=False)
            ),
            passkey=Exists(Passkey.objects.filter(user_id=OuterRef("id"))),
            codes=Exists(RecoveryCode.objects.filter(user_id=OuterRef("id"), used_at=None)),
        )
        .values_list("otp", "passkey", "codes")
    )
)


def accounts_overdue() -> QuerySet[User]:
    """Accounts whose day of deletion was more than a day ago."""
    long_ago = timezone.now() - timedelta(seconds=OVERDUE_AFTER_S)
    return User.objects.filter(deletion_due_at__lt=long_ago)


def user_held(*, user_id: UUID) -> User:
    """The user, whose row is locked until the commit.

    Whoever adds, uses up or removes a factor asks for it before the rows of factors: so of two the
    second sees what the first did, and neither waits for the other in a ring. Raises
    ``User.DoesNotExist``.
    """
    return User.objects.select_for_update().get(id=user_id)


def user_by_email(*, email: str) -> User | None:
    """The user of any spelling of ``email``; ``None`` when there is none."""
    return next(iter(_BY_EMAIL.rows(email=normalized_email(email))), None)


def session_signed_in(*, session_id: UUID, user_id: UUID) -> Session:
    """The caller's own live session with its user, asked of the database, not of the deny list.

    Raises `TokenRevoked` when it has ended, or when the user is closed or gone.
    """
    found = _SIGNED_IN.rows(session_id=session_id, user_id=user_id, at=timezone.now())
    if not found:
        raise TokenRevoked
    found[0].user.has_factor = found[0].has_factor
    return found[0]


def user_signed_in(*, user_id: UUID) -> User:
    """The user of a session that the deny list knows nothing of, asked of the database.

    Raises `TokenRevoked` when the user is disabled or gone.
    """
    found = _USER.rows(user_id=user_id)
    if not found:
        raise TokenRevoked
    return found[0]


def sessions_of_user(*, user_id: UUID) -> SessionQuerySet:
    """The live sessions of ``user_id``, unordered."""
    return Session.objects.live().filter(user_id=user_id)


def sessions_ended(*, since: datetime) -> SessionQuerySet:
    """Sessions that were ended after ``since``, whoever's they are."""
    return Session.objects.filter(revoked_at__gt=since)


def api_keys_ended(*, since: datetime) -> ApiKeyQuerySet:
    """API keys that were revoked after ``since``, whoever's they are."""
    return ApiKey.objects.filter(revoked_at__gt=since)


def api_keys_held_back(*, since: datetime) -> ApiKeyQuerySet:
    """Live API keys, used after ``since``, that are refused until their owner has a factor.

    None where no policy asks for one. A use is written down within a minute
    (`accounts.services.key_exchange`).
    """
    keys = ApiKey.objects.filter(last_used_at__gt=since).live()
    if not factor_required_of_all():
        return keys.none()
    return keys.filter(~_HAS_FACTOR["has_factor"])


def addresses_of_user(*, user_id: UUID, within_s: int) -> set[str]:
    """Where the live sessions of ``user_id`` were last seen in the last ``within_s`` seconds."""
    seen = timezone.now() - timedelta(seconds=within_s)
    sessions = sessions_of_user(user_id=user_id).filter(last_seen_at__gte=seen)
    return set(sessions.values_list("address", flat=True))


def remembered_device(*, user_id: UUID, token: str) -> RememberedDevice | None:
    """The browser that shows ``token``, if ``user_id`` had it remembered and nothing ended that."""
    if not token:
        return None
    devices = RememberedDevice.objects.select_related("user").filter(
        user_id=user_id,
        digest__in=peppered(DEVICE_DIGEST, token),
        expires_at__gt=timezone.now(),
    )
    found = devices.first()
    is_good = found is not None and is_sign_in_state(found.user, found.sign_in_state)
    return found if is_good else None


def session_of_user(*, session_id: UUID, user_id: UUID) -> Session:
    """The live session ``session_id`` of ``user_id``. Raises `SessionNotFound`."""
    try:
        return sessions_of_user(user_id=user_id).get(id=session_id)
    except Session.DoesNotExist as exc:
        raise SessionNotFound from exc


def audit_of_user(*, user_id: UUID, act: str = "") -> QuerySet[AuditEntry]:
    """What was done at the account ``user_id``; with ``act`` that act, or what begins with it."""
    entries = AuditEntry.objects.filter(user_id=user_id)
    return entries.filter(Q(act=act) | Q(act__startswith=f"{act}.")) if act else entries


def audit_chain(*, shard: int, after: int = 0) -> Iterator[AuditEntry]:
    """The entries of a chain behind the sequence ``after``, in order, some of them at a time.

    One statement a batch: each is short, whatever the chain's length, and none is held open.
    """
    while batch := list(
        AuditEntry.objects.filter(shard=shard, sequence__gt=after).order_by("sequence")[
            :AUDIT_BATCH
        ]
    ):
        yield from batch
        after = batch[-1].sequence


def audit_head_age_s() -> float:
    """Seconds since the newest signed head, or since the first entry while there is no head."""
    newest = AuditHead.objects.order_by("-created_at", "-id").values_list("created_at", flat=True)
    first = AuditEntry.objects.order_by("created_at", "id").values_list("created_at", flat=True)
    since = newest.first() or first.first()
    return max((timezone.now() - since).total_seconds(), 0.0) if since else 0.0


def audit_chain_has(*, shard: int, digest: str) -> bool:
    """Whether an entry of the chain has this hash."""
    return AuditEntry.objects.filter(shard=shard, hash=digest).exists()


def session_of_newest(*, session_id: UUID, refresh_hash: str) -> Session:
    """The live session with that newest refresh token, of one who may come in.

    Raises `TokenRevoked`.
    """
    live = Session.objects.live().select_related("user")
    found = live.filter(id=session_id, refresh_hash=refresh_hash).first()
    if found is None or not found.user.may_sign_in:
        raise TokenRevoked
    return found


def user_of_key(*, key_id: UUID, user_id: UUID) -> User:
    """The user for whom the live key ``key_id`` asks. Raises `TokenRevoked`."""
    found = ApiKey.objects.live().select_related("user").filter(id=key_id, user_id=user_id).first()
    if found is None or not found.user.may_sign_in:
        raise TokenRevoked
    found.user.has_factor = bool(factor_methods(user=found.user))
    return found.user


def api_keys_of_user(*, user_id: UUID) -> ApiKeyQuerySet:
    """The live keys of ``user_id``, unordered."""
    return ApiKey.objects.live().filter(user_id=user_id)


def api_key_of_user(*, key_id: UUID, user_id: UUID) -> ApiKey:
    """The live key ``key_id`` of ``user_id``. Raises `ApiKeyNotFound`."""
    try:
        return api_keys_of_user(user_id=user_id).get(id=key_id)
    except ApiKey.DoesNotExist as exc:
        raise ApiKeyNotFound from exc


def identities_of_user(*, user_id: UUID) -> QuerySet[Identity]:
    """The accounts at providers that open the account of ``user_id``, oldest first."""
    return Identity.objects.filter(user_id=user_id).order_by("created_at", "id")


def has_way_in(*, user: User) -> bool:
    """Whether somebody could sign in to the account, by what is kept of it now."""
    return (
        user.has_usable_password()
        or Passkey.objects.filter(user_id=user.id).exists()
        or Identity.objects.filter(user_id=user.id, provider__in=providers_known()).exists()
    )


def passkeys_of_user(*, user_id: UUID) -> QuerySet[Passkey]:
    """The passkeys of ``user_id``, oldest first."""
    return Passkey.objects.filter(user_id=user_id).order_by("created_at", "id")


def passkeys_by_credential(*, credential_id: str) -> QuerySet[Passkey]:
    """The passkey that a browser calls ``credential_id``, with its user, whoever that is."""
    return Passkey.objects.select_related("user").filter(credential_id=credential_id)


def factor_methods(*, user: User) -> tuple[str, ...]:
    """By what the account can prove a second time who somebody is; none: it has no factor."""
    for has_otp, has_passkey, has_codes in _FACTORS.tuples(user_id=user.id):
        has_factor = has_otp or has_passkey
        held = {"otp": has_otp, "passkey": has_passkey, "recovery": has_factor and has_codes}
        return tuple(method for method, there in held.items() if there)
    return ()


def may_only_add_factor(*, user: User) -> bool:
    """Whether everybody must have a factor and ``user`` has none: API keys are no way round it."""
    return factor_required_of_all() and not factor_methods(user=user)


def recovery_codes_left(*, user_id: UUID) -> int:
    """How many of the recovery codes were not used."""
    return RecoveryCode.objects.filter(user_id=user_id, used_at=None).count()


def remembered_devices(*, user: User) -> list[RememberedDevice]:
    """Browsers where ``user`` is not asked for the second factor now, newest first."""
    rows = RememberedDevice.objects.filter(user=user, expires_at__gt=timezone.now())
    return [row for row in rows.order_by("-id") if is_sign_in_state(user, row.sign_in_state)]


def authenticator_confirmed_at(*, user_id: UUID) -> datetime | None:
    """Since when the authenticator of ``user_id`` counts; ``None`` when there is none."""
    rows = Authenticator.objects.filter(user_id=user_id)
    return rows.values_list("confirmed_at", flat=True).first()
