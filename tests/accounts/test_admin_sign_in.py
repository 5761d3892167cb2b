import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts import metrics
from accounts.models import AuditEntry, User
from tests.accounts.authenticators import FLAG, SecurityKey, with_app, with_key
from tests.accounts.callers import PASSWORD, Caller, signed_in

CODE_ASKED = "Type the code of your authenticator"
NOT_OURS = "That passkey is not one of this account."
USED_UP = "That took longer than five minutes, or was sent twice."


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@example.com", PASSWORD)


@pytest.fixture
def api(root: User) -> Caller:
    """The same person at the API."""
    return signed_in(root)


def entered(
    settings: Settings, code: str = "", password: str = PASSWORD, passkey: str = "", **at: str
) -> str:
    """What the page says to a try, empty when the door opens."""
    settings.ROOT_URLCONF = "platform_site.urls.admin"
    login = {"username": "root@example.com", "password": password, "code": code}
    sent = {**login, "passkey": passkey, "next": "/admin/"}
    reply = Client(headers=at).post("/admin/login/", sent, secure=bool(at))
    return "" if reply.status_code == 302 else reply.content.decode()


def asked(settings: Settings, **at: str) -> dict[str, Any]:
    """What the page asks of a passkey."""
    settings.ROOT_URLCONF = "platform_site.urls.admin"
    page = Client(headers=at).get("/admin/login/", secure=bool(at)).content.decode()
    found = re.search(r'data-asked="([^"]+)"', page)
    assert found, page
    said: dict[str, Any] = json.loads(unescape(found[1]))
    return said


def answered(said: dict[str, Any], key: SecurityKey) -> str:
    return json.dumps({"state": said["state"], "credential": key.used(said["options"])})


def counted(outcome: str) -> float:
    return float(metrics.SECOND_FACTORS.labels("passkey", outcome)._value.get())


def test_the_page_has_a_field_for_the_code(settings: Settings, db: None) -> None:
    settings.ROOT_URLCONF = "platform_site.urls.admin"
    page = Client().get("/admin/login/").content.decode()
    assert page.count('name="code"') == page.count('name="password"') == 1
    assert page.count("<script") == page.count('<script src="/static/') > 0, "by the policy"
    script = Client().get("/static/accounts/admin_sign_in.js")
    assert script.status_code == 200
    assert script.headers["Content-Type"].startswith("text/javascript")
    script.close()


def test_a_code_is_asked_of_whoever_has_a_factor(api: Caller, settings: Settings) -> None:
    app, recovery = with_app(api)
    code = app.now()
    assert CODE_ASKED in entered(settings)
    assert CODE_ASKED in entered(settings, "000000")
    assert CODE_ASKED not in entered(settings, code, password="wrong"), "not told to strangers"
    assert entered(settings, code) == ""
    assert AuditEntry.objects.latest("id").details == {"methods": "pwd otp mfa"}
    assert CODE_ASKED in entered(settings, code), "good once"
    assert entered(settings, recovery[0]) == ""
    assert CODE_ASKED in entered(settings, recovery[0]), "good once"


def test_codes_are_counted_with_those_at_the_api(api: Caller, settings: Settings) -> None:
    app, _ = with_app(api)
    for _ in range(10):
        entered(settings, "000000")
    assert "Too many requests" in entered(settings, app.now())


def test_a_passkey_asks_for_a_recovery_code_here(api: Caller, settings: Settings) -> None:
    codes = with_key(api, SecurityKey())["recovery_codes"]
    assert CODE_ASKED in entered(settings)
    assert entered(settings, codes[3]) == ""


