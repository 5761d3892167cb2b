"""Tokens that nobody may believe, made from claims that are good: one list for every role."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings

Claims = Mapping[str, Any]
USER_TYPE, SERVICE_TYPE = "at+jwt", "svc+jwt"


def signed(claims: Claims, *, typ: str, kid: str | None = None, **changes: Any) -> str:
    """A token of ours with whatever is changed about it."""
    key = settings.SIGNING_KEYS["keys"][0]
    headers = {"kid": kid or key["kid"], "typ": typ}
    return jwt.encode({**claims, **changes}, key["private_pem"], "ES256", headers=headers)


def forgeries(typ: str) -> dict[str, Callable[[Claims], str]]:
    """What makes a token of the type ``typ`` from good claims that is none."""
    other = SERVICE_TYPE if typ == USER_TYPE else USER_TYPE
    return {
        "alg none": lambda claims: _unsigned(claims, typ=typ),
        "HS256 with the public key": lambda claims: _signed_with_the_public_key(claims, typ=typ),
        "another key under our kid": lambda claims: _signed_by_a_stranger(claims, typ=typ),
        "unknown kid": lambda claims: signed(claims, typ=typ, kid="stranger"),
        "another issuer": lambda claims: signed(claims, typ=typ, iss="elsewhere"),
        "another audience": lambda claims: signed(claims, typ=typ, aud="gateway"),
        "plain typ": lambda claims: signed(claims, typ="JWT"),
        "the other's typ": lambda claims: signed(claims, typ=other),
        "no subject": lambda claims: signed(_without(claims, "sub"), typ=typ),
        "no expiry": lambda claims: signed(_without(claims, "exp"), typ=typ),
        "not yet valid": lambda claims: signed(claims, typ=typ, nbf=int(time.time()) + 3600),
        "text": lambda _claims: "not.a.token",
        "a header of a thousand lists": lambda _claims: f"{_NESTED}.e30.AA",
        **_of_other_types(
            {**OTHER_TYPES, **(OTHER_TYPES_OF_USERS if typ == USER_TYPE else {})}, typ
        ),
    }


LATER = 9_999_999_999
TIMES: tuple[Any, ...] = (
    str(LATER), float(LATER), [LATER], {"at": LATER}, None, float("inf"), float("nan"), 1e300,
    1 << 70, "", "soon",
)  # fmt: skip
WORDS: tuple[Any, ...] = (7, True, ["x"], {"x": "x"}, None, 1.5, "")
OTHER_TYPES: dict[str, tuple[Any, ...]] = {
    "exp": TIMES,
    **dict.fromkeys(("iat", "nbf"), (*TIMES, "1", 1.5, True, -1)),
    **dict.fromkeys(("sub", "jti", "iss"), WORDS),
    "aud": (7, True, None, [], [7], {"images": True}, [["images"]]),
}
"""Claims as no issuer of ours writes them, some of which libraries take for good."""
OTHER_TYPES_OF_USERS: dict[str, tuple[Any, ...]] = {
    "sid": WORDS,
    "scope": (7, True, ["images:read"], {"images:read": True}, None),
    "staff": (1, "true", [True], None),
    "role_tokens": ("x", ["x"], {"images": 7}, None),
}
_NESTED = base64.urlsafe_b64encode(b"[" * 3000).decode()


def _of_other_types(
    claims_by_name: Mapping[str, tuple[Any, ...]], typ: str
) -> dict[str, Callable[[Claims], str]]:
    def changed(name: str, value: Any) -> Callable[[Claims], str]:
        return lambda claims: _signed_as_it_is({**claims, name: value}, typ=typ)

    return {
        f"{name} is {value!r}": changed(name, value)
        for name, values in claims_by_name.items()
        for value in values
    }


def _signed_as_it_is(claims: Claims, *, typ: str) -> str:
    """Signed without what PyJWT refuses to write."""
    key = settings.SIGNING_KEYS["keys"][0]
    headers = {"kid": key["kid"], "typ": typ}
    return jwt.api_jws.encode(
        json.dumps(claims).encode(), key["private_pem"], "ES256", headers=headers
    )


USER_FORGERIES: dict[str, Callable[[Claims], str]] = {
    **forgeries(USER_TYPE),
    "no session": lambda claims: signed(_without(claims, "sid"), typ=USER_TYPE),
    "subject is no id": lambda claims: signed(claims, typ=USER_TYPE, sub="1 or 1=1"),
}
SERVICE_FORGERIES = forgeries(SERVICE_TYPE)


def expired(claims: Claims, *, typ: str) -> str:
    """A token that was good until half a minute ago, which is more than clocks may differ."""
    return signed(claims, typ=typ, exp=int(time.time()) - 31)


def _without(claims: Claims, name: str) -> Claims:
    return {key: value for key, value in claims.items() if key != name}


def _part(value: Claims) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _header(alg: str, typ: str) -> Claims:
    return {"alg": alg, "typ": typ, "kid": settings.SIGNING_KEYS["keys"][0]["kid"]}


def _unsigned(claims: Claims, *, typ: str) -> str:
    return f"{_part(_header('none', typ))}.{_part(claims)}."


def _signed_with_the_public_key(claims: Claims, *, typ: str) -> str:
    private = load_pem_private_key(settings.SIGNING_KEYS["keys"][0]["private_pem"].encode(), None)
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    body = f"{_part(_header('HS256', typ))}.{_part(claims)}"
    mac = hmac.new(public, body.encode(), hashlib.sha256).digest()
    return f"{body}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def _signed_by_a_stranger(claims: Claims, *, typ: str) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return jwt.encode(dict(claims), key, "ES256", headers=dict(_header("ES256", typ)))
