"""Signing in, or linking an account, through a provider: begun here, finished at the return.

What a return must fit is sealed in a cookie of the browser that began, so beginning writes no row;
that a state has come back is a row, so that it comes back once.
"""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from secrets import compare_digest
from typing import Any, Final
from uuid import UUID

import orjson
import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import metrics, selectors
from accounts.errors import InvalidCredentials, SecondFactorRequired
from accounts.models import Session, SpentState
from accounts.oidc.errors import (
    ProviderAnswerInvalid,
    ProviderUnavailable,
    SignOnAccountClosed,
    SignOnDenied,
    SignOnStateInvalid,
)
from accounts.oidc.providers import Provider, provider_by_id
from accounts.oidc.sign_on import Proof, ProvedIdentity, identity_proved, sign_on_url
from accounts.secret_keys import SealBrokenError, opened, sealed
from accounts.services.batches import rows_remove
from accounts.services.freshness import fresh_require
from accounts.services.identities import identity_link, identity_user
from accounts.services.second_step import signed_in_or_challenged
from accounts.services.sessions import TokenPair
from platform_site.kit.identifiers import random_token
from platform_site.kit.rest.problems import DomainError

log = structlog.get_logger(__name__)

ATTEMPT_S: Final = 600
PURPOSE: Final = "sso.attempt"
METHODS: Final = ("fed",)
"""Not among the words of RFC 8176, which has none for a sign-in that somebody else vouches for."""


@dataclass(frozen=True, slots=True, repr=False)
class SignOnBegun:
    """Where the browser goes, and what it keeps meanwhile as a cookie for `ATTEMPT_S` seconds."""

    url: str
    cookie: str


@dataclass(frozen=True, slots=True, repr=False)
class SignOnEnded:
    """What became of a return: a session, or none where an account was linked or it was refused."""

    return_path: str
    """A path of ours; empty where nobody knows where the person came from."""
    is_linking: bool
    pair: TokenPair | None = None
    refusal: DomainError | None = None


@dataclass(frozen=True, slots=True, repr=False)
class _Attempt:
    provider_id: str
    proof: Proof
    return_path: str
    session_id: str
    """That of the person who links an account; empty for a sign-in."""
    user_id: str

    def sealed(self) -> str:
        return sealed(PURPOSE, orjson.dumps(asdict(self)))

    @classmethod
    def opened(cls, text: str) -> "_Attempt":
        """Raises `SignOnStateInvalid`."""
        try:
            members: dict[str, Any] = orjson.loads(opened(PURPOSE, text))
        except SealBrokenError as exc:
            raise SignOnStateInvalid from exc
        return cls(**{**members, "proof": Proof(**members["proof"])})


def sign_on_begin(*, provider_id: str, return_path: str, origin: str) -> SignOnBegun:
    """Begin to sign in through ``provider_id``, to come back to ``return_path`` of ``origin``.

    Raises `ProviderNotFound`, `ProviderUnavailable` and `ProviderAnswerInvalid`.
    """
    return _begun(provider_id, return_path=return_path, origin=origin, session=None)


def link_begin(*, session: Session, provider_id: str, return_path: str, origin: str) -> SignOnBegun:
    """Begin to link an account at ``provider_id`` to that of ``session``; raises likewise.

    And `ReauthenticationRequired`.
    """
    fresh_require(session)
    return _begun(provider_id, return_path=return_path, origin=origin, session=session)


