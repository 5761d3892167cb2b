"""gateway/clients/service_tokens.py: fetched, kept, renewed in time and by one thread."""

import base64
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs

import pytest
from pytest_django import Settings

from gateway.clients.service_tokens import IssuedToken, ServiceToken, service_token
from platform_site.kit.upstream.http import UpstreamUnavailable
from tests.gateway.provider import Provider


class Issuer:
    """Auth, in a few lines."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.fetched = 0
        self.is_down = False
        self.lifetime_s = 900

    def fetch(self, audience: str) -> IssuedToken:
        if self.is_down:
            raise UpstreamUnavailable("auth")
        self.fetched += 1
        return IssuedToken(f"{audience}-{self.fetched}", "Bearer", self.lifetime_s)

    def clock(self) -> float:
        return self.now


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def token(issuer: Issuer) -> ServiceToken:
    return ServiceToken(audience="images", fetch=issuer.fetch, clock=issuer.clock)


def test_a_token_is_renewed_while_it_outlives_every_users_token(
    issuer: Issuer, token: ServiceToken, settings: Settings
) -> None:
    settings.ACCESS_TOKEN_LIFETIME_S = 600
    assert token.value() == "images-1"
    issuer.now += 299.9
    assert token.value() == "images-1"
    issuer.now += 0.1
    assert token.value() == "images-2"
    assert issuer.fetched == 2


@pytest.mark.parametrize("age_s", [1, 150, 299])
def test_without_auth_reads_go_on_for_as_long_as_a_users_token(
    issuer: Issuer, token: ServiceToken, settings: Settings, age_s: int
) -> None:
    token.value()
    issuer.now += age_s
    issuer.is_down = True
    issuer.now += settings.ACCESS_TOKEN_LIFETIME_S
    assert token.value() == "images-1"


def test_a_short_token_is_used_for_a_third_of_its_life(issuer: Issuer, token: ServiceToken) -> None:
    issuer.lifetime_s = 300
    token.value()
    issuer.now += 99.9
    assert token.value() == "images-1"
    issuer.now += 0.1
    assert token.value() == "images-2"


def test_the_old_token_serves_while_auth_is_down(issuer: Issuer, token: ServiceToken) -> None:
    token.value()
    issuer.is_down = True
    issuer.now += 850
    assert token.value() == "images-1"
    issuer.now += 49
    assert token.value() == "images-1"
    issuer.now += 1
    with pytest.raises(UpstreamUnavailable):
        token.value()
    issuer.is_down = False
    assert token.value() == "images-2"


def test_a_failed_renewal_is_not_repeated_at_once(issuer: Issuer, token: ServiceToken) -> None:
    token.value()
    issuer.is_down = True
    issuer.now += 350
    token.value()
    issuer.is_down = False
    issuer.now += 4.9
    assert token.value() == "images-1"
    issuer.now += 0.1
    assert token.value() == "images-2"


def test_many_threads_fetch_one_token() -> None:
    entered, release, fetched = threading.Event(), threading.Event(), []

    def fetch(audience: str) -> IssuedToken:
        fetched.append(audience)
        entered.set()
        assert release.wait(10)
        return IssuedToken("only", "Bearer", 300)

    token = ServiceToken(audience="images", fetch=fetch)
    with ThreadPoolExecutor(8) as pool:
        values = [pool.submit(token.value) for _ in range(8)]
        assert entered.wait(10)
        release.set()
        assert {value.result(10) for value in values} == {"only"}
    assert fetched == ["images"]


def test_others_go_on_with_the_old_token_while_one_renews() -> None:
    now = [0.0]
    entered, release, fetched = threading.Event(), threading.Event(), []

    def fetch(audience: str) -> IssuedToken:
        fetched.append(audience)
        if len(fetched) == 2:
            entered.set()
            assert release.wait(10)
        return IssuedToken(f"t{len(fetched)}", "Bearer", 300)

    token = ServiceToken(audience="images", fetch=fetch, clock=lambda: now[0])
    assert token.value() == "t1"
    now[0] = 250.0
    with ThreadPoolExecutor(1) as pool:
        renewing = pool.submit(token.value)
        assert entered.wait(10)
        assert token.value() == "t1"
        release.set()
        assert renewing.result(10) == "t2"
    assert token.value() == "t2"


def test_only_the_held_token_can_be_forgotten(issuer: Issuer, token: ServiceToken) -> None:
    token.value()
    token.forget("another")
    assert token.value() == "images-1"
    token.forget("images-1")
    assert token.value() == "images-2"


def test_auth_is_asked_by_client_credentials(provider: Provider, settings: Settings) -> None:
    settings.SERVICE_CLIENT_ID, settings.SERVICE_CLIENT_SECRET = "gateway", "s3cret"
    assert service_token("images").value() == "svc-1"
    [request] = provider.asked("POST", "/internal/v1/token")
    credential = base64.b64encode(b"gateway:s3cret").decode()
    assert request.header("Authorization") == f"Basic {credential}"
    assert parse_qs(request.body.decode()) == {
        "grant_type": ["client_credentials"],
        "audience": ["images"],
    }


@pytest.mark.parametrize("status", [400, 401, 500])
def test_a_credential_that_auth_refuses_looks_like_an_outage(
    provider: Provider, status: int
) -> None:
    provider.refuse("POST", "/internal/v1/token", status, "invalid_client")
    with pytest.raises(UpstreamUnavailable):
        service_token("images").value()
