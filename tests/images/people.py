"""Alice owns, Bob is signed in, Charlie is anonymous; the gateway calls for them."""

import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import jwt
from django.conf import settings
from django.test import Client

PUBLIC = "https://photos.example"


def _signed(claims: dict[str, Any], *, typ: str) -> str:
    key = settings.SIGNING_KEYS["keys"][0]
    now = int(time.time())
    times = {"iat": now, "nbf": now, "exp": now + 300, "jti": str(uuid4())}
    return jwt.encode(
        {"iss": settings.TOKEN_ISSUER, **times, **claims},
        key["private_pem"],
        algorithm="ES256",
        headers={"kid": key["kid"], "typ": typ},
    )


def service_token(*, audience: str = "images", of: str = "gateway") -> str:
    return _signed({"aud": audience, "sub": of}, typ="svc+jwt")


@dataclass(frozen=True)
class Person:
    """Someone with a live session."""

    id: UUID = field(default_factory=uuid4)
    session_id: UUID = field(default_factory=uuid4)

    def token(self, scope: str = "images:read images:write") -> str:
        claims = {
            "aud": "images",
            "sub": str(self.id),
            "sid": str(self.session_id),
            "scope": scope,
            "staff": False,
        }
        return _signed(claims, typ="at+jwt")


def caller(person: Person | None = None, *, with_service: bool = True) -> Client:
    """The gateway's calls on behalf of ``person``; nobody = on its own."""
    headers = {"X-Public-Origin": PUBLIC}
    if person is not None:
        headers["Authorization"] = f"Bearer {person.token()}"
    if with_service:
        headers["X-Service-Authorization"] = f"Bearer {service_token()}"
    return Client(headers=headers)


def path_of(url: str) -> str:
    """What the role is asked for when the public follows ``url``."""
    assert url.startswith(f"{PUBLIC}/"), url
    return url.removeprefix(PUBLIC)


def ending(person: Person, what: str, *, of: str = "auth") -> Client:
    """Auth's calls as the account of ``person`` ends: withhold (or release), or purge."""
    token = person.token(f"images:{what}")
    service = service_token(of=of)
    return Client(
        headers={"Authorization": f"Bearer {token}", "X-Service-Authorization": f"Bearer {service}"}
    )
