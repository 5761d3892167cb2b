"""An authority of certificates, for servers of tests that speak TLS."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """Who signs certificates; its own is in ``file``."""

    file: Path
    name: x509.Name
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def of(cls, file: Path) -> Self:
        """One that did not exist before, its certificate in ``file``."""
        made = cls(file, _name(file.stem), ec.generate_private_key(ec.SECP256R1()))
        whole = made._begun(made.name, made.key.public_key(), datetime.now(UTC) - DAY)
        whole = whole.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        signed = whole.sign(made.key, hashes.SHA256())
        file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        return made

    def certify(self, file: Path, of: x509.GeneralName, *, since: datetime | None = None) -> Path:
        """A new key and its certificate for ``of`` in ``file``, good for two days.

        They begin at ``since``, or a day ago.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._begun(_name("server"), key.public_key(), since or datetime.now(UTC) - DAY)
        names = x509.SubjectAlternativeName([of])
        signed = made.add_extension(names, critical=False).sign(self.key, hashes.SHA256())
        text = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        file.write_bytes(text + signed.public_bytes(serialization.Encoding.PEM))
        return file

    def _begun(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, since: datetime
    ) -> x509.CertificateBuilder:
        number = x509.random_serial_number()
        ours = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        return (
            x509.CertificateBuilder(self.name, subject, key, number, since, since + 2 * DAY)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(ours, critical=False)
        )


def _name(word: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, word)])
