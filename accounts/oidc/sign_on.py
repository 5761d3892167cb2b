"""The authorization code flow with PKCE: where people are sent, and what comes back."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import compare_digest
from typing import Any, Final
from urllib.parse import quote

import structlog
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.core.exceptions import ValidationError

from accounts.fields import MailboxValidator, normalized_email
from accounts.oidc.calls import OK, provider_json
from accounts.oidc.errors import ProviderAnswerInvalid, ProviderUnavailable, SignOnDenied
from accounts.oidc.id_tokens import id_token_claims
from accounts.oidc.metadata import Endpoints, documents_of
from accounts.oidc.providers import Provider

log = structlog.get_logger(__name__)

EMAIL_LENGTH: Final = 254
NAME_LENGTH: Final = 150
DENIED: Final = frozenset(
    {"access_denied", "consent_required", "interaction_required", "login_required"}
)
NOT_NOW: Final = frozenset({"server_error", "temporarily_unavailable"})


@dataclass(frozen=True, slots=True)
class ProvedIdentity:
    """Who somebody is at ``provider``, as it has proved. ``email`` is empty where it says none."""

    provider: Provider
    subject: str
    email: str
    email_verified: bool
    name: str


@dataclass(frozen=True, slots=True, repr=False)
class Proof:
    """What a sign-in at a provider has to fit: secrets of this one attempt."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    begun_at: float


def sign_on_url(provider: Provider, proof: Proof) -> str:
    """Where the browser goes. Raises `ProviderUnavailable` and `ProviderAnswerInvalid`."""
    url: str = prepare_grant_uri(
        documents_of(provider).endpoints().authorization,
        provider.client_id,
        "code",
        redirect_uri=proof.redirect_uri,
        scope=list(provider.scopes),
        state=proof.state,
        nonce=proof.nonce,
        code_challenge=create_s256_code_challenge(proof.verifier),
        code_challenge_method="S256",
    )
    return url


def identity_proved(
    provider: Provider, proof: Proof, returned: Mapping[str, str]
) -> ProvedIdentity:
    """Who came back, by the parameters ``returned`` of a return whose state was looked at.

    Raises `SignOnDenied`, `ProviderUnavailable` and `ProviderAnswerInvalid`.
    """
    documents = documents_of(provider)
    endpoints = documents.endpoints()
    _require_issuer(provider, endpoints, returned.get("iss"))
    if error := returned.get("error"):
        _refuse(provider, error)
    code = returned.get("code", "")
    if not code:
        raise ProviderAnswerInvalid("The return has no code.")
    tokens = _tokens(provider, endpoints, proof, code)
    access_token = tokens.get("access_token")
    if not isinstance(access_token, str) or not access_token.isascii():
        raise ProviderAnswerInvalid("There is no access token.")
    claims = id_token_claims(
        tokens.get("id_token"),
        provider=provider,
        documents=documents,
        nonce=proof.nonce,
        access_token=access_token,
        begun_at=proof.begun_at,
    )
    if "email" not in claims and endpoints.userinfo:
        claims = {**claims, **_userinfo(provider, endpoints, access_token, claims["sub"])}
    return _identity(provider, claims)


def _require_issuer(provider: Provider, endpoints: Endpoints, named: str | None) -> None:
    """RFC 9207, 2.4: the return of one provider must not be taken for that of another."""
    if named is None and not endpoints.names_itself:
        return
    if not compare_digest((named or "").encode(), provider.issuer.encode()):
        raise ProviderAnswerInvalid("The return names another issuer.")


def _refuse(provider: Provider, error: str) -> None:
    log.info("sso_provider_refused", provider=provider.id, known=error in DENIED | NOT_NOW)
    if error in DENIED:
        raise SignOnDenied
    if error in NOT_NOW:
        raise ProviderUnavailable(retry_after_s=5)
    raise ProviderAnswerInvalid("The provider refused the request.")


def _tokens(provider: Provider, endpoints: Endpoints, proof: Proof, code: str) -> Mapping[str, Any]:
    """The answer of the token endpoint (RFC 6749, 4.1.3)."""
    more: dict[str, str] = {"code": code, "code_verifier": proof.verifier}
    headers: dict[str, str] = {}
    if not provider.client_secret:
        more["client_id"] = provider.client_id
    elif "client_secret_basic" in endpoints.token_authentication:
        headers["Authorization"] = _basic(provider.client_id, provider.client_secret)
    elif "client_secret_post" in endpoints.token_authentication:
        more |= {"client_id": provider.client_id, "client_secret": provider.client_secret}
    else:
        raise ProviderAnswerInvalid("The provider takes no client secret in a known way.")
    body = prepare_token_request("authorization_code", redirect_uri=proof.redirect_uri, **more)
    status, answer = provider_json(provider, "POST", endpoints.token, headers=headers, form=body)
    if status != OK:
        log.warning("sso_code_refused", provider=provider.id, status=status)
        raise ProviderAnswerInvalid("The provider refused the code.")
    return answer


def _basic(client_id: str, client_secret: str) -> str:
    """Each half is encoded before they are joined (RFC 6749, 2.3.1); a space as %20, not as +."""
    joined = ":".join(quote(half, safe="") for half in (client_id, client_secret))
    return f"Basic {b64encode(joined.encode()).decode()}"


def _userinfo(
    provider: Provider, endpoints: Endpoints, access_token: str, subject: str
) -> Mapping[str, Any]:
    """What the provider tells beside the token; of the same person (Core 1.0, 5.3.2)."""
    headers = {"Authorization": f"Bearer {access_token}"}
    status, told = provider_json(provider, "GET", endpoints.userinfo, headers=headers)
    if status != OK or told.get("sub") != subject:
        raise ProviderAnswerInvalid("The provider tells of somebody else.")
    return {name: told[name] for name in ("email", "email_verified", "name") if name in told}


def _identity(provider: Provider, claims: Mapping[str, Any]) -> ProvedIdentity:
    name = claims.get("name")
    shown = "".join(char for char in name if char.isprintable()) if isinstance(name, str) else ""
    return ProvedIdentity(
        provider=provider,
        subject=claims["sub"],
        email=_email(claims.get("email")),
        # Exactly true: a text that is not empty is no verification.
        email_verified=claims.get("email_verified") is True,
        name=shown[:NAME_LENGTH],
    )


def _email(told: Any) -> str:
    """The address in its stored spelling; empty for what is none that we could keep."""
    email = normalized_email(told) if isinstance(told, str) else ""
    try:
        MailboxValidator()(email)
    except ValidationError:
        return ""
    return email if len(email) <= EMAIL_LENGTH else ""
