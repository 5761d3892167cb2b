"""gateway/permissions.py: who asks, and under which origin."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from gateway.permissions import Caller, caller_of, counted_as, is_staff
from platform_site.kit.auth.tokens import Principal


def asked(principal: Principal | None) -> Request:
    request = Request(RequestFactory().get("/api/v1/usage", headers={"Host": "photos.test:81"}))
    request.user = principal  # type: ignore[assignment]  # the kit's, or nobody
    return request


def test_the_origin_is_the_public_url(principal: Principal, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://photos.example"
    assert caller_of(asked(principal)) == Caller(principal, "https://photos.example")


def test_without_a_public_url_it_is_the_one_that_was_asked(
    principal: Principal, settings: Settings
) -> None:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "", ["photos.test"]
    assert caller_of(asked(principal)).origin == "http://photos.test:81"


def test_nobody_is_no_caller_and_is_counted_by_address(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["photos.test"]
    with pytest.raises(NotAuthenticated):
        caller_of(asked(None))
    assert counted_as(asked(None)) == "address:127.0.0.1"
    assert not is_staff(asked(None))


def test_a_person_is_counted_wherever_they_are(principal: Principal) -> None:
    assert counted_as(asked(principal)) == f"user:{principal.id}"
