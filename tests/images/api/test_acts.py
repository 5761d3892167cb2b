"""What auth has taken is told by ids, and only those are forgotten."""

from typing import Any

import pytest
from django.test import Client

from images.models import ImageAct
from images.services.acts import act_record
from platform_site.kit.identifiers import uuid7
from tests.images.people import Person, service_token

pytestmark = pytest.mark.django_db
PATH = "/internal/v1/acts"


@pytest.fixture
def as_auth() -> Client:
    return Client(headers={"X-Service-Authorization": f"Bearer {service_token(of='auth')}"})


def test_what_waits_is_told_oldest_first_until_it_is_taken(as_auth: Client, alice: Person) -> None:
    for number in range(3):
        act_record("image.delete", owner_id=alice.id, by=alice.id, target=str(number))
    told = as_auth.get(PATH).json()["results"]
    assert [row["target"] for row in told] == ["0", "1", "2"]
    assert told[0].keys() == {
        *("id", "at", "act", "owner_id", "by_id", "target"),
        *("address", "device", "request_id", "details"),
    }
    taken = {"ids": [told[0]["id"], told[2]["id"], str(uuid7())]}
    for _ in range(2):
        assert as_auth.post(PATH, taken, content_type="application/json").status_code == 204
    assert ImageAct.objects.get().target == "1"


@pytest.mark.parametrize("body", [{}, {"ids": ["x"]}, {"ids": [str(uuid7())] * 201}])
def test_what_is_no_list_of_ids_is_refused(as_auth: Client, body: dict[str, Any]) -> None:
    reply = as_auth.post(PATH, body, content_type="application/json")
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid")
