import pytest
from pytest_django import Settings

from accounts.errors import InvalidClient, InvalidTarget
from accounts.services.clients import service_token_open
from platform_site.kit.auth.tokens import verify_service_token

SECRET = "a secret of the gateway, long enough"
OLD = "the one before, which is still good for now"


@pytest.fixture(autouse=True)
def clients(settings: Settings) -> None:
    settings.SERVICE_CLIENTS = {"gateway": (OLD, SECRET), "empty": ("",)}


@pytest.mark.parametrize("secret", [SECRET, OLD])
def test_a_known_client_gets_a_token_for_the_role_it_names(secret: str) -> None:
    token = service_token_open(client_id="gateway", client_secret=secret, audience="images")
    assert verify_service_token(token, audience="images").client_id == "gateway"


@pytest.mark.parametrize(
    ("client_id", "secret"),
    [("gateway", "wrong"), ("gateway", ""), ("stranger", SECRET), ("stranger", ""), ("empty", "")],
)
def test_nobody_else_does(client_id: str, secret: str) -> None:
    with pytest.raises(InvalidClient):
        service_token_open(client_id=client_id, client_secret=secret, audience="images")


def test_there_is_no_token_for_a_role_that_takes_none() -> None:
    with pytest.raises(InvalidTarget):
        service_token_open(client_id="gateway", client_secret=SECRET, audience="platform")
