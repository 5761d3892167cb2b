"""The staff's view: pictures by signed address, jobs with a way to retry, few queries."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from images.models import Image, Job
from tests.images.conftest import Broker
from tests.images.people import path_of
from tests.images.pictures import form, jpeg

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def as_staff(client: Client) -> Client:
    """Signed in to the admin; made without a password, since none is typed here."""
    user = get_user_model().objects.create(
        email="sam@example.org", is_staff=True, is_superuser=True
    )
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture(autouse=True)
def admin_urls(store: object, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.images.urls_with_admin"


def test_images_are_shown_with_their_thumbnails(
    ready_picture: dict[str, Any], as_staff: Client
) -> None:
    page = as_staff.get("/admin/images/image/").content.decode()
    thumb = next(
        r for r in ready_picture["renditions"] if (r["preset"], r["format"]) == ("thumb", "webp")
    )
    assert f'<img src="{path_of(thumb["url"])}"' in page
    assert "60 x 40" in page
    picture = as_staff.get(path_of(thumb["url"]))
    assert len(picture.getvalue()) == thumb["bytes"]
    picture.close()


def test_a_longer_list_costs_no_more_queries(
    ready_picture: dict[str, Any],
    as_alice: Client,
    as_staff: Client,
    broker: Broker,
) -> None:
    counts = []
    for colors in ((), ("red", "green", "blue")):
        for color in colors:
            as_alice.post("/internal/v1/images", form(jpeg(color)))
        broker.work()
        per_list = []
        for name in ("image", "rendition", "job", "usage"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert as_staff.get(f"/admin/images/{name}/").status_code == 200
            per_list.append(len(queries))
        counts.append(per_list)
    assert counts[0] == counts[1]


def test_a_failed_job_is_begun_again_and_others_are_left(
    picture: dict[str, Any], as_staff: Client, broker: Broker
) -> None:
    Job.objects.update(state=Job.State.FAILED, error_code="worker_crashed")
    broker.sent.clear()
    action = {"action": "retry", "_selected_action": [str(Job.objects.get().id)]}
    page = as_staff.post("/admin/images/job/", action, follow=True).content.decode()
    assert "1 jobs begun again." in page
    assert Job.objects.get().state == Job.State.QUEUED
    assert len(broker.sent) == 1
    page = as_staff.post("/admin/images/job/", action, follow=True).content.decode()
    assert "0 jobs begun again." in page
    assert len(broker.sent) == 1


@pytest.mark.parametrize(
    ("code", "icon"),
    [
        ("time_limit_exceeded", "icon-yes.svg"),
        ("worker_crashed", "icon-no.svg"),
        ("a_code_of_before", "icon-unknown.svg"),
    ],
)
def test_why_a_job_failed_is_shown_and_whether_another_try_may_help(
    picture: dict[str, Any], as_staff: Client, code: str, icon: str
) -> None:
    Job.objects.update(state=Job.State.FAILED, error_code=code, error_detail="It said why.")
    page = as_staff.get("/admin/images/job/").content.decode()
    assert f"{code}: It said why." in page
    assert icon in page


def test_nothing_is_changed_by_hand(picture: dict[str, Any], as_staff: Client) -> None:
    before = Image.objects.values().get()
    url = f"/admin/images/image/{picture['id']}/"
    assert as_staff.get(f"{url}change/").status_code == 200
    assert as_staff.post(f"{url}change/", {"bytes": "1"}).status_code == 403
    assert as_staff.post(f"{url}delete/", {"post": "yes"}).status_code == 403
    assert as_staff.get("/admin/images/image/add/").status_code == 403
    assert Image.objects.values().get() == before
