"""What the receiver of the audit verifies, and who is believed to be it."""

import base64
import hmac
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.audit_chain import GENESIS, SHARDS
from accounts.audit_webhook import webhook_headers
from accounts.models import AuditDelivery, AuditEntry
from accounts.services.audit import audit_record
from accounts.services.audit_delivery import Batch

SECRET = b"a secret of thirty-two bytes !!!"
SOMEBODY = UUID(int=SHARDS * 100)
"""Whose entries are in the chain 0."""


def test_each_secret_signs_while_one_is_replaced(settings: Settings) -> None:
    settings.AUDIT_WEBHOOK_SECRETS = [b"n" * 24, SECRET]
    headers = webhook_headers("audit_1_2_3", b"{}", at=timezone.now())
    first, second = headers["webhook-signature"].split(" ")
    signed = f"audit_1_2_3.{headers['webhook-timestamp']}.{{}}".encode()
    assert second == f"v1,{base64.b64encode(hmac.digest(SECRET, signed, 'sha256')).decode()}"
    assert first != second


@pytest.mark.django_db
def test_the_receiver_in_the_documentation_believes_what_we_send_and_nothing_else(
    settings: Settings,
) -> None:
    page = Path("docs/api.md").read_text(encoding="utf-8").partition("## The audit")[2]
    documented: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0], documented)  # noqa: S102 - ours
    settings.AUDIT_WEBHOOK_SECRETS = [b"n" * 24, SECRET]
    whsec = f"whsec_{base64.b64encode(SECRET).decode()}"
    for number in range(3):
        audit_record("factor.add", user_id=SOMEBODY, by=SOMEBODY, number=str(number), word="é")
    entries = list(AuditEntry.objects.filter(shard=0).order_by("sequence"))
    body = Batch(AuditDelivery(shard=0), entries).body()
    headers = webhook_headers("audit_0_1_3", body, at=timezone.now())
    found = documented["entries_of"](body, headers, whsec)
    assert [entry["id"] for entry in found] == [str(entry.id) for entry in entries]
    previous = GENESIS
    for entry in found:
        assert documented["is_as_written"](entry, previous)
        assert not documented["is_as_written"]({**entry, "outcome": "refused"}, previous)
        assert not documented["is_as_written"](entry, "0" * 63 + "1")
        previous = entry["hash"]
    late = webhook_headers("audit_0_1_3", body, at=timezone.now() - timedelta(minutes=6))
    for other_body, other, secret in (
        (body + b" ", headers, whsec),
        (body, {**headers, "webhook-id": "audit_0_1_4"}, whsec),
        (body, late, whsec),
        (body, headers, f"whsec_{base64.b64encode(b'm' * 24).decode()}"),
    ):
        with pytest.raises(ValueError, match=r"too old|somebody else"):
            documented["entries_of"](other_body, other, secret)
