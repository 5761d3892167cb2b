"""Every kind of token, at every route of every role, in every place where one is looked for.

The routes are those of the URLconfs, and what they do is taken out: a cell says who gets through
to it. A new route is for people with the token that they hold or, below ``/internal/``, for the
gateway in a person's name; whatever else it is to be stands in `SERVICE_ONLY`, `CALLERS` or
`PUBLIC`.
"""

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver
from pytest_django import Settings

from gateway.api_keys import memory
from tests.platform_site.credentials import Shown, everything_shown
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
    "internal/v1/acts",
}
"""For the gateway in its own name."""
CALLERS: Final = {
    "internal/v1/owner/withhold": {"auth", "gateway"},
    "internal/v1/owner/release": {"auth", "gateway"},
    "internal/v1/owner/purge": {"auth"},
    "internal/v1/owner/forget": {"auth"},
    "internal/v1/exports/finished": {"auth"},
    "internal/v1/acts": {"auth"},
}
"""Who calls, where it is not the gateway alone."""


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
    memory.forget()  # keys of the test before, at the gateway
    return everything_shown()


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
    if reply.status_code != REACHED:
        assert reply.headers["Content-Type"] == "application/problem+json", cell
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


OPEN_AT_ADMIN: Final = {"": 302, "admin/login/": 200, "admin/logout/": 302, "i/<path:rest>": 403}
"""What anybody is answered there: ways to the page of signing in, that page, and a bad address."""
SIGN_IN: Final = "/admin/login/?next="
COOKIES: Final = ("sessionid", "refresh", "remembered_device", "csrftoken")


def test_nothing_but_a_sign_in_there_opens_the_staffs_pages(
    settings: Settings, shown: Mapping[str, Shown]
) -> None:
    settings.ROOT_URLCONF = "platform_site.urls.admin"
    addresses = dict(_addresses(get_resolver(settings.ROOT_URLCONF).url_patterns))
    client, wrong = Client(), []
    # Nothing there reads tokens, so a forgery is worth what the true one is.
    for name, one in ((name, one) for name, one in shown.items() if not name.startswith("forged")):
        raw = one.header.removeprefix("Bearer ")
        shown_twice = {"Authorization": one.header, "X-Service-Authorization": one.header}
        for route, address in addresses.items():
            for cookie in COOKIES:
                client.cookies[cookie] = raw
            reply = client.get(address, headers=shown_twice)
            sent_on = reply.headers.get("Location", "")
            if route in OPEN_AT_ADMIN:
                fits = reply.status_code == OPEN_AT_ADMIN[route]
            else:
                fits = reply.status_code == 302 and sent_on.startswith(SIGN_IN)
            if not fits:
                wrong.append((name, address, reply.status_code, sent_on))
    assert not wrong
    assert len(addresses) > 70


def _addresses(entries: list[Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Each route with an address of it."""
    for entry in entries:
        route = before + str(entry.pattern)
        if not isinstance(entry, URLPattern):
            yield from _addresses(entry.url_patterns, route)
            continue
        named = route.replace("<path:content_type_id>", "1")
        label = re.sub(r"\^\(\?P<app_label>(\w+)[^)]*\)/\$", r"\1/", named)
        yield route, address_of(label.replace("(?P<url>.*)$", "nowhere"))
