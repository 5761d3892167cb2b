import pytest
from pytest_django import Settings

from accounts.models import Identity, User
from tests.accounts.callers import Caller
from tests.accounts.oidc.test_providers import GOOD


@pytest.fixture(autouse=True)
def one_provider(settings: Settings) -> None:
    settings.OIDC_PROVIDERS, settings.OIDC_CLIENT_SECRETS = [GOOD], {}


@pytest.fixture
def identity(alice_user: User) -> Identity:
    return Identity.objects.create(
        user=alice_user, provider="acme", subject="s-1", email="a@acme.example"
    )


def test_alice_sees_hers_and_bob_his(alice: Caller, bob: Caller, identity: Identity) -> None:
    Identity.objects.create(user=identity.user, provider="gone", subject="s-2")
    first, second = alice.get("/auth/identities").json()
    assert first == {
        "id": str(identity.id),
        "provider": "acme",
        "provider_name": "Acme",
        "email": "a@acme.example",
        "created_at": identity.created_at.isoformat().replace("+00:00", "Z"),
        "last_used_at": None,
    }
    assert second["provider_name"] == "gone"
    assert bob.get("/auth/identities").json() == []


def test_alice_takes_hers_away_and_bob_cannot(
    alice: Caller, bob: Caller, identity: Identity
) -> None:
    path = f"/auth/identities/{identity.id}"
    reply = bob.send("DELETE", path)
    assert (reply.status_code, reply.json()["code"]) == (404, "identity_not_found")
    assert alice.send("DELETE", path).status_code == 204
    assert not Identity.objects.exists()


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "/\\evil.example", "https://evil.example", "/a b", "a", "/\t/e", "/#"],
)
@pytest.mark.parametrize("route", ["sso/acme/begin", "identities/acme"])
def test_the_way_back_leads_to_our_own_pages(alice: Caller, route: str, path: str) -> None:
    reply = alice.post(f"/auth/{route}", {"return_path": path})
    assert reply.status_code == 400
    assert [error["pointer"] for error in reply.json()["errors"]] == ["/return_path"]


def test_there_is_no_other_provider(alice: Caller) -> None:
    for route in ("sso/other/begin", "identities/other"):
        reply = alice.post(f"/auth/{route}", {})
        assert (reply.status_code, reply.json()["code"]) == (404, "sso_provider_not_found")
    assert Caller().post("/auth/identities/acme", {}).status_code == 401
