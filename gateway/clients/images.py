"""Client of the role images. Its answers are passed on as they are, so most have no type here."""

from collections.abc import Mapping
from typing import Final

from gateway.clients.service_tokens import service_token
from gateway.clients.types import ImagesStatus
from gateway.clients.upstream_calls import UpstreamCall, call_send, document_as
from gateway.deadlines import STATUS_S, WRITE_S
from gateway.errors import Refused
from gateway.permissions import Caller
from gateway.relay import INTERNAL
from platform_site.kit.upstream.http import UpstreamUnavailable
from platform_site.kit.upstream.replies import Reply

ROLE: Final = "images"
UNAUTHORIZED: Final = 401
ABOUT_THE_PERSON: Final = frozenset({"token_expired", "token_revoked"})


def answer_of(call: UpstreamCall, *, caller: Caller | None = None) -> Reply:
    """Call with both tokens; a service token that is not taken is replaced and tried once more.

    The gateway verified the person's token a moment ago, so a 401 is about its own credential
    unless the code says otherwise. A person must not be signed out for a fault of our set-up.
    """
    try:
        return _attempt(call, caller)
    except Refused as refusal:
        # A session that ended between our check and theirs: that is the person's own 401.
        if refusal.status != UNAUTHORIZED or refusal.code == "token_revoked":
            raise
        # The client has sent its stream once; it is told to try again, and not that it is a
        # stranger.
        if not call.is_repeatable:
            raise UpstreamUnavailable(ROLE) from refusal
    try:
        return _attempt(call, caller)
    except Refused as refusal:
        if refusal.status != UNAUTHORIZED or refusal.code in ABOUT_THE_PERSON:
            raise
        raise UpstreamUnavailable(ROLE) from refusal


def read(path: str, *, caller: Caller) -> Reply:
    """What stands at ``path``, which may have a query."""
    return answer_of(UpstreamCall("GET", INTERNAL + path), caller=caller)


def export_create(*, caller: Caller, account: bytes) -> Reply:
    """Have an archive made of all that the caller has, with ``account``, JSON of auth."""
    headers = {"Content-Type": "application/json"}
    call = UpstreamCall("POST", f"{INTERNAL}exports", headers, account, WRITE_S)
    return answer_of(call, caller=caller)


def owner_withhold(*, token: str) -> None:
    """Have nothing of the person served any more; ``token`` is auth's, for this alone."""
    _owner_change("withhold", token)


def owner_release(*, token: str) -> None:
    """Have what was withheld served again; ``token`` is auth's, for this alone."""
    _owner_change("release", token)


def status_get() -> ImagesStatus:
    """What images knows about its own health; acts for nobody."""
    call = UpstreamCall("GET", f"{INTERNAL}status", timeout_s=STATUS_S)
    return document_as(ImagesStatus, answer_of(call))


def _owner_change(change: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    answer_of(UpstreamCall("POST", f"{INTERNAL}owner/{change}", headers))


def _attempt(call: UpstreamCall, caller: Caller | None) -> Reply:
    token = service_token(ROLE)
    raw = token.value()
    headers = {**call.headers, **_of_caller(caller), "X-Service-Authorization": f"Bearer {raw}"}
    try:
        return call_send(ROLE, call.under(headers))
    except Refused as refusal:
        # By value: another thread may have renewed the token while this call was under way.
        if refusal.status == UNAUTHORIZED:
            token.forget(raw)
        raise


def _of_caller(caller: Caller | None) -> Mapping[str, str]:
    if caller is None:
        return {}
    return {
        "Authorization": f"Bearer {caller.principal.token_for(ROLE)}",
        "X-Public-Origin": caller.origin,
    }
