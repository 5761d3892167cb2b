"""What is believed of an ID token (OpenID Connect Core 1.0, section 3.1.3.7)."""

from secrets import compare_digest
from typing import Any, Final

import structlog
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jws import extract_compact

from accounts.models.identities import SUBJECT_LENGTH
from accounts.oidc.errors import ProviderAnswerInvalid
from accounts.oidc.metadata import ProviderDocuments
from accounts.oidc.providers import Provider

log = structlog.get_logger(__name__)

LEEWAY_S: Final = 60
TOKEN_LENGTH_MAX: Final = 32 * 1024
MALFORMED: Final = (
    *(ValueError, TypeError, KeyError, AttributeError),
    *(OverflowError, RecursionError),
)
"""What libraries raise for a token or claim of a shape that they do not expect."""


def id_token_claims(
    raw: Any,
    *,
    provider: Provider,
    documents: ProviderDocuments,
    nonce: str,
    access_token: str,
    begun_at: float,
) -> dict[str, Any]:
    """The claims of ``raw``, which ``provider`` signed for us, for this sign-in, just now.

    ``begun_at`` is when the sign-in began, in seconds since the epoch. Raises
    `ProviderAnswerInvalid`, and `ProviderUnavailable` when its keys cannot be had.
    """
    if not isinstance(raw, str) or len(raw) > TOKEN_LENGTH_MAX:
        raise ProviderAnswerInvalid("There is no ID token.")
    try:
        return _verified(
            raw,
            provider=provider,
            documents=documents,
            nonce=nonce,
            access_token=access_token,
            begun_at=begun_at,
        )
    except (JoseError, *MALFORMED) as exc:
        # The name of the error alone: its message may repeat what the token says.
        log.warning("sso_id_token_refused", provider=provider.id, reason=type(exc).__name__)
        raise ProviderAnswerInvalid("The ID token cannot be believed.") from exc


def _verified(
    raw: str,
    *,
    provider: Provider,
    documents: ProviderDocuments,
    nonce: str,
    access_token: str,
    begun_at: float,
) -> dict[str, Any]:
    header = extract_compact(raw.encode()).headers()
    algorithm, kid = header.get("alg"), header.get("kid") or ""
    if algorithm not in provider.algorithms or not isinstance(kid, str):
        raise ValueError("alg")
    # One algorithm and one key, chosen by us: the token cannot choose how it is looked at.
    try:
        token = jwt.decode(raw, documents.key(kid, algorithm), algorithms=[algorithm])
    except BadSignatureError:
        # Some providers give each new key the name of the last.
        key = documents.key(kid, algorithm, is_doubted=True)
        token = jwt.decode(raw, key, algorithms=[algorithm])
    claims = CodeIDToken(
        token.claims,
        token.header,
        options={
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.client_id},
            "sub": {"essential": True},
        },
        params={"client_id": provider.client_id, "access_token": access_token},
    )
    claims.validate(leeway=LEEWAY_S)
    if not compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise ValueError("nonce")
    if claims["iat"] < begun_at - LEEWAY_S:
        raise ValueError("iat")
    subject = claims["sub"]
    # Printable: Core 1.0 says ASCII, of which a NUL is kept by no PostgreSQL.
    if not (isinstance(subject, str) and subject.isprintable() and len(subject) <= SUBJECT_LENGTH):
        raise ValueError("sub")
    return dict(claims)
