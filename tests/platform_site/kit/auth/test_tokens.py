import base64
import hashlib
import hmac
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from platform_site.kit.auth import tokens
from platform_site.kit.auth.jwks import KeySet
from platform_site.kit.auth.tokens import (
    Principal,
    ServicePrincipal,
    TokenExpired,
    TokenInvalid,
    Verifier,
    verify_service_token,
    verify_user_token,
)
from tests.platform_site.kit.clock import Clock
from tests.platform_site.kit.token_issuer import AUDIENCE, ISSUER, Issuer

KIDS: list[object] = [None, 5, []]


def verified(raw: str) -> Principal:
    return verify_user_token(raw, audience=AUDIENCE)


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def count_decodes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    decoded: list[str] = []
    decode = jwt.decode

    def counted(raw: str, *arguments: Any, **options: Any) -> dict[str, Any]:
        decoded.append(raw)
        return decode(raw, *arguments, **options)

    monkeypatch.setattr(jwt, "decode", counted)
    return decoded


def test_an_access_token_gives_its_principal(issuer: Issuer) -> None:
    raw = issuer.access(staff=True)
    assert verified(raw) == Principal(
        id=issuer.subject,
        session_id=issuer.session,
        scopes=frozenset({"images:read", "images:write"}),
        is_staff=True,
        token=raw,
    )


@pytest.mark.parametrize("staff", [1, "true", []])
def test_staff_is_nothing_but_true(issuer: Issuer, staff: object) -> None:
    for absent_or_false in (False, None):
        assert verified(issuer.access(staff=absent_or_false)).is_staff is False
    with pytest.raises(TokenInvalid):
        verified(issuer.access(staff=staff))


@pytest.mark.parametrize("closing", [1, "true", []])
def test_closing_is_nothing_but_true(issuer: Issuer, closing: object) -> None:
    assert verified(issuer.access(closing=True)).is_closing is True
    with pytest.raises(TokenInvalid):
        verified(issuer.access(closing=closing))


def test_a_service_token_gives_the_calling_role(issuer: Issuer) -> None:
    assert verify_service_token(issuer.service(), audience="images") == ServicePrincipal("gateway")


def test_an_unsigned_token_is_refused(issuer: Issuer) -> None:
    header = {"alg": "none", "typ": "at+jwt", "kid": issuer.key.kid}
    with pytest.raises(TokenInvalid, match="not the type of token"):
        verified(f"{part(header)}.{part(issuer.claims())}.")


def test_a_token_signed_with_the_public_key_as_a_password_is_refused(issuer: Issuer) -> None:
    public = jwt.PyJWK(dict(issuer.key.public)).key
    for password in (
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        json.dumps(dict(issuer.key.public)).encode(),
    ):
        head = part({"alg": "HS256", "typ": "at+jwt", "kid": issuer.key.kid})
        signed = f"{head}.{part(issuer.claims())}"
        digest = hmac.new(password, signed.encode(), hashlib.sha256).digest()
        raw = f"{signed}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"
        with pytest.raises(TokenInvalid):
            verified(raw)


def test_a_token_of_another_key_under_a_known_name_is_refused(issuer: Issuer) -> None:
    with pytest.raises(TokenInvalid):
        verified(Issuer().access(header={"kid": issuer.key.kid}))


def test_a_token_of_an_unknown_key_is_refused(issuer: Issuer) -> None:
    with pytest.raises(TokenInvalid, match="The key that signed the token is not known"):
        verified(Issuer().access())


def test_a_key_that_the_token_itself_brings_is_not_looked_at(issuer: Issuer) -> None:
    stranger = Issuer()
    with pytest.raises(TokenInvalid):
        verified(stranger.access(header={"jwk": dict(stranger.key.public)}))


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody else"},
        {"aud": "gateway"},
        {"aud": []},
        {"sub": "not-a-uuid"},
        {"sid": "not-a-uuid"},
        {"sid": 12},
        {"sid": None},
        {"sub": 7},
        {"exp": "soon"},
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(issuer: Issuer, changes: dict[str, Any]) -> None:
    with pytest.raises(TokenInvalid) as refusal:
        verified(issuer.access(**changes))
    assert refusal.value.code == "token_invalid"


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "exp", "iat", "nbf", "jti"])
def test_a_token_without_a_required_claim_is_refused(issuer: Issuer, name: str) -> None:
    with pytest.raises(TokenInvalid) as refusal:
        verified(issuer.access(**{name: None}))
    assert refusal.value.code == "token_invalid"


