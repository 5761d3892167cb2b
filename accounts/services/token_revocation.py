"""Ending what a token belongs to, on the word of whoever holds it (RFC 7009)."""

from uuid import UUID

from django.utils import timezone

from accounts.errors import UnsupportedTokenType
from accounts.models import ApiKey, Session
from accounts.services.api_keys import api_keys_revoke
from accounts.services.audit import audit_record
from accounts.services.key_exchange import api_key_live
from accounts.services.refreshes import session_of_refresh_token
from accounts.services.revocations import sessions_deny, sessions_end
from accounts.tokens import access_token_claims
from platform_site.kit.auth.api_keys import PREFIX
from platform_site.kit.auth.tokens import SERVICE_TYPE, TokenInvalid, verifier


def token_revoke(*, raw: str) -> None:
    """End the session of an access or refresh token, or the API key that ``raw`` is.

    Nothing happens for a token that is worth nothing. Raises `UnsupportedTokenType` for a service
    token, and `RevocationUnavailable`.
    """
    if raw.startswith(PREFIX):
        key = api_key_live(raw, at=timezone.now())
        if key is not None:
            api_keys_revoke(ApiKey.objects.filter(id=key.id), by=key.user_id)
    elif "." in raw:
        _revoke_signed(raw)
    else:
        _revoke_refresh(raw)


def _revoke_signed(raw: str) -> None:
    try:
        claims = access_token_claims(raw)
        ended_id, user_id = UUID(claims["sid"]), UUID(claims["sub"])
    except (TokenInvalid, KeyError, ValueError):
        _refuse_service(raw)
        return
    if claims.get("key") is True:
        api_keys_revoke(ApiKey.objects.filter(id=ended_id, user_id=user_id), by=user_id)
    else:
        _end_session(ended_id, user_id)


def _revoke_refresh(raw: str) -> None:
    try:
        session = session_of_refresh_token(raw=raw)
    except TokenInvalid:
        return
    _end_session(session.id, session.user_id)


def _end_session(session_id: UUID, user_id: UUID) -> None:
    ended = sessions_end(Session.objects.filter(id=session_id, user_id=user_id))
    if ended:
        audit_record("session.end", user_id=user_id, by=user_id, target=str(session_id))
    sessions_deny(ended)


def _refuse_service(raw: str) -> None:
    """Raise `UnsupportedTokenType` for a service token that is good for some role."""
    for role in ("auth", "images"):
        try:
            verifier().claims(raw, typ=SERVICE_TYPE, audience=role)
        except TokenInvalid:
            continue
        raise UnsupportedTokenType("It belongs to a role of the platform, and soon expires.")
