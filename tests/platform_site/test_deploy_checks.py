"""``check --deploy`` has nothing to say of any role; what is silenced is done in another way."""

import json

import pytest

from tests.platform_site.roles import ROLES, Manifests, python

pytestmark = pytest.mark.processes

HEADERS = {"security.W001", "security.W002"}
"""Django's middleware for headers is not used: the kit's sets them all, as tests of it show."""
SILENCED = {
    **dict.fromkeys(ROLES, HEADERS | {"security.W003"}),
    **dict.fromkeys(("admin", "migrate", "backup"), HEADERS),
}
CHECK = """
import json
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
call_command("check", deploy=True, fail_level="WARNING", verbosity=0)
print(json.dumps({
    "silenced": settings.SILENCED_SYSTEM_CHECKS,
    "headers": "platform_site.kit.telemetry.middleware.RequestLayer" in settings.MIDDLEWARE,
    "csrf": "django.middleware.csrf.CsrfViewMiddleware" in settings.MIDDLEWARE,
    "secure": [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE],
    "authentication": settings.REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"],
}))
"""


@pytest.fixture(scope="module")
def manifests() -> Manifests:
    return Manifests()


@pytest.mark.parametrize("role", ROLES)
def test_the_deployment_check_is_clean(manifests: Manifests, role: str) -> None:
    done = python("-c", CHECK, environment=manifests.environment(role))
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert set(said["silenced"]) == SILENCED[role]
    assert said["headers"]
    assert said["secure"] == [True, True]
    # Without CSRF protection a session's cookie must not be what authenticates.
    assert said["csrf"] or not [name for name in said["authentication"] if "Session" in name]


def test_the_check_would_see_a_weaker_admin(manifests: Manifests) -> None:
    environment = {**manifests.environment("admin"), "ADMIN_COOKIE_SECURE": "false"}
    done = python("-c", CHECK, environment=environment)
    assert done.returncode != 0
    assert "security.W012" in done.stderr
    assert "security.W016" in done.stderr
