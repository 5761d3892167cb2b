import io
from typing import Any

import pytest
from django.core.management import call_command

from images.models import Job
from tests.images.conftest import Broker

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_command_sends_lost_jobs_and_says_how_many(
    picture: dict[str, Any], broker: Broker
) -> None:
    broker.sent.clear()
    Job.objects.update(dispatched_at=None)
    said = io.StringIO()
    call_command("requeue_stuck", stdout=said)
    assert said.getvalue() == "1 jobs sent again\n"
    assert len(broker.sent) == 1
