"""Which role may ask, with which scope of the person, and that the answer is JSON."""

import pytest
from django.test import Client

from tests.images.people import Person, service_token

pytestmark = pytest.mark.django_db(transaction=True)
V1 = "/internal/v1"


def asking(person: Person, scope: str, *, of: str = "gateway") -> Client:
    return Client(
        headers={
            "Authorization": f"Bearer {person.token(scope)}",
            "X-Service-Authorization": f"Bearer {service_token(of=of)}",
        }
    )


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "usage", "images:read"),
        ("GET", "overview", "images:read"),
        ("POST", "images/actions", "images:write"),
        ("POST", "owner/withhold", "images:withhold"),
        ("POST", "owner/release", "images:withhold"),
    ],
)
def test_each_view_asks_for_its_scope(alice: Person, method: str, path: str, scope: str) -> None:
    scopes = {"images:read", "images:write", "images:withhold", "images:purge"}
    allowed = {
        given
        for given in scopes
        if asking(alice, given).generic(method, f"{V1}/{path}").status_code != 403
    }
    assert allowed == {scope}


def test_a_purge_is_for_auth_alone(alice: Person) -> None:
    refused = asking(alice, "images:purge").post(f"{V1}/owner/purge")
    assert (refused.status_code, refused.json()["code"]) == (403, "caller_not_allowed")
    assert asking(alice, "images:purge", of="auth").post(f"{V1}/owner/purge").status_code == 200


@pytest.mark.parametrize("path", ["usage", "overview", "status", "images?format=png", "nowhere"])
def test_the_answer_is_json_whatever_is_accepted(as_alice: Client, path: str) -> None:
    reply = as_alice.get(f"{V1}/{path}", headers={"Accept": "image/png"})
    assert reply.headers["Content-Type"] in {"application/json", "application/problem+json"}
    assert reply.json()
