"""Every internal route of images, asked with tokens that nobody may believe."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import jwt
import pytest
from django.test import Client

from tests.forged_tokens import (
    SERVICE_FORGERIES,
    SERVICE_TYPE,
    USER_FORGERIES,
    USER_TYPE,
    Claims,
    expired,
    signed,
)
from tests.images.api.test_ownership import OF_A_PERSON, OF_A_ROLE, OF_AN_ENDING, OF_AN_OBJECT, V1
from tests.images.people import Person, service_token

pytestmark = pytest.mark.long

OWNED = [(method, path) for method, path, *_ in OF_AN_OBJECT] + OF_A_PERSON
BOTH: dict[str, Callable[[Claims], str]] = {
    "expired": lambda claims: expired(claims, typ=USER_TYPE),
    **USER_FORGERIES,
    "the role's": lambda _claims: service_token(),
    "the role's, for users": lambda _claims: service_token(audience="platform"),
    "an opaque token": lambda _claims: "x" * 86,
}
ROLES: dict[str, Callable[[Claims], str]] = {
    "expired": lambda claims: expired(claims, typ=SERVICE_TYPE),
    **SERVICE_FORGERIES,
    "the person's": lambda _claims: Person().token(),
}


def claims_of(raw: str) -> Claims:
    return dict(jwt.decode(raw, options={"verify_signature": False}))


def statuses(routes: list[tuple[str, str]], *, person: str, role: str) -> dict[str, Any]:
    """The distinct answers of every route: status and code, by the route that gave it first."""
    client = Client(
        headers={"Authorization": f"Bearer {person}", "X-Service-Authorization": f"Bearer {role}"}
    )
    answers: dict[tuple[int, str], str] = {}
    for method, path in routes:
        address = f"{V1}/{path.format_map(defaultdict(uuid4))}"
        reply = client.generic(method, address, content_type="application/json")
        answers.setdefault((reply.status_code, reply.json()["code"]), f"{method} {path}")
    return {f"{status} {code}": route for (status, code), route in answers.items()}


@pytest.mark.parametrize("forgery", BOTH)
def test_a_forged_person_opens_nothing(forgery: str) -> None:
    person = BOTH[forgery](claims_of(Person().token()))
    code = "token_expired" if forgery == "expired" else "token_invalid"
    assert set(statuses(OWNED, person=person, role=service_token())) == {f"401 {code}"}
    by_auth = service_token(of="auth")
    assert set(statuses(OF_AN_ENDING, person=person, role=by_auth)) == {f"401 {code}"}


@pytest.mark.parametrize("forgery", ROLES)
def test_a_forged_role_opens_nothing(forgery: str) -> None:
    role = ROLES[forgery](claims_of(service_token()))
    code = "token_expired" if forgery == "expired" else "token_invalid"
    answers = statuses([*OWNED, *OF_A_ROLE, *OF_AN_ENDING], person=Person().token(), role=role)
    assert set(answers) == {f"401 {code}"}


@pytest.mark.django_db(transaction=True)
def test_the_same_claims_signed_properly_do_open() -> None:
    person = signed(claims_of(Person().token()), typ=USER_TYPE)
    role = signed(claims_of(service_token()), typ=SERVICE_TYPE)
    for method, path in (("GET", "usage"), ("GET", "status")):
        reply = Client().generic(
            method,
            f"{V1}/{path}",
            headers={
                "Authorization": f"Bearer {person}",
                "X-Service-Authorization": f"Bearer {role}",
            },
        )
        assert reply.status_code == 200