@pytest.mark.parametrize("typ", ["JWT", "svc+jwt", "rt+jwt", None])
def test_a_token_of_another_type_is_refused(issuer: Issuer, typ: str | None) -> None:
    with pytest.raises(TokenInvalid):
        verified(issuer.access(header={"typ": typ}))


def test_a_service_token_does_not_act_for_a_person(issuer: Issuer) -> None:
    raw = issuer.service(audience="images", sub=str(issuer.subject), sid=str(issuer.session))
    with pytest.raises(TokenInvalid):
        verified(raw)


def test_a_persons_token_does_not_act_for_a_role(issuer: Issuer) -> None:
    with pytest.raises(TokenInvalid):
        verify_service_token(issuer.access(aud="images", sub="gateway"), audience="images")


def test_a_service_token_for_one_role_is_refused_by_another(issuer: Issuer) -> None:
    with pytest.raises(TokenInvalid):
        verify_service_token(issuer.service(audience="images"), audience="auth")


def test_an_expired_token_says_so(issuer: Issuer) -> None:
    with pytest.raises(TokenExpired) as refusal:
        verified(issuer.access(exp=issuer.claims()["exp"] - 631))
    assert refusal.value.code == "token_expired"
    assert refusal.value.headers == {"WWW-Authenticate": 'Bearer error="token_expired"'}


def test_a_token_of_the_future_is_refused(issuer: Issuer) -> None:
    now = issuer.claims()["nbf"]
    assert verified(issuer.access(nbf=now + 20)).id == issuer.subject
    with pytest.raises(TokenInvalid):
        verified(issuer.access(nbf=now + 60))
    with pytest.raises(TokenInvalid):
        verified(issuer.access(iat=now + 60))


@pytest.mark.parametrize(
    "raw",
    ["x", "a.b.c", "..", "é.é.é", "." * 5000, f"{'W1tb' * 1500}.e30.AA", f"{part([])}.e30.AA"]
    + [f"{part({'alg': 'ES256', 'typ': 'at+jwt', 'kid': kid})}.e30.AA" for kid in KIDS],
)
def test_what_is_no_token_is_refused(issuer: Issuer, raw: str) -> None:
    with pytest.raises(TokenInvalid):
        verified(raw)


def test_a_second_use_does_not_verify_again(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded = count_decodes(monkeypatch)
    raw = issuer.access()
    assert verified(raw) == verified(raw)
    assert decoded == [raw]


def test_a_refusal_is_not_remembered(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = count_decodes(monkeypatch)
    raw = issuer.access(aud="elsewhere")
    for _ in range(2):
        with pytest.raises(TokenInvalid):
            verified(raw)
    assert decoded == [raw, raw]


def test_what_was_verified_for_one_use_does_not_pass_for_another(issuer: Issuer) -> None:
    raw = issuer.service(audience="images")
    verify_service_token(raw, audience="images")
    with pytest.raises(TokenInvalid):
        verify_service_token(raw, audience="auth")
    with pytest.raises(TokenInvalid):
        verified(raw)


def test_a_remembered_token_expires_with_the_token(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = issuer.access()
    verified(raw)
    clock = Clock().install(monkeypatch)
    clock.advance(600 + tokens.LEEWAY_S + 1)
    decoded = count_decodes(monkeypatch)
    # PyJWT reads the real clock, so what is seen here is that the memory no longer answers.
    verified(raw)
    assert decoded == [raw]


def test_the_memory_is_bounded(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MEMORY_ENTRIES", 3)
    verifier = Verifier(keys=KeySet(bundle=issuer.jwks), issuer=ISSUER)
    for _ in range(10):
        verifier.claims(issuer.access(), typ="at+jwt", audience="images")
        assert len(verifier._memory) <= 3
    verifier.forget()
    assert verifier._memory == {}
