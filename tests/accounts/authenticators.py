"""An authenticator app and a security key made of software, as a person would hold them."""

import hashlib
import json
import os
import time
from dataclasses import dataclass, field
from typing import Any

import pyotp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
)

from tests.accounts.callers import Caller

ORIGIN = "http://testserver"
FLAG = AuthenticatorData.FLAG


def with_app(caller: Caller) -> tuple[pyotp.TOTP, list[str]]:
    """Add an authenticator app to the account of ``caller``; the app, and its recovery codes."""
    begun = caller.post("/auth/factors/otp")
    assert begun.status_code == 201, begun.content
    app = pyotp.TOTP(begun.json()["secret"])
    # With the step before, so that the code of now is still good.
    confirmed = caller.post("/auth/factors/otp/confirm", {"code": app.at(time.time() - 30)})
    assert confirmed.status_code == 200, confirmed.content
    return app, confirmed.json()["recovery_codes"]


@dataclass
class SecurityKey:
    """Makes and uses one credential as a browser with an authenticator does (WebAuthn, 5 and 6)."""

    origin: str = ORIGIN
    framed: bool = False
    top: str = ""
    """The page around the frame, which browsers name since level 3; empty: none."""
    flags: FLAG = FLAG.UP | FLAG.UV
    counts: bool = True
    algorithm: int = -7
    tells: bool = True
    """Whether it tells of the key that it has made."""
    count: int = 0
    rp_id: str = "testserver"
    handle: bytes = b""
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    id: bytes = field(default_factory=lambda: os.urandom(32))

    def made(self, options: dict[str, Any]) -> dict[str, Any]:
        """What the browser answers to options of a registration."""
        self.handle = websafe_decode(options["user"]["id"])
        public = _public(self.private)
        public[3] = self.algorithm
        credential = AttestedCredentialData.create(Aaguid.NONE, self.id, public)
        data = self._data(FLAG.AT, credential) if self.tells else self._data(FLAG(0), None)
        attestation = AttestationObject.create("none", data, {})
        return self._credential(
            clientDataJSON=websafe_encode(self._client("webauthn.create", options)),
            attestationObject=websafe_encode(attestation),
        )

    def used(self, options: dict[str, Any], **changes: str) -> dict[str, Any]:
        """What it answers to options of an authentication."""
        client = self._client("webauthn.get", options)
        data = self._data(FLAG(0), None)
        signed = bytes(data) + hashlib.sha256(client).digest()
        return self._credential(
            **{
                "clientDataJSON": websafe_encode(client),
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(self.private.sign(signed, ec.ECDSA(SHA256()))),
                "userHandle": websafe_encode(self.handle),
                **changes,
            }
        )

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        return json.dumps(
            {
                "type": kind,
                "challenge": options["challenge"],
                "origin": self.origin,
                "crossOrigin": self.framed,
                **({"topOrigin": self.top} if self.top else {}),
            }
        ).encode()

    def _data(self, flag: FLAG, credential: AttestedCredentialData | None) -> AuthenticatorData:
        self.count += self.counts
        data: AuthenticatorData = AuthenticatorData.create(
            hashlib.sha256(self.rp_id.encode()).digest(),
            self.flags | flag,
            self.count,
            bytes(credential) if credential else b"",
        )
        return data

    def _credential(self, **response: str) -> dict[str, Any]:
        spelt = websafe_encode(self.id)
        return {
            "id": spelt,
            "rawId": spelt,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }


def _public(key: ec.EllipticCurvePrivateKey) -> ES256:
    made: ES256 = ES256.from_cryptography_key(key.public_key())  # type: ignore[no-untyped-call]
    return made


def with_key(caller: Caller, key: SecurityKey, name: str = "Key") -> dict[str, Any]:
    """Add ``key`` to the account of ``caller``; the reply."""
    asked = caller.post("/auth/passkeys/options").json()
    reply = caller.post(
        "/auth/passkeys",
        {"state": asked["state"], "credential": key.made(asked["options"]), "name": name},
    )
    assert reply.status_code == 201, reply.content
    added: dict[str, Any] = reply.json()
    return added
