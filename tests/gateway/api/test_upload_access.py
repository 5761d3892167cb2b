"""The question of the proxy in front, and what its answer is made of."""

import pytest
from django.test import Client
from pytest_django import Settings

from tests.gateway.people import Person

ACCESS = "/internal/v1/upload-access"


@pytest.fixture(autouse=True)
def role(settings: Settings) -> None:
    settings.ROOT_URLCONF = "platform_site.urls.gateway"


def test_who_may_write_may_upload(alice: Person) -> None:
    assert Client(headers=alice.headers).post(ACCESS).status_code == 204


@pytest.mark.parametrize(
    ("token", "status", "code"),
    [
        ({}, 401, "not_authenticated"),
        ({"exp": 1}, 401, "token_expired"),
        ({"scope": "images:read"}, 403, "permission_denied"),
    ],
)
def test_who_may_not_is_told_in_headers(
    alice: Person, token: dict[str, object], status: int, code: str
) -> None:
    headers = {"Authorization": f"Bearer {alice.token(**token)}"} if token else {}
    reply = Client(headers=headers).post(ACCESS)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert reply.headers["X-Problem-Code"] == code
    assert reply.headers["X-Problem-Title"] == reply.json()["title"]
