from datetime import UTC, datetime

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from accounts.signing_keys import current_keyset


def pem(key: PrivateKeyTypes) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def entry(kid: str, sign_from: str, key: PrivateKeyTypes | None = None) -> dict[str, str]:
    private = key or ec.generate_private_key(ec.SECP256R1())
    return {"kid": kid, "sign_from": sign_from, "private_pem": pem(private)}


@pytest.fixture
def three_keys(settings: Settings) -> None:
    settings.SIGNING_KEYS = {
        "keys": [
            entry("old", "2026-01-01T00:00:00Z"),
            entry("next", "2026-03-01T00:00:00+00:00"),
            entry("now", "2026-02-01T00:00:00Z"),
        ]
    }


@pytest.mark.usefixtures("three_keys")
def test_the_newest_key_whose_time_has_come_signs() -> None:
    keyset = current_keyset()
    assert keyset.signer(at=datetime(2026, 1, 15, tzinfo=UTC)).kid == "old"
    assert keyset.signer(at=datetime(2026, 2, 1, tzinfo=UTC)).kid == "now"
    assert keyset.signer(at=datetime(2026, 3, 2, tzinfo=UTC)).kid == "next"


@pytest.mark.usefixtures("three_keys")
def test_no_key_signs_before_its_time() -> None:
    with pytest.raises(ImproperlyConfigured):
        current_keyset().signer(at=datetime(2025, 12, 31, tzinfo=UTC))


@pytest.mark.usefixtures("three_keys")
def test_every_key_is_published_before_it_signs_and_after() -> None:
    published = orjson.loads(current_keyset().document)["keys"]
    assert [key["kid"] for key in published] == ["old", "next", "now"]


@pytest.mark.usefixtures("three_keys")
def test_keys_are_parsed_once() -> None:
    assert current_keyset() is current_keyset()


@pytest.mark.parametrize(
    "bad",
    [
        {"kid": "k", "sign_from": "2026-01-01T00:00:00Z", "private_pem": "no key"},
        entry("k", "yesterday"),
        entry("k", "2026-01-01T00:00:00"),
        entry("k", "2026-01-01T00:00:00Z", ec.generate_private_key(ec.SECP384R1())),
        entry("k", "2026-01-01T00:00:00Z", rsa.generate_private_key(65537, 2048)),
    ],
    ids=["not a key", "not a time", "no time zone", "another curve", "another algorithm"],
)
def test_a_key_that_cannot_sign_es256_is_refused(settings: Settings, bad: dict[str, str]) -> None:
    settings.SIGNING_KEYS = {"keys": [bad]}
    with pytest.raises(ImproperlyConfigured, match=r"^SIGNING_KEYS: ") as refusal:
        current_keyset()
    assert bad["private_pem"] not in str(refusal.value)


def test_two_keys_of_one_kid_are_refused(settings: Settings) -> None:
    settings.SIGNING_KEYS = {
        "keys": [entry("k", "2026-01-01T00:00:00Z"), entry("k", "2026-02-01T00:00:00Z")]
    }
    with pytest.raises(ImproperlyConfigured):
        current_keyset()
