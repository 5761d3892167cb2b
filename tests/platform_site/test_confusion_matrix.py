"""Every kind of token, at every route of every role, in every place where one is looked for.

The routes are those of the URLconfs, and what they do is taken out: a cell says who gets through
to it. A new route is for people with the token that they hold or, below ``/internal/``, for the
gateway in a person's name; whatever else it is to be stands in `SERVICE_ONLY`, `CALLERS` or
`PUBLIC`.
"""

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import jwt
import pytest
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Session, User
from accounts.owner_images import withhold_token
from accounts.services.sessions import session_close
from accounts.services.sign_in import session_open
from accounts.tokens import service_token_issue
from platform_site.kit.auth.tokens import verify_user_token
from tests.accounts.callers import PASSWORD
from tests.forged_tokens import SERVICE_FORGERIES, SERVICE_TYPE, USER_FORGERIES, USER_TYPE, expired
from tests.platform_site.roles import PUBLIC
from tests.platform_site.test_token_audiences import (
    METHODS,
    ROLES,
    address_of,
    patterns_of,
)

pytestmark = pytest.mark.django_db

REACHED: Final = 299
SAFE: Final = {"GET"}
SERVICE_ONLY: Final = {
    "internal/v1/introspect",
    "internal/v1/status",
    "internal/v1/api-keys/exchange",
    "internal/v1/exports/finished",
}
"""For the gateway in its own name."""
CALLERS: Final = {
    "internal/v1/owner/withhold": {"auth", "gateway"},
    "internal/v1/owner/release": {"auth", "gateway"},
    "internal/v1/owner/purge": {"auth"},
    "internal/v1/owner/forget": {"auth"},
    "internal/v1/exports/finished": {"auth"},
}
"""Who calls, where it is not the gateway alone."""
FORGED: Final = (
    "alg none", "HS256 with the public key", "another key under our kid", "unknown kid",
    "another issuer", "another audience", "plain typ", "the other's typ", "no subject",
    "no expiry", "not yet valid", "text",
)  # fmt: skip
"""One of each sort; `tests.forged_tokens` has all, and the verifier's own tests show it those."""


@dataclass(frozen=True)
class Shown:
    """What stands in a header, and what it is worth."""

    header: str
    audience: frozenset[str] = frozenset()
    client_id: str = ""
    """The role that a service token is of."""
    scopes: frozenset[str] = frozenset()
    refused: str = ""
    """Why nobody takes it, although it is signed."""


@dataclass(frozen=True)
class Cell:
    """One method of one route."""

    role: str
    route: str
    method: str
    view: Any

    @property
    def content_type(self) -> str:
        """Of a body that is not refused for its kind."""
        uploads = getattr(self.view, "upload_methods", ())
        return "multipart/form-data; boundary=x" if self.method in uploads else "application/json"

    @property
    def scope(self) -> str:
        """What the view asks for."""
        scope: str = self.view.read_scope if self.method in SAFE else self.view.write_scope
        return scope


@pytest.fixture(autouse=True)
def no_upstreams(settings: Settings) -> None:
    settings.UPSTREAMS = {role: f"inprocess:platform_site.urls.{role}" for role in ROLES}


@pytest.fixture
def shown() -> dict[str, Shown]:
    """One of each kind, by its name."""

    def pair_of(name: str) -> Any:
        user, _ = User.objects.get_or_create(email=f"{name}@example.com")
        user.set_password(PASSWORD)
        user.save()
        return session_open(email=user.email, password=PASSWORD, device="", address="")

    alice, left = pair_of("alice"), pair_of("alice")
    session_close(
        session_id=left.session_id, user_id=Session.objects.get(id=left.session_id).user_id
    )
    User.objects.create_user(
        "leaving@example.com", PASSWORD, deletion_due_at=timezone.now() + timedelta(days=1)
    )
    leaving = session_open(email="leaving@example.com", password=PASSWORD, device="", address="")
    held = verify_user_token(alice.access, audience="gateway")
    images_token = held.token_for("images")
    people = {
        "of a person": alice.access,
        "of a person for images": images_token,
        "of a person to withhold": withhold_token(user_id=held.id),
        "of a closing account": leaving.access,
    }
    services = {
        f"of {client} for {audience}": service_token_issue(client_id=client, audience=audience)
        for client in ("gateway", "images", "auth")
        for audience in ("gateway", "images", "auth")
    }
    user_claims, service_claims = _claims(alice.access), _claims(services["of gateway for auth"])
    noise = {
        "nothing": "",
        "an empty bearer": "Bearer ",
        "another scheme": f"Basic {alice.access}",
        "a refresh token": f"Bearer {alice.refresh}",
        "expired": f"Bearer {expired(user_claims, typ=USER_TYPE)}",
        "an expired service": f"Bearer {expired(service_claims, typ=SERVICE_TYPE)}",
        "an ended session": f"Bearer {left.access}",
        "an ended session, for images": "Bearer "
        + verify_user_token(left.access, audience="gateway").token_for("images"),
        **{f"forged: {name}": f"Bearer {USER_FORGERIES[name](user_claims)}" for name in FORGED},
        **{
            f"forged service: {name}": f"Bearer {SERVICE_FORGERIES[name](service_claims)}"
            for name in FORGED
        },
    }
    # These two are good for other places: the one for the gateway, the other of no role.
    foreign = noise.pop("forged: another audience"), noise.pop("forged: the other's typ")
    strangers = (
        Shown(foreign[0], frozenset({"gateway"}), scopes=frozenset(user_claims["scope"].split())),
        Shown(foreign[1], frozenset(user_claims["aud"]), user_claims["sub"]),
    )
    return {
        **{f"of a stranger, {number}": one for number, one in enumerate(strangers)},
        **{name: Shown(header, refused=name) for name, header in noise.items()},
        **{name: _good(raw) for name, raw in people.items()},
        **{name: _good(raw) for name, raw in services.items()},
    }


