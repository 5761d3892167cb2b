"""Which site a passkey belongs to (WebAuthn's relying party), and what the site asks of answers."""

import json
import struct
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestationConveyancePreference,
    AuthenticationResponse,
    AuthenticatorData,
    CollectedClientData,
    PublicKeyCredentialRpEntity,
    RegistrationResponse,
)

LOOPBACK: Final = "localhost"
CREDENTIAL_ID_BYTES: Final = 1023
"""The most that WebAuthn allows."""
ALGORITHM: Final = 3
"""Of a key's members (COSE, RFC 9052, 7.1) the one that names its algorithm."""
MALFORMED: Final = (
    *(ValueError, TypeError, KeyError, AttributeError, IndexError, AssertionError),
    *(NotImplementedError, RecursionError, struct.error),
)
"""What ``fido2`` raises for an answer that is not right, or not of its form."""


def relying_party_id(origin: str) -> str:
    """The host of ``origin``; an address of the loopback stands for ``localhost``.

    Browsers make no passkeys for an IP address: there the pages must be opened by name.

    >>> relying_party_id("https://photos.example:8443"), relying_party_id("http://127.0.0.1:8000")
    ('photos.example', 'localhost')
    """
    host = urlsplit(origin).hostname or LOOPBACK
    try:
        ip_address(host)
    except ValueError:
        return host
    return LOOPBACK


def passkeys_usable(*, here: str, origin: str) -> bool:
    """Whether a page of the origin ``here`` can ask for the passkeys of ``origin``.

    Browsers let the host itself and what is below it; its answer is taken from the same origins as
    by `fido_server`.
    """
    host, rp_id = urlsplit(here).hostname or "", relying_party_id(origin)
    return here in _trusted(origin) and f".{host}".endswith(f".{rp_id}")


def fido_server(rp_id: str, origin: str) -> Fido2Server:
    """The protocol for ``rp_id``, with answers from pages of ``origin`` or TRUSTED_ORIGINS."""
    trusted = _trusted(origin)
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=rp_id, name=settings.TOTP_ISSUER),
        attestation=AttestationConveyancePreference.NONE,
        verify_origin=lambda seen: seen in trusted,
    )


def registration_read(credential: Mapping[str, Any]) -> RegistrationResponse:
    """What a browser made, by the rules of WebAuthn (level 3, 7.1) that ``fido2`` leaves out.

    Raises one of `MALFORMED`: also for a key of an algorithm that was not offered, with which
    nobody could ever sign in.
    """
    found = RegistrationResponse.from_dict(credential)
    data = found.response.attestation_object.auth_data
    _rules_hold(found.response.client_data, data)
    if data.credential_data is None:
        raise ValueError("There is no credential.")
    if len(data.credential_data.credential_id) > CREDENTIAL_ID_BYTES:
        raise ValueError("The id of the credential is too long.")
    if data.credential_data.public_key.get(ALGORITHM) not in CoseKey.supported_algorithms():
        raise ValueError("The algorithm was not offered.")
    return found


def authentication_read(credential: Mapping[str, Any]) -> AuthenticationResponse:
    """What a browser answered, by the rules (7.2) that are left out. Raises one of `MALFORMED`."""
    found = AuthenticationResponse.from_dict(credential)
    _rules_hold(found.response.client_data, found.response.authenticator_data)
    return found


def _trusted(origin: str) -> set[str]:
    return {origin, *settings.TRUSTED_ORIGINS}


def _rules_hold(client: CollectedClientData, data: AuthenticatorData) -> None:
    # ``fido2`` does not read who is around the frame (level 3).
    if client.cross_origin or "topOrigin" in json.loads(client):
        raise ValueError("A page of another site has asked, in a frame.")
    flag = AuthenticatorData.FLAG
    if data.flags & flag.BS and not data.flags & flag.BE:
        raise ValueError("There cannot be a copy of what may not be copied.")
