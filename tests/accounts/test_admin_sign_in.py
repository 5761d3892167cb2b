import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import AuditEntry, User
from tests.accounts.authenticators import SecurityKey, with_app, with_key
from tests.accounts.callers import PASSWORD, Caller, signed_in

CODE_ASKED = "Type the code of your authenticator"


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@example.com", PASSWORD)


@pytest.fixture
def api(root: User) -> Caller:
    """The same person at the API."""
    return signed_in(root)


def entered(settings: Settings, code: str = "", password: str = PASSWORD) -> str:
    """What the page says to a try, empty when the door opens."""
    settings.ROOT_URLCONF = "platform_site.urls.admin"
    login = {"username": "root@example.com", "password": password, "code": code}
    reply = Client().post("/admin/login/", {**login, "next": "/admin/"})
    return "" if reply.status_code == 302 else reply.content.decode()


def test_the_page_has_a_field_for_the_code(settings: Settings, db: None) -> None:
    settings.ROOT_URLCONF = "platform_site.urls.admin"
    page = Client().get("/admin/login/").content.decode()
    assert page.count('name="code"') == page.count('name="password"') == 1


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


@pytest.mark.parametrize("policy", ["none", "staff"])
def test_the_policy_says_whether_the_staff_come_in_without(
    policy: str, root: User, settings: Settings
) -> None:
    settings.REQUIRE_SECOND_FACTOR = policy
    said = entered(settings)
    assert ("add one on the page Security of your account" in said) is (policy == "staff")
    assert (said == "") is (policy == "none")
