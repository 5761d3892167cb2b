"""A first page of a person's images: the parts as their own routes have them, and what it costs."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from images.models import Job
from tests.images.conftest import Broker
from tests.images.pictures import form, jpeg

pytestmark = pytest.mark.django_db(transaction=True)
V1 = "/internal/v1"


def test_the_parts_are_those_of_their_own_routes(as_alice: Client, picture: dict[str, Any]) -> None:
    page = as_alice.get(f"{V1}/overview").json()
    assert page == {
        "usage": as_alice.get(f"{V1}/usage").json(),
        "images": as_alice.get(f"{V1}/images").json()["results"],
        "jobs": as_alice.get(f"{V1}/jobs").json()["results"],
    }
    assert (len(page["images"]), len(page["jobs"])) == (1, 1)


def test_the_newest_images_are_shown_and_no_more_than_a_dozen(as_alice: Client) -> None:
    pictures = [jpeg(f"#{19 * number:02x}0000") for number in range(13)]
    sent = [as_alice.post(f"{V1}/images", form(one, presets="thumb")).json() for one in pictures]
    ids = [upload["image"]["id"] for upload in sent]
    page = as_alice.get(f"{V1}/overview").json()
    assert [image["id"] for image in page["images"]] == ids[:0:-1]


def test_jobs_that_are_over_are_not_shown(
    as_alice: Client, picture: dict[str, Any], broker: Broker
) -> None:
    for state, shown in ((Job.State.RUNNING, 1), (Job.State.FAILED, 0)):
        Job.objects.update(state=state)
        assert len(as_alice.get(f"{V1}/overview").json()["jobs"]) == shown


def test_bob_sees_nothing_of_alice(as_bob: Client, picture: dict[str, Any]) -> None:
    page = as_bob.get(f"{V1}/overview").json()
    assert (page["usage"]["images"], page["images"], page["jobs"]) == (0, [], [])


def test_it_takes_a_statement_for_each_part(as_alice: Client, picture: dict[str, Any]) -> None:
    as_alice.get(f"{V1}/overview")
    with CaptureQueriesContext(connection) as asked:
        as_alice.get(f"{V1}/overview")
    assert len(asked) == 3