def sign_on_finish(
    *,
    provider_id: str,
    returned: Mapping[str, str],
    cookie: str,
    device: str,
    address: str,
    remembered: str = "",
) -> SignOnEnded:
    """What a return with the parameters ``returned`` comes to, in the browser with ``cookie``.

    A refusal is part of the answer, since a browser that comes from elsewhere has to be sent on to
    a page of ours either way. Raises `ProviderNotFound`.
    """
    provider = provider_by_id(provider_id)
    path, is_linking = "", False
    try:
        attempt = _attempt(provider, returned.get("state", ""), cookie)
        path, is_linking = attempt.return_path, bool(attempt.session_id)
        _spend(attempt.proof.state)
        proved = identity_proved(provider, attempt.proof, returned)
        if is_linking:
            _link(attempt, proved)
            return SignOnEnded(path, is_linking)
        pair = _signed_in(proved, device=device, address=address, remembered=remembered)
    except SecondFactorRequired as exc:
        _count(provider.id, "challenged")
        return SignOnEnded(path, is_linking, refusal=exc)
    except DomainError as exc:
        _count(provider.id, _outcome(exc))
        log.info("sso_refused", provider=provider.id, code=exc.code)
        return SignOnEnded(path, is_linking, refusal=exc)
    return SignOnEnded(path, is_linking, pair=pair)


def states_forget() -> int:
    """Forget the states that have come back and would have expired by now; how many went."""
    long_ago = timezone.now() - timedelta(seconds=2 * ATTEMPT_S)
    return rows_remove(SpentState.objects.filter(spent_at__lt=long_ago))


def _begun(
    provider_id: str, *, return_path: str, origin: str, session: Session | None
) -> SignOnBegun:
    provider = provider_by_id(provider_id)
    proof = Proof(
        state=random_token(),
        nonce=random_token(),
        verifier=random_token(64),
        redirect_uri=f"{origin}/auth/sso/{provider.id}/callback",
        begun_at=time.time(),
    )
    attempt = _Attempt(
        provider_id=provider.id,
        proof=proof,
        return_path=return_path,
        session_id=str(session.id) if session else "",
        user_id=str(session.user_id) if session else "",
    )
    try:
        return SignOnBegun(sign_on_url(provider, proof), attempt.sealed())
    except (ProviderUnavailable, ProviderAnswerInvalid) as exc:
        _count(provider.id, _outcome(exc))
        raise


def _attempt(provider: Provider, state: str, cookie: str) -> _Attempt:
    """The attempt that this browser began with ``provider``. Raises `SignOnStateInvalid`."""
    attempt = _Attempt.opened(cookie)
    is_same = compare_digest(attempt.proof.state.encode(), state.encode())
    is_young = 0 <= time.time() - attempt.proof.begun_at <= ATTEMPT_S
    # The path names the provider, so that the return of one is never looked at as another's.
    if not is_same or not is_young or attempt.provider_id != provider.id:
        raise SignOnStateInvalid
    return attempt


def _spend(state: str) -> None:
    """Let ``state`` come back this once. Raises `SignOnStateInvalid`."""
    try:
        with transaction.atomic():
            SpentState.objects.create(digest=hashlib.sha256(state.encode()).hexdigest())
    except IntegrityError as exc:
        raise SignOnStateInvalid from exc


def _link(attempt: _Attempt, proved: ProvedIdentity) -> None:
    """Raises `TokenRevoked` where the session that began has ended meanwhile."""
    session = selectors.session_signed_in(
        session_id=UUID(attempt.session_id), user_id=UUID(attempt.user_id)
    )
    identity_link(user=session.user, proved=proved)
    _count(proved.provider.id, "linked")


def _signed_in(proved: ProvedIdentity, *, device: str, address: str, remembered: str) -> TokenPair:
    user, outcome = identity_user(proved=proved)
    if not user.may_sign_in:
        raise SignOnAccountClosed
    try:
        pair = signed_in_or_challenged(
            user=user,
            methods=METHODS,
            device=device,
            address=address,
            remembered=remembered,
            provider=proved.provider.id,
        )
    except InvalidCredentials as exc:
        raise SignOnAccountClosed from exc
    _count(proved.provider.id, outcome)
    return pair


def _outcome(refusal: DomainError) -> metrics.SsoOutcome:
    match refusal:
        case SignOnDenied():
            return "denied"
        case ProviderUnavailable() | ProviderAnswerInvalid():
            return "failed"
        case SignOnStateInvalid():
            return "not_begun"
        case _:
            return "refused"


def _count(provider_id: str, outcome: metrics.SsoOutcome) -> None:
    metrics.SSO.labels(provider_id, outcome).inc()