def _claims(raw: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(raw, options={"verify_signature": False})
    return claims


def _good(raw: str) -> Shown:
    claims = _claims(raw)
    audience = claims["aud"]
    return Shown(
        f"Bearer {raw}",
        frozenset([audience] if isinstance(audience, str) else audience),
        "" if "sid" in claims else claims["sub"],
        frozenset(claims.get("scope", "").split()),
    )


def cells(role: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cell]:
    """Every method of every route of the role, of which nothing is left but the way in."""

    def reached(*_arguments: Any, **_values: Any) -> HttpResponse:
        return HttpResponse(status=REACHED)

    for pattern in patterns_of(role):
        callback: Any = pattern.callback
        if not hasattr(callback, "cls"):
            # A plain function looks at no header; whoever may come to it says its address.
            assert str(pattern.pattern) in PUBLIC[role]
            continue
        closure = inspect.unwrap(callback, stop=_is_closure)
        read: Any = inspect.getclosurevars(closure).nonlocals.get("read")
        if read is not None:
            monkeypatch.setattr(read, "function", reached)
        for method in METHODS:
            if not hasattr(callback.cls, method.lower()):
                continue
            monkeypatch.setattr(callback.cls, method.lower(), reached)
            is_read = read is not None and read.method == method
            yield Cell(role, str(pattern.pattern), method, read.view if is_read else callback.cls)


def _is_closure(function: Any) -> bool:
    return bool(getattr(function, "__closure__", None))


def expected(cell: Cell, person: Shown, service: Shown) -> int:
    """The whole rule."""
    if cell.route in PUBLIC[cell.role]:
        # With authenticators it looks who comes, and a token that is none is told so.
        is_taken = not person.refused and not person.client_id and cell.role in person.audience
        looks = bool(cell.view.authentication_classes) and bool(person.header)
        return REACHED if is_taken or not looks else 401
    is_internal = cell.route.startswith("internal/") and cell.role != "gateway"
    if is_internal:
        if not service.client_id or cell.role not in service.audience:
            return 401
        if service.client_id not in CALLERS.get(cell.route, {"gateway"}):
            return 403
        if cell.route in SERVICE_ONLY:
            return REACHED
    if person.client_id or person.refused or cell.role not in person.audience:
        return 401
    return REACHED if not cell.scope or set(cell.scope.split()) & person.scopes else 403


def answered(client: Client, cell: Cell, person: Shown, service: Shown) -> int:
    """What the role says."""
    # What is left of a limit does not count here.
    caches["default"].clear()
    named = {"Authorization": person.header, "X-Service-Authorization": service.header}
    headers = {name: value for name, value in named.items() if value}
    reply = client.generic(
        cell.method, address_of(cell.route), b"x", content_type=cell.content_type, headers=headers
    )
    return reply.status_code


@pytest.mark.parametrize("role", ROLES)
def test_each_token_opens_what_it_is_for_and_nothing_else(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    shown: Mapping[str, Shown],
    role: str,
) -> None:
    settings.ROOT_URLCONF = f"platform_site.urls.{role}"
    client = Client()
    looked_at = 0
    wrong = []
    for cell in list(cells(role, monkeypatch)):
        for pair in _pairs(cell, shown):
            looked_at += 1
            person, service = (shown[name] for name in pair)
            wanted, got = expected(cell, person, service), answered(client, cell, person, service)
            if got != wanted:
                wrong.append((cell.method, cell.route, *pair, f"{got}, not {wanted}"))
    assert not wrong
    assert looked_at > 300


def _pairs(cell: Cell, shown: Mapping[str, Shown]) -> Iterator[tuple[str, str]]:
    """Each kind in each of the two places, beside every good one in the other."""
    good = {
        "auth": ("of a person", "of gateway for auth"),
        "images": ("of a person for images", "of gateway for images"),
        "gateway": ("of a person", "nothing"),
    }[cell.role]
    # A forgery is shown where its type is taken: everywhere else the type alone is refused.
    of_services = {name for name in shown if name.startswith("forged service")}
    yield from ((name, good[1]) for name in shown if name not in of_services)
    # A public route, or one that people reach, does not look at the second header at all.
    if cell.route.startswith("internal/") and cell.role != "gateway":
        of_people = {name for name in shown if name.startswith("forged: ")}
        yield from ((good[0], name) for name in shown if name not in of_people)
        yield from (
            ("of a person to withhold", name) for name, one in shown.items() if one.client_id
        )
        yield ("nothing", "nothing")
