"""A receiver that verifies each signature, and fails as it is told, gets every entry in order."""

import base64
import hashlib
import hmac
import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts import audit_webhook, metrics
from accounts.audit_chain import GENESIS, SHARDS, content_digest, link_hash
from accounts.models import AuditDelivery, AuditEntry
from accounts.services import audit_delivery
from accounts.services.audit import audit_record
from accounts.services.audit_delivery import audit_deliver

pytestmark = pytest.mark.django_db
SECRET = b"a secret of thirty-two bytes !!!"
SOMEBODY = UUID(int=SHARDS * 100)
"""Whose entries are in the chain 0."""


@dataclass
class Siem:
    """What came, and what is answered next: a status, or 0 to hang up; 204 once all is used."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)

    def entries(self) -> list[dict[str, Any]]:
        """Those of the batches that it said it took, each id once."""
        return [entry for body in self.taken.values() for entry in body["data"]["entries"]]


@pytest.fixture
def siem(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Siem]:
    found = Siem()

    class Receiver(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            webhook_id, at = self.headers["webhook-id"], self.headers["webhook-timestamp"]
            signed = f"{webhook_id}.{at}.".encode() + body
            digest = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
            assert f"v1,{digest}" in self.headers["webhook-signature"].split(" ")
            assert abs(time.time() - int(at)) < 60
            found.ids.append(webhook_id)
            found.bodies.append(json.loads(body))
            status = found.answers.pop(0) if found.answers else 204
            if not status:
                self.close_connection = True
                return
            if 200 <= status < 300:
                found.taken[webhook_id] = json.loads(body)
            self.send_response(status)
            if status == 307:
                self.send_header("Location", f"{found.url}/elsewhere")
            if status == 429:
                self.send_header("Retry-After", "900")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        found.url = f"http://127.0.0.1:{server.server_address[1]}/audit?source=platform"
        settings.AUDIT_WEBHOOK_URL = found.url
        settings.AUDIT_WEBHOOK_SECRETS = [SECRET]
        monkeypatch.setattr(audit_delivery, "BATCH", 2)
        yield found
        server.shutdown()
        thread.join()


def record(count: int) -> None:
    for number in range(count):
        audit_record("factor.add", user_id=SOMEBODY, by=SOMEBODY, number=str(number), word="é")


def paused_s() -> int:
    row = AuditDelivery.objects.get(shard=0)
    return round((row.due_at - timezone.now()).total_seconds())


def again() -> int:
    """After the pause."""
    AuditDelivery.objects.update(due_at=timezone.now())
    return audit_deliver()


def test_all_of_a_chain_comes_in_order_in_batches_and_can_be_verified(siem: Siem) -> None:
    record(5)
    assert audit_deliver() == 5
    assert siem.ids == ["audit_0_1_2", "audit_0_3_4", "audit_0_5_5"]
    assert siem.bodies[0]["type"] == "audit.entries"
    for number, entry in enumerate(siem.entries(), 1):
        place = {name: entry.pop(name) for name in ("shard", "sequence", "previous", "hash")}
        assert (place["sequence"], entry["details"]["word"]) == (number, "é")
        assert place["hash"] == link_hash(
            shard=0,
            sequence=number,
            previous=place["previous"],
            content=content_digest(entry),
        )
    assert audit_deliver() == 0
    assert len(siem.ids) == 3


@pytest.mark.parametrize("failure", [0, 307, 410, 429, 500, 503])
def test_what_was_not_taken_is_sent_again_as_it_was(siem: Siem, failure: int) -> None:
    record(1)
    siem.answers = [failure]
    assert audit_deliver() == 0
    assert AuditDelivery.objects.get(shard=0).sequence == 0
    record(1)  # later than the batch that is tried again
    assert audit_deliver() == 0, "not before the pause is over"
    assert again() == 2
    assert siem.ids == ["audit_0_1_1", "audit_0_1_1", "audit_0_2_2"]
    assert siem.bodies[0] == siem.bodies[1]
    assert [entry["sequence"] for entry in siem.entries()] == [1, 2]


def test_pauses_grow_and_a_receiver_may_ask_for_one(siem: Siem) -> None:
    record(1)
    siem.answers = [500, 500, 500, 429]
    for longest in (6, 11, 22, 990):
        again()
        assert longest / 2.4 < paused_s() <= longest
    AuditDelivery.objects.update(attempts=40)
    siem.answers = [500]
    again()
    assert 1600 < paused_s() <= 1980
    assert again() == 1
    assert AuditDelivery.objects.get(shard=0).attempts == 0


def test_one_batch_that_is_refused_holds_up_no_other_chain_and_an_outage_all(siem: Siem) -> None:
    record(1)
    audit_record("factor.add", user_id=UUID(int=SHARDS + 1), by=None)
    shards = {entry.shard for entry in AuditEntry.objects.all()}
    assert len(shards) == 2
    siem.answers = [400]
    assert audit_deliver() == 1
    assert len(siem.ids) == 2
    audit_record("factor.add", user_id=UUID(int=SHARDS + 2), by=None)
    siem.answers = [503]
    assert again() == 0
    assert len(siem.ids) == 3, "the others are not tried, for they would fare no better"
    assert again() == 2
    assert {entry["shard"] for entry in siem.entries()} == {0, 1, 2}


def test_two_processes_send_nothing_twice(siem: Siem) -> None:
    record(9)
    AuditDelivery.objects.bulk_create([AuditDelivery(shard=shard) for shard in range(SHARDS)])
    row = AuditDelivery.objects.get(shard=0)
    taken = audit_delivery._take(0)
    assert taken is not None
    assert audit_deliver() == 0, "somebody else has it"
    assert audit_delivery._send(taken) == 2
    assert audit_deliver() == 7
    assert sorted(set(siem.ids)) == sorted(siem.ids)
    # One that slept through its lease, and whose batch another one has sent meanwhile.
    AuditDelivery.objects.filter(shard=0).update(under_way=row.sequence + 2)
    record(1)
    assert audit_delivery._send(taken) == 2
    assert AuditDelivery.objects.get(shard=0).sequence == 9
    assert audit_deliver() == 1


def test_the_lag_is_the_age_of_the_oldest_that_was_not_taken(siem: Siem) -> None:
    record(1)
    AuditEntry.objects.update(created_at=timezone.now() - timedelta(hours=2))
    siem.answers = [500]
    audit_deliver()
    assert 7200 < metrics.AUDIT_UNDELIVERED._value.get() < 7260
    again()
    assert metrics.AUDIT_UNDELIVERED._value.get() == 0


def test_nothing_is_sent_where_no_url_is_set(siem: Siem, settings: Settings) -> None:
    settings.AUDIT_WEBHOOK_URL = ""
    record(1)
    assert audit_deliver() == 0
    assert (siem.ids, AuditDelivery.objects.count()) == ([], 0)


def test_each_secret_signs_while_one_is_replaced(settings: Settings) -> None:
    settings.AUDIT_WEBHOOK_SECRETS = [b"n" * 24, SECRET]
    headers = audit_webhook.webhook_headers("audit_1_2_3", b"{}", at=timezone.now())
    first, second = headers["webhook-signature"].split(" ")
    signed = f"audit_1_2_3.{headers['webhook-timestamp']}.{{}}".encode()
    assert second == f"v1,{base64.b64encode(hmac.digest(SECRET, signed, 'sha256')).decode()}"
    assert first != second


def test_the_receiver_in_the_documentation_believes_what_we_send_and_nothing_else(
    settings: Settings,
) -> None:
    page = Path("docs/api.md").read_text(encoding="utf-8").partition("## The audit")[2]
    documented: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0], documented)  # noqa: S102 - ours
    settings.AUDIT_WEBHOOK_SECRETS = [b"n" * 24, SECRET]
    whsec = f"whsec_{base64.b64encode(SECRET).decode()}"
    record(3)
    entries = list(AuditEntry.objects.filter(shard=0).order_by("sequence"))
    body = audit_delivery.Batch(AuditDelivery(shard=0), entries).body()
    headers = audit_webhook.webhook_headers("audit_0_1_3", body, at=timezone.now())
    found = documented["entries_of"](body, headers, whsec)
    assert [entry["id"] for entry in found] == [str(entry.id) for entry in entries]
    previous = GENESIS
    for entry in found:
        assert documented["is_as_written"](entry, previous)
        assert not documented["is_as_written"]({**entry, "outcome": "refused"}, previous)
        assert not documented["is_as_written"](entry, "0" * 63 + "1")
        previous = entry["hash"]
    late = audit_webhook.webhook_headers(
        "audit_0_1_3", body, at=timezone.now() - timedelta(minutes=6)
    )
    for other_body, other, secret in (
        (body + b" ", headers, whsec),
        (body, {**headers, "webhook-id": "audit_0_1_4"}, whsec),
        (body, late, whsec),
        (body, headers, f"whsec_{base64.b64encode(b'm' * 24).decode()}"),
    ):
        with pytest.raises(ValueError, match=r"too old|somebody else"):
            documented["entries_of"](other_body, other, secret)
