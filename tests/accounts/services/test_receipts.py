"""Receipts of deleted accounts: what they prove, for how long, and what they do not open."""

import json
from io import StringIO
from pathlib import Path

import jwt
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from joserfc import jws
from joserfc.jwk import KeySet
from pytest_django import Settings

from accounts.models import Receipt, ReceiptKey, User
from accounts.services.receipts import ReceiptInvalid, receipt_make, receipt_verify
from accounts.tokens import access_token_issue
from platform_site.kit.auth.tokens import TokenInvalid, verifier
from platform_site.kit.identifiers import uuid7
from platform_site.secrets.generation import signing_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def receipt(alice_user: User) -> str:
    now = timezone.now()
    return receipt_make(user=alice_user, closed_at=now, deleted_at=now, images=3, size=7_000)


def changed(receipt: str, part: int) -> str:
    parts = receipt.split(".")
    parts[part] = parts[part][:-6] + ("AAAAAA" if parts[part][-6:] != "AAAAAA" else "BBBBBB")
    return ".".join(parts)


def test_anybody_verifies_it_with_the_published_keys(receipt: str) -> None:
    published = Client().get("/auth/receipt-keys")
    assert published.status_code == 200
    keys = published.json()["keys"]
    assert [set(key) for key in keys] == [{"kty", "crv", "x", "y", "alg", "use", "kid"}]
    found = jws.deserialize_compact(receipt, KeySet.import_key_set(published.json()))
    assert json.loads(found.payload)["images_deleted"] == 3


def test_it_outlives_the_key_that_signed_it(receipt: str, settings: Settings) -> None:
    before = receipt_verify(receipt)
    pair = signing_key()
    key = {"kid": "next", "sign_from": "2026-01-01T00:00:00Z", "private_pem": pair.private_pem}
    settings.SIGNING_KEYS = {"keys": [key]}
    assert receipt_verify(receipt) == before
    assert before.is_recorded


@pytest.mark.parametrize("part", [0, 1, 2])
def test_no_character_of_it_can_be_changed(receipt: str, part: int) -> None:
    with pytest.raises(ReceiptInvalid):
        receipt_verify(changed(receipt, part))


def test_what_else_we_sign_is_no_receipt_and_a_receipt_opens_nothing(
    receipt: str, alice_user: User
) -> None:
    with pytest.raises(ReceiptInvalid):
        receipt_verify(access_token_issue(user=alice_user, session_id=uuid7()))
    for kind in ("at+jwt", "svc+jwt"):
        with pytest.raises(TokenInvalid):
            verifier().claims(receipt, typ=kind, audience="auth")
    assert (
        Client(headers={"Authorization": f"Bearer {receipt}"}).get("/auth/profile").status_code
        == 401
    )


def test_a_key_that_has_signed_none_is_not_believed(receipt: str) -> None:
    ReceiptKey.objects.all().delete()
    with pytest.raises(ReceiptInvalid):
        receipt_verify(receipt)


def test_the_command_reads_what_was_mailed(receipt: str, tmp_path: Path) -> None:
    file = tmp_path / "receipt.txt"
    file.write_text(f"{receipt[:70]}\n{receipt[70:]}\n")
    out = StringIO()
    call_command("verify_receipt", str(file), stdout=out)
    assert '"images_deleted": 3' in out.getvalue()
    Receipt.objects.all().delete()
    with pytest.raises(CommandError, match="no such receipt was recorded"):
        call_command("verify_receipt", str(file), stdout=StringIO())
    file.write_text("nonsense")
    with pytest.raises(CommandError, match="no receipt of ours"):
        call_command("verify_receipt", str(file), stdout=StringIO())
    with pytest.raises(CommandError, match="No such file"):
        call_command("verify_receipt", str(tmp_path / "nowhere"), stdout=StringIO())


def test_it_names_its_key_and_hides_the_address(receipt: str, alice_user: User) -> None:
    header = jwt.get_unverified_header(receipt)
    assert header["typ"] == "deletion-receipt+jwt"
    assert header["kid"] == ReceiptKey.objects.get().thumbprint
    assert alice_user.email not in str(receipt_verify(receipt).claims)
