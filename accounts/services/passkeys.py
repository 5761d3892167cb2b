"""Passkeys (WebAuthn): made, named, used and removed. The protocol is that of ``fido2``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticatorData,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts import metrics, selectors
from accounts.errors import FactorExists, FactorIncorrect, FactorNotFound, LastWayIn
from accounts.factor_policy import WITH_TWO
from accounts.models import Passkey, Session, User
from accounts.relying_party import (
    MALFORMED,
    authentication_read,
    fido_server,
    registration_read,
    relying_party_id,
)
from accounts.services.audit import audit_record
from accounts.services.challenges import Purpose, challenge_open, challenge_seal, challenge_spend
from accounts.services.factors import factor_added, factor_removed
from accounts.services.revocations import sessions_deny
from accounts.services.sessions import TokenPair, session_begin

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, repr=False)
class PasskeyOptions:
    """For the browser: ``options`` of WebAuthn in JSON, and ``state`` to come back with."""

    options: Mapping[str, Any]
    state: str


@dataclass(frozen=True, slots=True, repr=False)
class PasskeyAnswer:
    """What came back: ``credential`` is the browser's answer in JSON."""

    state: str
    credential: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PasskeyTaken:
    """Whose passkey was used; ``method`` is ``hwk`` or, where it may be copied, ``swk``."""

    user: User
    method: Literal["hwk", "swk"]


@dataclass(frozen=True, slots=True, repr=False)
class PasskeyAdded:
    """The new one, and recovery codes if it is the first factor of the account."""

    passkey: Passkey
    recovery_codes: list[str]


