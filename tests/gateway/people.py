"""Alice owns, Bob is signed in, Sam is staff; tokens are signed with the test run's key."""

import base64
import json
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import jwt
from django.conf import settings

USER_SCOPE = "account:read account:write images:read images:write"


def signing_key() -> dict[str, str]:
    key: dict[str, str] = settings.SIGNING_KEYS["keys"][0]
    return key


def claims_of(subject: UUID, **changes: Any) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": settings.TOKEN_ISSUER,
        "aud": ["gateway", "auth"],
        "sub": str(subject),
        "sid": str(uuid4()),
        "jti": str(uuid4()),
        "iat": now,
        "nbf": now,
        "exp": now + 600,
        "scope": USER_SCOPE,
        "staff": False,
        **changes,
    }


def signed(claims: dict[str, Any], *, typ: str = "at+jwt") -> str:
    key = signing_key()
    headers = {"kid": key["kid"], "typ": typ}
    return jwt.encode(claims, key["private_pem"], algorithm="ES256", headers=headers)


def unsigned(claims: dict[str, Any]) -> str:
    headers = {"kid": signing_key()["kid"], "typ": "at+jwt"}
    return jwt.encode(claims, key="", algorithm="none", headers=headers)


def signed_with_public_key(claims: dict[str, Any], public_pem: bytes) -> str:
    """HS256 with the published key as its secret; built by hand, for PyJWT refuses to."""
    hasher = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    header = {"alg": "HS256", "kid": signing_key()["kid"], "typ": "at+jwt"}
    header_part, claims_part = (
        jwt.utils.base64url_encode(json.dumps(part).encode()) for part in (header, claims)
    )
    message = header_part + b"." + claims_part
    signature = base64.urlsafe_b64encode(hasher.sign(message, public_pem)).rstrip(b"=")
    return (message + b"." + signature).decode()


@dataclass(frozen=True)
class Person:
    """Someone with a live session."""

    is_staff: bool = False
    id: UUID = field(default_factory=uuid4)
    session_id: UUID = field(default_factory=uuid4)

    def token(self, **changes: Any) -> str:
        mine = {
            "sid": str(self.session_id),
            "staff": self.is_staff,
            "role_tokens": {"images": self.token_for_images()},
            **changes,
        }
        return signed(claims_of(self.id, **mine))

    def token_for_images(self) -> str:
        mine = {"sid": str(self.session_id), "aud": "images", "scope": "images:read images:write"}
        return signed(claims_of(self.id, **mine))

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token()}"}
