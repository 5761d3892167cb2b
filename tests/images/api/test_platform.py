"""What is asked about all that a person has, and about the role itself."""

from typing import Any

import pytest
from django.test import Client

from images.models import Image, Job, Usage
from tests.images.conftest import Broker
from tests.images.people import Person, ending
from tests.images.pictures import jpeg

pytestmark = pytest.mark.django_db(transaction=True)
V1 = "/internal/v1"


def test_usage_stands_beside_its_limits(
    as_alice: Client, picture: dict[str, Any], settings: Any
) -> None:
    settings.QUOTA_BYTES, settings.UPLOAD_MAX_BYTES = 1_000_000, 20_000
    assert as_alice.get(f"{V1}/usage").json() == {
        "bytes": len(jpeg()),
        "reserved_bytes": 0,
        "images": 1,
        "limit_bytes": 1_000_000,
        "upload_max_bytes": 20_000,
    }


def test_a_purge_is_a_job_and_then_what_it_deleted_until_that_is_forgotten(
    picture: dict[str, Any], alice: Person, broker: Broker
) -> None:
    auth = ending(alice, "purge")
    begun = auth.post(f"{V1}/owner/purge")
    assert (begun.status_code, begun.json()["job"]["kind"]) == (202, "delete")
    broker.work()
    counted = {"image_count": 1, "bytes_freed": picture["bytes"]}
    for _ in range(2):
        done = auth.post(f"{V1}/owner/purge")
        assert (done.status_code, done.json()) == (200, counted)
    assert not Image.objects.exists()
    assert auth.post(f"{V1}/owner/forget").status_code == 204
    assert not Job.objects.exists()
    assert auth.post(f"{V1}/owner/purge").json() == {"image_count": 0, "bytes_freed": 0}


def test_nobody_is_forgotten_who_has_something(picture: dict[str, Any], alice: Person) -> None:
    assert ending(alice, "purge").post(f"{V1}/owner/forget").status_code == 204
    assert Job.objects.exists()
    assert Usage.objects.exists()


def test_the_status_needs_no_person(as_gateway: Client) -> None:
    reply = as_gateway.get(f"{V1}/status")
    assert reply.status_code == 200
    assert set(reply.json()) >= {"version", "queues", "workers", "storage", "database", "jobs"}