def test_a_passkey_goes_with_the_password_once(api: Caller, settings: Settings) -> None:
    with_key(api, key := SecurityKey())
    said, before = asked(settings), counted("succeeded")
    assert said["options"]["userVerification"] == "required"
    assert not said["options"].get("allowCredentials"), "which would tell who has one"
    passkey = answered(said, key)
    wrong = entered(settings, password="wrong", passkey=passkey)
    assert NOT_OURS not in wrong, "not looked at before the password is right"
    assert entered(settings, passkey=passkey) == ""
    assert AuditEntry.objects.latest("id").details == {"methods": "pwd hwk mfa"}
    assert counted("succeeded") == before + 1
    assert USED_UP in entered(settings, passkey=passkey)
    key.count += 1
    assert USED_UP in entered(settings, passkey=answered(said, key)), "nor another answer to it"
    refused = AuditEntry.objects.latest("id")
    assert (refused.act, refused.outcome) == ("admin.sign_in", "refused")
    assert refused.details == {"method": "passkey", "reason": "challenge_invalid"}
    assert entered(settings, passkey=answered(asked(settings), key)) == ""


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://evil.example"},
        {"rp_id": "evil.example"},
        {"flags": FLAG.UP},
        {"count": 0},
        {"private": SecurityKey().private},
        {"framed": True},
        {"id": b"another"},
    ],
)
def test_a_passkey_that_is_not_right_opens_nothing(
    change: dict[str, object], api: Caller, settings: Settings
) -> None:
    with_key(api, key := SecurityKey())
    for name, value in change.items():
        setattr(key, name, value)
    before = counted("refused")
    assert NOT_OURS in entered(settings, passkey=answered(asked(settings), key))
    assert counted("refused") == before + 1
    refused = AuditEntry.objects.latest("id")
    assert (refused.outcome, refused.details["method"]) == ("refused", "passkey")


def test_a_passkey_of_somebody_else_opens_nothing(
    api: Caller, alice_user: User, settings: Settings
) -> None:
    with_app(api)
    with_key(signed_in(alice_user), key := SecurityKey())
    assert NOT_OURS in entered(settings, passkey=answered(asked(settings), key))


def test_a_state_is_good_at_its_own_door_only(api: Caller, settings: Settings) -> None:
    with_key(api, key := SecurityKey())
    said = Caller().post("/auth/login/passkey/options").json()
    assert USED_UP in entered(settings, passkey=answered(said, key))
    said = asked(settings)
    settings.ROOT_URLCONF = "platform_site.urls.auth"
    reply = Caller().post("/auth/login/passkey", json.loads(answered(said, key)))
    assert reply.json()["code"] == "challenge_invalid"


def test_nonsense_for_a_passkey_is_a_refusal(api: Caller, settings: Settings) -> None:
    with_key(api, SecurityKey())
    state = asked(settings)["state"]
    for nonsense in (
        "x",
        "[]",
        "[" * 9_000,
        '{"state": "a"}',
        '{"state": 1, "credential": {}}',
        '{"state": "a", "credential": []}',
        json.dumps({"state": state, "credential": {}}),
    ):
        assert NOT_OURS in entered(settings, passkey=nonsense), nonsense


def test_below_the_host_of_the_pages_their_passkeys_work(root: User, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://photos.example"
    settings.ALLOWED_HOSTS = ["testserver", ".photos.example"]
    with_key(
        signed_in(root), key := SecurityKey(origin=settings.PUBLIC_URL, rp_id="photos.example")
    )
    key.origin = "https://admin.photos.example"
    settings.TRUSTED_ORIGINS = [key.origin]
    said = asked(settings, **(at := {"host": "admin.photos.example"}))
    assert said["options"]["rpId"] == "photos.example"
    assert entered(settings, passkey=answered(said, key), **at) == ""
    key.origin = "https://other.photos.example"
    assert NOT_OURS in entered(settings, passkey=answered(asked(settings, **at), key), **at)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("public_url", "trusted", "host", "where"),
    [
        ("", [], "testserver", ""),
        ("", [], "127.0.0.1:8000", "localhost"),
        ("https://testserver", [], "testserver", ""),
        ("https://photos.example", [], "localhost:8000", "photos.example"),
        ("https://photos.example", [], "admin.photos.example", "photos.example"),
        (
            "https://photos.example",
            ["https://myphotos.example"],
            "myphotos.example",
            "photos.example",
        ),
    ],
)
def test_the_page_says_where_passkeys_work(
    public_url: str, trusted: list[str], host: str, where: str, settings: Settings
) -> None:
    settings.ROOT_URLCONF, settings.PUBLIC_URL = "platform_site.urls.admin", public_url
    settings.ALLOWED_HOSTS, settings.TRUSTED_ORIGINS = ["*"], trusted
    page = Client(headers={"host": host}).get("/admin/login/", secure=True).content.decode()
    assert ("data-asked" in page) is (not where)
    assert ("Passkeys work at" in page) is bool(where)
    assert f"Passkeys work at {where} only" in page or not where


@pytest.mark.parametrize("policy", ["none", "staff"])
def test_the_policy_says_whether_the_staff_come_in_without(
    policy: str, root: User, settings: Settings
) -> None:
    settings.REQUIRE_SECOND_FACTOR = policy
    said = entered(settings)
    assert ("add one on the page Security of your account" in said) is (policy == "staff")
    assert (said == "") is (policy == "none")
