"""What the component `backup` keeps secret: a passphrase, and who may read PostgreSQL's files.

The store's own credentials are not among it: whoever runs the store gives them out.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from platform_site.kit.identifiers import random_token
from platform_site.secrets.generation import Files

SERVER: Final = "postgresql-archive"
"""The Service by whose name the Jobs ask for PostgreSQL's files."""
CLIENT: Final = "archive-client"
LASTS: Final = timedelta(days=3650)
STORE: Final = ("s3-access-key-id", "s3-secret-access-key")
"""The files that a person writes."""


@dataclass(frozen=True, slots=True, repr=False)
class _Certified:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def signed(cls, name: str, by: Self | None) -> Self:
        """A new one for ``name``; an authority, by itself, without one to sign it."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        issuer, signer = (by.certificate.subject, by.key) if by else (subject, key)
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
        built = (
            x509.CertificateBuilder(
                issuer,
                subject,
                key.public_key(),
                x509.random_serial_number(),
                now - timedelta(days=1),
                now + LASTS,
            )
            .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(identifier, critical=False)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        )
        return cls(built.sign(signer, SHA256()), key)

    def files(self, name: str) -> Files:
        """The two as PEM."""
        return {
            f"{name}-cert.pem": self.certificate.public_bytes(Encoding.PEM).decode(),
            f"{name}-key.pem": self.key.private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            ).decode(),
        }


def key_material(server: str = SERVER) -> Files:
    """A new passphrase, and certificates of an authority of which nobody keeps the key."""
    authority = _Certified.signed("archive", None)
    return {
        "passphrase": random_token(32),
        "ca.pem": authority.certificate.public_bytes(Encoding.PEM).decode(),
        **_Certified.signed(server, authority).files("server"),
        **_Certified.signed(CLIENT, authority).files("client"),
    }
