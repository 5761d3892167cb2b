from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID

from platform_site.secrets import archive
from platform_site.secrets.generation import Files


@pytest.fixture(scope="module")
def made() -> Files:
    return archive.key_material()


@pytest.mark.parametrize(("file", "name"), [("server", archive.SERVER), ("client", archive.CLIENT)])
def test_each_side_is_certified_by_the_one_authority(made: Files, file: str, name: str) -> None:
    authority = x509.load_pem_x509_certificate(made["ca.pem"].encode())
    certificate = x509.load_pem_x509_certificate(made[f"{file}-cert.pem"].encode())
    certificate.verify_directly_issued_by(authority)
    (told,) = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert told.value == name
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [name]
    key = load_pem_private_key(made[f"{file}-key.pem"].encode(), password=None)
    assert key.public_key() == certificate.public_key()
    lasts = certificate.not_valid_after_utc - datetime.now(UTC)
    assert lasts > timedelta(days=3600)


def test_nobody_can_certify_another_client(made: Files) -> None:
    assert set(made) == {
        *("passphrase", "ca.pem", "server-cert.pem", "server-key.pem"),
        *("client-cert.pem", "client-key.pem"),
    }
    client = x509.load_pem_x509_certificate(made["client-cert.pem"].encode())
    assert not client.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_each_passphrase_is_new_and_long(made: Files) -> None:
    assert made["passphrase"] != archive.key_material()["passphrase"]
    assert len(made["passphrase"]) > 40
