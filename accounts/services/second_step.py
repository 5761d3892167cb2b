"""The step after a first proof that was right: a session, or a challenge for a second factor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import structlog
from django.db import transaction

from accounts import metrics, rate_limits, selectors
from accounts.errors import (
    ChallengeInvalid,
    FactorIncorrect,
    FactorNotFound,
    SecondFactorRequired,
)
from accounts.factor_policy import WITH_TWO, factor_required_of, methods_joined
from accounts.models import User
from accounts.services.audit import audit_record
from accounts.services.authenticators import code_right, code_take, code_tried
from accounts.services.challenges import (
    Challenge,
    challenge_open,
    challenge_seal,
    challenge_spend,
)
from accounts.services.passkeys import PasskeyAnswer, PasskeyOptions, passkey_options, passkey_take
from accounts.services.recovery_codes import recovery_code_take
from accounts.services.remembered_devices import device_is_remembered, device_remember
from accounts.services.sessions import TokenPair, session_begin
from accounts.sign_in_state import is_sign_in_state, sign_in_states
from platform_site.kit.rest.rate_limits import RateLimited

log = structlog.get_logger(__name__)

Method = Literal["otp", "recovery", "passkey"]
PURPOSE: Final = "second_step"


@dataclass(frozen=True, slots=True, repr=False)
class SecondProof:
    """One of the three; the others are ``None``."""

    code: str | None = None
    recovery_code: str | None = None
    passkey: PasskeyAnswer | None = None


@dataclass(frozen=True, slots=True, repr=False)
class SecondStepDone:
    """The session; ``device_token`` is for the browser to keep, empty unless it was asked for."""

    pair: TokenPair
    device_token: str


def signed_in_or_challenged(
    *,
    user: User,
    methods: Sequence[str],
    device: str,
    address: str,
    remembered: str = "",
    provider: str = "",
) -> TokenPair:
    """A session of ``user``, who has proved by ``methods`` who they are, or ``provider`` vouches.

    ``remembered`` is what a remembered browser shows. Raises `SecondFactorRequired` when the
    account has a second factor and it was not part of the proof; `InvalidCredentials`.
    """
    factors = () if WITH_TWO in methods else selectors.factor_methods(user=user)
    if factors and device_is_remembered(user=user, token=remembered):
        methods, factors = methods_joined(" ".join(methods), "dev").split(), ()
    if factors:
        challenge = challenge_seal(
            PURPOSE,
            user=str(user.id),
            methods=" ".join(methods),
            provider=provider,
            state=sign_in_states(user)[0],
        )
        log.info("second_factor_asked", user_id=str(user.id))
        raise SecondFactorRequired(challenge=challenge, methods=factors)
    return session_begin(
        user=user, methods=methods, device=device, address=address, provider=provider
    )


def second_step_options(*, challenge: str, origin: str) -> PasskeyOptions:
    """What the browser is to do with a passkey of the account that ``challenge`` is for.

    Raises `ChallengeInvalid`.
    """
    opened, user = _opened(challenge)
    return passkey_options(
        "passkey.second_step", bound_to=opened.id.hex, origin=origin, user_id=user.id
    )


def second_step_complete(
    *,
    challenge: str,
    proof: SecondProof,
    device: str,
    address: str,
    origin: str,
    remember: bool,
) -> SecondStepDone:
    """The session that ``challenge`` was for, with the ``proof`` that was missing.

    Raises `ChallengeInvalid` (also when the password has changed since, or the person signed out
    everywhere), `FactorIncorrect` and `RateLimited`.
    """
    opened, user = _opened(challenge)
    method = _method(proof)
    try:
        rate_limits.FACTOR_BY_CHALLENGE.count(opened.id.hex).require()
        if method == "otp":
            code_tried(user)
    except RateLimited:
        metrics.SECOND_FACTORS.labels(method, "limited").inc()
        raise
    try:
        with transaction.atomic():
            user = selectors.user_held(user_id=user.id)
            _state_require(user, opened)
            proved = _taken(user, proof, opened, origin=origin)
            challenge_spend(opened)
            methods = methods_joined(opened.members["methods"], *proved)
            pair = session_begin(
                user=user,
                methods=methods.split(),
                device=device,
                address=address,
                # Without it: sealed by the release before, some minutes ago.
                provider=opened.members.get("provider", ""),
            )
            token = device_remember(user=user, device=device) if remember else ""
    except FactorIncorrect as exc:
        metrics.SECOND_FACTORS.labels(method, "refused").inc()
        # Outside the transaction, which has been taken back.
        audit_record(
            "sign_in.second_factor",
            user_id=user.id,
            by=None,
            outcome="refused",
            method=method,
            reason=exc.reason,
        )
        raise
    if method == "otp":
        code_right(user)
    metrics.SECOND_FACTORS.labels(method, "succeeded").inc()
    return SecondStepDone(pair, token)


def code_proved(*, user: User, code: str) -> str:
    """By what ``user`` has come in at a door that asks for password and code at once.

    The password was right. Raises `FactorNotFound` when a factor is asked of ``user`` and there is
    none, `FactorIncorrect` and `RateLimited`.
    """
    factors = selectors.factor_methods(user=user)
    if not factors:
        if factor_required_of(user):
            raise FactorNotFound
        return "pwd"
    typed = "".join(code.split())
    if not typed:
        raise FactorIncorrect(reason="none")
    # Only a code of an authenticator is six digits, and only it can be guessed.
    is_otp = typed.isdecimal()
    method: Method = "otp" if is_otp else "recovery"
    try:
        if is_otp:
            code_tried(user)
            code_take(user=user, code=typed)
            code_right(user)
        else:
            with transaction.atomic():
                recovery_code_take(user=user, code=typed)
    except (FactorIncorrect, RateLimited) as exc:
        _door_refused(user, method, exc)
        raise
    metrics.SECOND_FACTORS.labels(method, "succeeded").inc()
    return methods_joined("pwd", "otp" if is_otp else "rcv")


def passkey_asked(*, origin: str) -> PasskeyOptions:
    """What the browser is to do at the door of `passkey_proved`.

    It tells of nobody, so it can be asked before the password is known to be right.
    """
    return passkey_options("passkey.admin_sign_in", bound_to="", origin=origin, user_id=None)


def passkey_proved(*, user: User, answer: PasskeyAnswer, origin: str) -> str:
    """As `code_proved`, by a passkey of ``user``, which has verified the person.

    Raises `ChallengeInvalid` and `FactorIncorrect`.
    """
    try:
        with transaction.atomic():
            taken = passkey_take(
                "passkey.admin_sign_in", answer, bound_to="", origin=origin, user_id=user.id
            )
    except (ChallengeInvalid, FactorIncorrect) as exc:
        _door_refused(user, "passkey", exc)
        raise
    metrics.SECOND_FACTORS.labels("passkey", "succeeded").inc()
    return methods_joined("pwd", taken.method)


def _door_refused(
    user: User, method: Method, exc: ChallengeInvalid | FactorIncorrect | RateLimited
) -> None:
    outcome = "limited" if isinstance(exc, RateLimited) else "refused"
    metrics.SECOND_FACTORS.labels(method, outcome).inc()
    audit_record(
        "admin.sign_in",
        user_id=user.id,
        by=None,
        outcome="refused",
        method=method,
        reason=exc.reason if isinstance(exc, FactorIncorrect) else exc.code,
    )


def _opened(text: str) -> tuple[Challenge, User]:
    challenge = challenge_open(PURPOSE, text)
    user = User.objects.filter(id=challenge.members["user"]).first()
    if user is None:
        raise ChallengeInvalid
    _state_require(user, challenge)
    return challenge, user


def _state_require(user: User, challenge: Challenge) -> None:
    if not is_sign_in_state(user, challenge.members["state"]):
        raise ChallengeInvalid


def _method(proof: SecondProof) -> Method:
    if proof.code is not None:
        return "otp"
    return "recovery" if proof.recovery_code is not None else "passkey"


def _taken(user: User, proof: SecondProof, opened: Challenge, *, origin: str) -> tuple[str, ...]:
    """Use the proof up; the words of RFC 8176 for it."""
    if proof.code is not None:
        code_take(user=user, code=proof.code)
        return ("otp",)
    if proof.recovery_code is not None:
        recovery_code_take(user=user, code=proof.recovery_code)
        return ("rcv",)
    if proof.passkey is None:
        raise FactorIncorrect
    taken = passkey_take(
        "passkey.second_step", proof.passkey, bound_to=opened.id.hex, origin=origin, user_id=user.id
    )
    return (taken.method,)
