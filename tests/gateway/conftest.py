"""The gateway under test: its upstreams are a real HTTP server that each test scripts."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from gateway import api_keys
from gateway.clients import service_tokens
from gateway.permissions import Caller
from gateway.services.status import board
from platform_site.kit.auth.tokens import Principal, verify_user_token
from platform_site.kit.upstream.http import upstream
from tests.gateway.documents import HOST
from tests.gateway.people import Person
from tests.gateway.provider import Answer, Provider, serving


def forget_upstreams() -> None:
    """Connections, breakers, service tokens, API keys and the last status belong to one test."""
    upstream.cache_clear()
    service_tokens.forget_all()
    api_keys.memory.forget()
    board.forget()


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    """Plays both auth and images."""
    with serving(Provider()) as running:
        settings.UPSTREAMS = {"auth": running.url, "images": running.url}
        settings.PUBLIC_URL = HOST
        token = {"access_token": "svc-1", "token_type": "Bearer", "expires_in": 300}
        running.on("POST", "/internal/v1/token", Answer(200, token))
        forget_upstreams()
        yield running
        forget_upstreams()


@pytest.fixture
def alice() -> Person:
    return Person()


@pytest.fixture
def bob() -> Person:
    return Person()


@pytest.fixture
def sam() -> Person:
    """Staff."""
    return Person(is_staff=True)


@pytest.fixture
def principal(alice: Person) -> Principal:
    """Alice, as a view knows her."""
    return verify_user_token(alice.token(), audience="gateway")


@pytest.fixture
def caller(principal: Principal) -> Caller:
    """Alice, as she asks under the public URL."""
    return Caller(principal, HOST)


@pytest.fixture
def as_alice(alice: Person) -> Client:
    return Client(headers=alice.headers)


@pytest.fixture
def as_bob(bob: Person) -> Client:
    return Client(headers=bob.headers)


@pytest.fixture
def as_sam(sam: Person) -> Client:
    return Client(headers=sam.headers)
