"""Which site a passkey belongs to (WebAuthn's relying party), by the origin of its pages."""

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from fido2.server import Fido2Server
from fido2.webauthn import AttestationConveyancePreference, PublicKeyCredentialRpEntity

LOOPBACK: Final = "localhost"


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


def fido_server(rp_id: str, origin: str) -> Fido2Server:
    """The protocol for ``rp_id``, with answers from pages of ``origin`` or TRUSTED_ORIGINS."""
    trusted = {origin, *settings.TRUSTED_ORIGINS}
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=rp_id, name=settings.TOTP_ISSUER),
        attestation=AttestationConveyancePreference.NONE,
        verify_origin=lambda seen: seen in trusted,
    )
