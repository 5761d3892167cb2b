"""What is asked about all that a person has, and about the role itself."""

from typing import Any

import pytest
from django.test import Client

from images.models import Image
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


def test_a_purge_is_a_job_and_then_nothing(
    picture: dict[str, Any], alice: Person, broker: Broker
) -> None:
    auth = ending(alice, "purge")
    begun = auth.post(f"{V1}/owner/purge")
    assert (begun.status_code, begun.json()["job"]["kind"]) == (202, "delete")
    broker.work()
    done = auth.post(f"{V1}/owner/purge")
    assert (done.status_code, done.content) == (204, b"")
    assert not Image.objects.exists()


def test_the_status_needs_no_person(as_gateway: Client) -> None:
    reply = as_gateway.get(f"{V1}/status")
    assert reply.status_code == 200
    assert set(reply.json()) >= {"version", "queues", "workers", "storage", "database", "jobs"}
