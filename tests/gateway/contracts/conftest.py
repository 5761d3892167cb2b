"""The real accounts and images applications, called inside the process: no network, no mocks."""

import io
from collections.abc import Iterator

import pytest
from django.core.files.storage import storages
from django.test import Client
from PIL import Image as Picture
from pytest_django import Settings

from gateway.permissions import Caller
from platform_site.kit.auth.tokens import Principal, verify_user_token
from tests.gateway.conftest import forget_upstreams
from tests.gateway.documents import HOST

PASSWORD = "correct horse battery staple 42"


@pytest.fixture(autouse=True)
def _real_roles(transactional_db: None, settings: Settings) -> Iterator[None]:
    forget_upstreams()
    settings.UPSTREAMS = {
        role: f"inprocess:platform_site.urls.{role}" for role in ("auth", "images")
    }
    settings.PUBLIC_URL = HOST
    assert storages["objects"]
    yield
    forget_upstreams()


def signed_in(email: str) -> str:
    """The access token of a new account."""
    client = Client()
    account = {"email": email, "password": PASSWORD, "name": email.partition("@")[0]}
    registered = client.post("/auth/register", account, content_type="application/json")
    assert registered.status_code == 202, registered.content
    login = {"email": email, "password": PASSWORD, "mode": "token"}
    reply = client.post("/auth/login", login, content_type="application/json")
    assert reply.status_code == 200, reply.content
    token: str = reply.json()["access"]
    return token


@pytest.fixture
def alice_token() -> str:
    return signed_in("alice@example.com")


@pytest.fixture
def alice_principal(alice_token: str) -> Principal:
    return verify_user_token(alice_token, audience="gateway")


@pytest.fixture
def alice_caller(alice_principal: Principal) -> Caller:
    return Caller(alice_principal, HOST)


@pytest.fixture
def alice_client(alice_token: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {alice_token}"})


@pytest.fixture
def bob_client() -> Client:
    return Client(headers={"Authorization": f"Bearer {signed_in('bob@example.com')}"})


def picture(colour: str = "red", size: tuple[int, int] = (640, 480)) -> bytes:
    """A JPEG of one colour."""
    out = io.BytesIO()
    Picture.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()
