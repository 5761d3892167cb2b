"""What images deletes for good is in the audit of its owner, once, whatever is lost on the way."""

from typing import Any

import pytest
from django.db import DataError
from django.test import Client

from accounts import image_acts
from accounts.audit_chain import AuditContent
from accounts.metrics import AUDIT_IMAGES_BEHIND
from accounts.models import AuditEntry, User
from accounts.services import audit_acts
from accounts.services.audit import audit_adopt
from accounts.services.audit_acts import Backlog, acts_take
from accounts.services.audit_verification import audit_verify
from images.api import acts
from images.models import ImageAct
from images.services.acts import act_record
from platform_site.kit.identifiers import uuid7
from platform_site.kit.upstream.http import UpstreamUnavailable
from tests.accounts.callers import in_parallel
from tests.gateway.contracts.conftest import picture
from tests.gateway.contracts.test_providers import upload

DELETES = AuditEntry.objects.filter(act="image.delete").order_by("created_at")
PLACE = {"REMOTE_ADDR": "203.0.113.9", "HTTP_USER_AGENT": "Firefox"}


def deleted(client: Client) -> str:
    """The id of an image that is gone for good."""
    image: dict[str, Any] = upload(client, picture()).json()["image"]
    client.defaults.update(PLACE)
    path = f"/api/v1/images/{image['id']}"
    reply = client.delete(f"{path}?permanent=true", headers={"If-Match": "*"})
    assert reply.status_code == 202, reply.content
    return str(image["id"])


def test_a_deletion_for_good_is_recorded_with_who_and_from_where(alice_client: Client) -> None:
    image_id = deleted(alice_client)
    assert acts_take() == 1
    entry, alice = DELETES.get(), User.objects.get(email="alice@example.com")
    assert (entry.user_id, entry.by_id, entry.target) == (alice.id, alice.id, image_id)
    assert (entry.address, entry.device, entry.details) == ("203.0.113.9", "Firefox", {})
    assert entry.request_id
    assert not ImageAct.objects.exists()
    (shown,) = alice_client.get("/auth/audit", {"act": "image"}).json()["results"]
    assert (shown["act"], shown["by"], shown["address"]) == ("image.delete", "you", "203.0.113.9")
    assert audit_verify().findings == []


def test_what_was_refused_or_only_thrown_into_the_trash_is_not(alice_client: Client) -> None:
    image = upload(alice_client, picture()).json()["image"]
    path = f"/api/v1/images/{image['id']}"
    refused = alice_client.delete(f"{path}?permanent=true", headers={"If-Match": '"99"'})
    assert refused.status_code == 412
    assert alice_client.delete(path, headers={"If-Match": "*"}).status_code == 204
    assert acts_take() == 0
    assert not ImageAct.objects.exists()


def test_an_act_that_is_told_of_twice_has_one_entry(
    alice_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted(alice_client)

    def lost(_ids: object) -> None:
        raise UpstreamUnavailable("images")

    with monkeypatch.context() as patched:
        patched.setattr(audit_acts, "acts_taken", lost)
        assert acts_take() == 1
    assert ImageAct.objects.count() == 1
    assert acts_take() == 0
    assert (DELETES.count(), ImageAct.objects.count()) == (1, 0)


def test_two_processes_that_ask_at_once_record_it_once(alice_client: Client) -> None:
    deleted(alice_client)
    assert sum(in_parallel(4, lambda _number: acts_take())) == 1
    assert DELETES.count() == 1
    assert audit_verify().findings == []


def test_images_is_believed_about_its_own_acts_and_owners_alone(
    alice_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it is not believed is recorded of nobody, and holds up nothing that comes later."""
    monkeypatch.setattr(acts, "AT_ONCE", 2)
    owner, stranger = uuid7(), uuid7()
    for number in range(3):
        act_record("password.change", owner_id=owner, by=owner, target=str(number))
    act_record("image.delete", owner_id=owner, by=stranger, reason="theirs")
    act_record("image.delete", owner_id=owner, by=owner)
    assert acts_take() == 5
    assert not ImageAct.objects.exists()
    assert AuditEntry.objects.get(user_id=owner).act == "image.delete"
    unknown = AuditEntry.objects.filter(act="image.unknown").order_by("id")
    assert {(one.user_id, one.by_id, one.outcome) for one in unknown} == {(None, None, "refused")}
    assert [one.target for one in unknown] == ["0", "1", "2", ""]
    told = {"told_act": "image.delete", "told_owner": str(owner), "told_by": str(stranger)}
    assert unknown[3].details == {**told, "reason": "theirs"}
    assert audit_verify().findings == []


def test_an_act_that_cannot_be_written_holds_up_no_other_and_is_told_of(
    alice_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, clock = uuid7(), [100.0]
    monkeypatch.setattr(audit_acts, "backlog", Backlog(clock=lambda: clock[0]))
    for number in range(3):
        act_record("image.delete", owner_id=owner, by=owner, target=str(number))

    def adopt(act: AuditContent) -> None:
        if act.target == "1":
            raise DataError
        audit_adopt(act)

    with monkeypatch.context() as patched:
        patched.setattr(audit_acts, "audit_adopt", adopt)
        for clock[0] in (100.0, 2000.0):
            acts_take()
    assert [act.target for act in ImageAct.objects.all()] == ["1"]
    assert AUDIT_IMAGES_BEHIND._value.get() == 1900
    assert acts_take() == 1
    assert AUDIT_IMAGES_BEHIND._value.get() == 0
    with monkeypatch.context() as patched:
        patched.setattr(image_acts, "PATH", "/internal/v1/nowhere")
        clock[0] = 2100.0
        acts_take()
    assert AUDIT_IMAGES_BEHIND._value.get() == 100


def test_without_images_nothing_is_lost(
    alice_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted(alice_client)
    with monkeypatch.context() as patched:
        patched.setattr(image_acts, "PATH", "/internal/v1/nowhere")
        assert acts_take() == 0
    assert acts_take() == 1