def passkey_add_options(*, session: Session, origin: str) -> PasskeyOptions:
    """What the browser is to do to make a passkey: discoverable, and none that it has already."""
    user = session.user
    rp_id = relying_party_id(origin)
    options, state = fido_server(rp_id, origin).register_begin(
        PublicKeyCredentialUserEntity(
            id=user.id.bytes, name=user.email, display_name=user.get_full_name()
        ),
        credentials=_descriptors(user.id),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    sealed = challenge_seal("passkey.add", bound_to=str(session.id), rp_id=rp_id, fido=state)
    return PasskeyOptions(dict(options)["publicKey"], sealed)


def passkey_add(*, session: Session, answer: PasskeyAnswer, name: str, origin: str) -> PasskeyAdded:
    """Keep the passkey that the browser made.

    Raises `ChallengeInvalid`, `FactorIncorrect`, and `FactorExists` when it is kept already.
    """
    challenge = challenge_open("passkey.add", answer.state, bound_to=str(session.id))
    party = fido_server(challenge.members["rp_id"], origin)
    try:
        made = registration_read(answer.credential)
        found = party.register_complete(challenge.members["fido"], made)
    except MALFORMED as exc:
        raise FactorIncorrect from exc
    try:
        with transaction.atomic():
            selectors.user_held(user_id=session.user_id)
            challenge_spend(challenge)
            passkey = _kept(session.user, found, name=name)
            codes = factor_added(session=session, method=_method(passkey))
            audit_record(
                "passkey.add", user_id=session.user_id, by=session.user_id, target=str(passkey.id)
            )
    except IntegrityError as exc:
        raise FactorExists("This passkey is kept already.") from exc
    return PasskeyAdded(passkey, codes)


def passkey_rename(*, session: Session, passkey_id: UUID, name: str) -> Passkey:
    """Give a passkey of the account another name. Raises `FactorNotFound`."""
    user_id = session.user_id
    passkey = selectors.passkeys_of_user(user_id=user_id).filter(id=passkey_id).first()
    if passkey is None:
        raise FactorNotFound
    passkey.name = name
    with transaction.atomic():
        if not Passkey.objects.filter(id=passkey_id).update(name=name):
            raise FactorNotFound
        audit_record("passkey.rename", user_id=user_id, by=user_id, target=str(passkey_id))
    return passkey


def passkey_remove(*, session: Session, passkey_id: UUID) -> None:
    """Forget a passkey, and end what `factor_removed` ends.

    Raises `FactorNotFound`, and `LastWayIn` where nobody could sign in without it.
    """
    with transaction.atomic():
        selectors.user_held(user_id=session.user_id)
        count, _ = Passkey.objects.filter(id=passkey_id, user_id=session.user_id).delete()
        if not count:
            raise FactorNotFound
        if not selectors.has_way_in(user=session.user):
            raise LastWayIn
        audit_record(
            "passkey.remove", user_id=session.user_id, by=session.user_id, target=str(passkey_id)
        )
        ended, held_back = factor_removed(session=session)
    sessions_deny(ended, held_back=held_back)


def passkey_options(
    purpose: Purpose, *, bound_to: str, origin: str, user_id: UUID | None
) -> PasskeyOptions:
    """What the browser is to do with a passkey of ``user_id``; ``None``: with any that it knows.

    Used alone a passkey verifies the person, by a PIN or a finger, and so is two proofs.
    """
    rp_id = relying_party_id(origin)
    known = None if user_id is None else _descriptors(user_id)
    alone = user_id is None
    options, state = fido_server(rp_id, origin).authenticate_begin(
        credentials=known,
        user_verification=UserVerificationRequirement.REQUIRED
        if alone
        else UserVerificationRequirement.PREFERRED,
    )
    sealed = challenge_seal(purpose, bound_to=bound_to, rp_id=rp_id, fido=state)
    return PasskeyOptions(dict(options)["publicKey"], sealed)


def passkey_take(
    purpose: Purpose, answer: PasskeyAnswer, *, bound_to: str, origin: str, user_id: UUID | None
) -> PasskeyTaken:
    """Verify ``answer`` and use its state up; whose passkey it is, that of ``user_id`` if given.

    Stands in the caller's transaction. Raises `ChallengeInvalid` and `FactorIncorrect`.
    """
    challenge = challenge_open(purpose, answer.state, bound_to=bound_to)
    try:
        response = authentication_read(answer.credential)
        handle = response.response.user_handle
        data = response.response.authenticator_data
        ours = Q(user_id=user_id) if user_id else Q(user_id=UUID(bytes=handle or b""))
        row = selectors.passkeys_by_credential(credential_id=websafe_encode(response.raw_id))
        passkey = row.filter(ours).first()
        if passkey is None or handle not in (None, passkey.user_id.bytes):
            raise FactorIncorrect
        fido_server(challenge.members["rp_id"], origin).authenticate_complete(
            challenge.members["fido"],
            [AttestedCredentialData(bytes(passkey.credential))],
            response,
        )
    except MALFORMED as exc:
        raise FactorIncorrect from exc
    selectors.user_held(user_id=passkey.user_id)
    challenge_spend(challenge)
    _used(passkey, data)
    return PasskeyTaken(passkey.user, _method(passkey))


def passkey_sign_in(*, answer: PasskeyAnswer, device: str, address: str, origin: str) -> TokenPair:
    """Sign in with a passkey alone, which has verified the person.

    Raises `ChallengeInvalid`, `FactorIncorrect` and `InvalidCredentials`.
    """
    try:
        with transaction.atomic():
            taken = passkey_take(
                "passkey.sign_in", answer, bound_to="", origin=origin, user_id=None
            )
            methods = (taken.method, WITH_TWO)
            pair = session_begin(user=taken.user, methods=methods, device=device, address=address)
    except FactorIncorrect as exc:
        metrics.LOGINS.labels("refused").inc()
        metrics.SECOND_FACTORS.labels("passkey", "refused").inc()
        audit_record(
            "sign_in",
            user_id=exc.user_id,
            by=None,
            outcome="refused",
            method="passkey",
            reason=exc.reason,
        )
        raise
    metrics.LOGINS.labels("succeeded").inc()
    metrics.SECOND_FACTORS.labels("passkey", "succeeded").inc()
    return pair


def _kept(user: User, found: AuthenticatorData, *, name: str) -> Passkey:
    credential = found.credential_data
    if credential is None:
        raise FactorIncorrect
    with transaction.atomic():
        return Passkey.objects.create(
            user=user,
            name=name,
            credential_id=websafe_encode(credential.credential_id),
            credential=bytes(credential),
            sign_count=found.counter,
            backup_eligible=_has(found, AuthenticatorData.FLAG.BE),
            backed_up=_has(found, AuthenticatorData.FLAG.BS),
        )


def _used(passkey: Passkey, data: AuthenticatorData) -> None:
    """Keep count and flags. Raises `FactorIncorrect` when the count does not go on.

    A count that is not higher than the last (WebAuthn, 7.2) comes from a copy. One UPDATE looks
    and writes, so of two answers with one count the second is refused. Whether a key may be copied
    is settled when it is made.
    """
    if _has(data, AuthenticatorData.FLAG.BE) != passkey.backup_eligible:
        raise FactorIncorrect(reason="backup_flags", user_id=passkey.user_id)
    changed = Passkey.objects.filter(id=passkey.id)
    if data.counter or passkey.sign_count:
        changed = changed.filter(sign_count__lt=data.counter)
    if changed.update(
        sign_count=data.counter,
        backed_up=_has(data, AuthenticatorData.FLAG.BS),
        last_used_at=timezone.now(),
    ):
        return
    log.warning("passkey_count_went_back", user_id=str(passkey.user_id), id=str(passkey.id))
    raise FactorIncorrect(reason="sign_count", user_id=passkey.user_id)


def _descriptors(user_id: UUID) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            type=PublicKeyCredentialType.PUBLIC_KEY,
            id=AttestedCredentialData(bytes(passkey.credential)).credential_id,
        )
        for passkey in selectors.passkeys_of_user(user_id=user_id)
    ]


def _method(passkey: Passkey) -> Literal["hwk", "swk"]:
    return "swk" if passkey.backup_eligible else "hwk"


def _has(data: AuthenticatorData, flag: AuthenticatorData.FLAG) -> bool:
    return bool(data.flags & flag)
