"""What is carried from one step to another in a body or a cookie, shown at every door for one.

Each door takes its own kind and answers every other as it answers noise, and nothing is used up.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import orjson
import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import ApiKey, Authenticator, Link, Session, SpentChallenge, SpentState, User
from accounts.oidc.errors import SignOnDenied
from accounts.services import single_sign_on
from accounts.tokens import service_token_issue
from tests.accounts.callers import PASSWORD
from tests.accounts.travellers import error_of
from tests.platform_site.credentials import api_keys_of, carried_by, session_of

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Reply

pytestmark = pytest.mark.django_db

ALICE: Final = "alice@example.com"
FORM: Final = "application/x-www-form-urlencoded"
MALFORMED: Final = "invalid"
"""Of what is longer than anything that belongs there, or not of its form."""
TOKENS: Final = ("an access token", "a refresh token", "an API key")
Held = dict[str, str]


BROWSER: Final = Client()
"""One for all, since each loads the whole middleware anew."""


def browser(**cookies: str) -> Client:
    """With these cookies and no others."""
    BROWSER.cookies.clear()
    for name, value in cookies.items():
        BROWSER.cookies[name] = value
    return BROWSER


def told(reply: "Reply") -> str:
    """The code of the refusal; empty for none."""
    return str(reply.json()["code"]) if reply.status_code >= 400 else ""


def form_sent(path: str, form: dict[str, str], **headers: str) -> "Reply":
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return browser().post(path, urlencode(form), content_type=FORM, headers=named)


@dataclass(frozen=True)
class Door:
    """Where a credential is shown in ``place``; ``takes`` are those that belong there.

    ``refusal`` is what anything else is answered.
    """

    path: str
    place: str
    takes: tuple[str, ...]
    refusal: str
    rest: Callable[[Held], dict[str, Any]] = lambda _held: {}
    signed_in: bool = False

    def told(self, shown: str, held: Held) -> str:
        body = {**self.rest(held), self.place: shown}
        access = {"Authorization": f"Bearer {held['an access token']}"} if self.signed_in else {}
        sent = orjson.dumps(body)
        return told(
            browser().post(self.path, sent, content_type="application/json", headers=access)
        )


@dataclass(frozen=True)
class Form(Door):
    """The same for roles, which send forms."""

    def told(self, shown: str, held: Held) -> str:
        service = f"Bearer {held['of the gateway']}"
        form = {self.place: shown, **self.rest(held)}
        reply = form_sent(self.path, form, X_Service_Authorization=service)
        return told(reply) or ("" if reply.json()["active"] else "inactive")


@dataclass(frozen=True)
class Cookie(Door):
    """``place`` is a cookie."""

    def told(self, shown: str, held: Held) -> str:
        client, sent = browser(**{self.place: shown}), orjson.dumps(self.rest(held))
        ours = {"Origin": "http://testserver"}
        return told(client.post(self.path, sent, content_type="application/json", headers=ours))


@dataclass(frozen=True)
class Return(Door):
    """The return from a provider, with a state and a cookie that have to fit each other."""

    def told(self, shown: str, held: Held) -> str:
        sent = {"state": held["a provider's state"], "sso": held["a provider's attempt"]}
        sent[self.place] = shown
        client, query = browser(sso=sent["sso"]), {"state": sent["state"], "code": "c"}
        return error_of(client.get(self.path, query))


@dataclass(frozen=True)
class Basic(Door):
    """The secret of a role, for a service token."""

    def told(self, shown: str, held: Held) -> str:  # noqa: ARG002
        shown = base64.b64encode(f"gateway:{shown}".encode()).decode()
        form = {"grant_type": "client_credentials", "audience": "images"}
        return told(form_sent(self.path, form, Authorization=f"Basic {shown}"))


def password(_held: Held) -> dict[str, Any]:
    return {"email": ALICE, "password": PASSWORD, "mode": "token"}


def state(_held: Held) -> dict[str, Any]:
    return {"credential": {}}


def second(held: Held) -> dict[str, Any]:
    return {"challenge": held["a challenge"], "credential": {}}


DOORS: Final = (
    Cookie(
        "/auth/login",
        "remembered_device",
        ("a remembered device",),
        "second_factor_required",
        password,
    ),
    Door("/auth/login/second-factor/options", "challenge", ("a challenge",), "challenge_invalid"),
    Door(
        "/auth/login/second-factor",
        "challenge",
        ("a challenge",),
        "challenge_invalid",
        lambda _: {"recovery_code": "0000-0000-0000-0000"},
    ),
    Door("/auth/login/second-factor", "state", (), "challenge_invalid", second),
    Door("/auth/login/passkey", "state", ("a state to sign in",), "challenge_invalid", state),
    Door(
        "/auth/passkeys",
        "state",
        ("a state to add",),
        "challenge_invalid",
        lambda _: {"credential": {}, "name": "k"},
        signed_in=True,
    ),
    Door(
        "/auth/reauthenticate",
        "state",
        ("a state to reauthenticate",),
        "challenge_invalid",
        state,
        signed_in=True,
    ),
    Return("/auth/sso/acme/callback", "state", ("a provider's state",), "sso_state_invalid"),
    Return("/auth/sso/acme/callback", "sso", ("a provider's attempt",), "sso_state_invalid"),
    Form("/internal/v1/introspect", "token", TOKENS, "inactive"),
    Form(
        "/internal/v1/api-keys/exchange",
        "key",
        ("an API key",),
        MALFORMED,
        lambda _: {"address": "192.0.2.7"},
    ),
    Basic("/internal/v1/token", "", ("a role's secret",), "invalid_client"),
    Door("/auth/refresh", "refresh", ("a refresh token",), "token_invalid"),
    Cookie("/auth/refresh", "refresh", ("a refresh token",), "token_invalid"),
    Door("/auth/email/confirm", "token", ("a link to email_change",), "link_invalid"),
    Door("/auth/email/verify", "token", ("a link to email_verify",), "link_invalid"),
    # The last: a new password ends whatever was proved with the one before.
    Door(
        "/auth/password/confirm",
        "token",
        ("a link to password_reset",),
        "link_invalid",
        lambda _: {"password": "violet harbour 27 x"},
    ),
)


@pytest.fixture
def held(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Held:
    """Everything of one person, who has an authenticator."""
    settings.ROOT_URLCONF = "platform_site.urls.auth"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a quick one
    settings.OIDC_PROVIDERS = [
        {"id": "acme", "name": "Acme", "issuer": "https://acme.example", "client_id": "us"}
    ]

    def denied(*_arguments: object) -> None:
        raise SignOnDenied

    monkeypatch.setattr(single_sign_on, "identity_proved", denied)
    pair = session_of("alice")
    session = Session.objects.select_related("user").get()
    carried = carried_by(session)
    Authenticator.objects.update(confirmed_at=timezone.now())
    return {
        **carried,
        "an access token": pair.access,
        "a refresh token": pair.refresh,
        "an API key": api_keys_of(session.user)["account"],
        "of the gateway": service_token_issue(client_id="gateway", audience="auth"),
        "noise": "x" * 86,
    }


def spent() -> list[int]:
    """What grows or shrinks when something is used up or begun."""
    live = {"revoked_at": None}
    return [
        Link.objects.count(),
        SpentChallenge.objects.count(),
        SpentState.objects.count(),
        Session.objects.filter(**live).count(),
        ApiKey.objects.filter(**live).count(),
    ]


def test_every_door_takes_its_own_kind_and_spends_no_other(held: Held) -> None:
    before, wrong = spent(), []
    for door in DOORS:
        for name in held.keys() - set(door.takes):
            caches["default"].clear()  # what is left of a limit does not count here
            code = door.told(held[name], held)
            if code not in {door.refusal, MALFORMED}:
                wrong.append((door.path, door.place, name, code))
    assert not wrong
    assert User.objects.get().check_password(PASSWORD)
    # An attempt that comes back to the right state is over, whatever comes with it.
    assert spent() == before


def test_what_belongs_to_a_door_is_looked_at_there(held: Held) -> None:
    closed = []
    for door in DOORS:
        for name in door.takes:
            caches["default"].clear()
            SpentState.objects.all().delete()  # two doors are of one return
            if door.told(held[name], held) in {door.refusal, MALFORMED}:
                closed.append((door.path, door.place, name))
    assert not closed


def test_nothing_but_tokens_and_keys_ends_anything(held: Held) -> None:
    for name in held.keys() - set(TOKENS):
        caches["default"].clear()
        reply = form_sent("/auth/revoke", {"token": held[name]})
        assert reply.status_code in {200, 400}, name
    assert spent()[3:] == [1, 4]
    for name in ("an API key", "a refresh token"):
        assert form_sent("/auth/revoke", {"token": held[name]}).status_code == 200
    assert spent()[3:] == [0, 3]


def test_no_signature_of_an_address_but_its_own_opens_it(held: Held, settings: Settings) -> None:
    settings.ROOT_URLCONF = "platform_site.urls.images"
    address, signature = held["an export's address"], held["an export's signature"]
    for name in held.keys() - {"an export's signature", "an export's address"}:
        assert browser().get(address.replace(signature, held[name])).status_code == 403, name
    assert browser().get(address).status_code == 404, "signed, and there is no such export"
