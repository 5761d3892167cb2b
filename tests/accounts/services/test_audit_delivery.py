"""A receiver that verifies each signature, and fails as it is told, gets every entry in order."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from accounts import metrics
from accounts.audit_chain import SHARDS, content_digest, link_hash
from accounts.models import AuditDelivery, AuditEntry
from accounts.services import audit_delivery
from accounts.services.audit import audit_record
from accounts.services.audit_delivery import audit_deliver, audit_resend

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
    audit_deliver()  # from now on
    record(1)
    AuditEntry.objects.update(created_at=timezone.now() - timedelta(hours=2))
    siem.answers = [500]
    audit_deliver()
    assert 7200 < metrics.AUDIT_UNDELIVERED._value.get() < 7260
    again()
    assert metrics.AUDIT_UNDELIVERED._value.get() == 0


def old_and_new(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Two entries of days ago and, when the receiver is set, one more; their times."""
    record(3)
    now = timezone.now()
    times = [now - timedelta(days=9), now - timedelta(days=2), now + timedelta(seconds=1)]
    for number, at in enumerate(times, 1):
        AuditEntry.objects.filter(sequence=number).update(created_at=at)
    monkeypatch.setattr(audit_delivery, "STARTED_AT", now)
    return times


@pytest.mark.parametrize(("has_history", "first"), [(False, 3), (True, 1)])
def test_a_receiver_gets_what_comes_from_now_on_or_all_there_is(
    siem: Siem,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    *,
    has_history: bool,
    first: int,
) -> None:
    old_and_new(monkeypatch)
    settings.AUDIT_WEBHOOK_HISTORY = has_history
    assert audit_deliver() == 4 - first
    settings.AUDIT_WEBHOOK_HISTORY = not has_history  # a cursor that is there stays
    record(1)
    assert audit_deliver() == 1
    assert [entry["sequence"] for entry in siem.entries()] == list(range(first, 5))


def test_older_entries_follow_when_they_are_asked_for_and_none_is_ever_left_out(
    siem: Siem, monkeypatch: pytest.MonkeyPatch
) -> None:
    _oldest, middle, _new = old_and_new(monkeypatch)
    assert audit_deliver() == 1
    for _time in range(2):  # the second one changes nothing
        call_command("resend_audit", since=middle, stdout=StringIO())
        # One that was recorded before the next one, and has a later time.
        call_command("resend_audit", since=timezone.now(), stdout=StringIO())
    assert audit_deliver() == 2
    assert [entry["sequence"] for entry in siem.entries()] == [3, 2, 3]
    said = StringIO()
    call_command("resend_audit", "--since", "2000-01-01T00:00:00Z", stdout=said)
    assert "once more, within a minute: 3." in said.getvalue()
    siem.answers = [500]
    assert audit_deliver() == 0
    assert audit_resend(since=middle) == 0, "the batch under way is sent again as it was"
    assert again() == 3
    assert siem.ids[-3:] == ["audit_0_1_2", "audit_0_1_2", "audit_0_3_3"]


def test_a_sender_that_is_overtaken_by_a_resend_confirms_nothing(siem: Siem) -> None:
    record(4)
    assert audit_deliver() == 4
    record(1)
    taken = audit_delivery._take(0)
    assert taken is not None
    assert audit_resend(since=timezone.now() - timedelta(days=1)) == 4
    assert audit_delivery._send(taken) == 1
    assert AuditDelivery.objects.get(shard=0).sequence == 0
    assert again() == 5
    assert AuditDelivery.objects.get(shard=0).sequence == 5


@pytest.mark.parametrize("since", ["2026-11-28T00:00:00", "2026-11-28", "yesterday"])
def test_a_time_that_is_anybodys_guess_is_refused(siem: Siem, since: str) -> None:
    with pytest.raises(CommandError, match="--since"):
        call_command("resend_audit", "--since", since)
    assert siem.ids == []


def test_nothing_is_sent_where_no_url_is_set(siem: Siem, settings: Settings) -> None:
    settings.AUDIT_WEBHOOK_URL = ""
    record(1)
    assert audit_deliver() == 0
    with pytest.raises(CommandError, match="there is no receiver"):
        call_command("resend_audit", since=timezone.now())
    assert (siem.ids, AuditDelivery.objects.count()) == ([], 0)
