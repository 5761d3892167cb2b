"""An issuer of tokens as the auth role is one, with keys of its own, that can also lie."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import jwt

from platform_site.kit.identifiers import uuid7
from platform_site.secrets.generation import SigningKeyPair, signing_key

ISSUER = "image-platform"
AUDIENCE = "images"
"""The role that a token of this issuer is for unless a test says otherwise."""


@dataclass
class Issuer:
    """Signs whatever claims a test asks for; ``None`` as a value leaves the claim out."""

    key: SigningKeyPair = field(default_factory=signing_key)
    subject: UUID = field(default_factory=uuid7)
    session: UUID = field(default_factory=uuid7)

    @property
    def jwks(self) -> dict[str, Any]:
        return {"keys": [dict(self.key.public)]}

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(self.subject),
            "exp": now + 600,
            "iat": now,
            "nbf": now,
            "jti": str(uuid7()),
            "sid": str(self.session),
            "scope": "images:read images:write",
            "staff": False,
        }
        return {name: value for name, value in {**claims, **changes}.items() if value is not None}

    def access(self, *, header: Mapping[str, Any] | None = None, **changes: Any) -> str:
        headers = {"typ": "at+jwt", "kid": self.key.kid, **(header or {})}
        return jwt.encode(self.claims(**changes), self.key.private_pem, "ES256", headers=headers)

    def service(self, *, audience: str = "images", **changes: Any) -> str:
        changes = {"sub": "gateway", "sid": None, "scope": None, "staff": None, **changes}
        return self.access(header={"typ": "svc+jwt"}, aud=audience, **changes)
