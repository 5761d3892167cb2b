"""Each role starts alone, in a process with its own environment and its own application only."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.urls import Resolver404, resolve

from tests.platform_site.roles import APPS, PUBLIC, ROLES, Manifests, python

pytestmark = pytest.mark.processes

BOOT = """
import json, re, sys
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
call_command("check", verbosity=0)
from django.urls import get_resolver
get_resolver().url_patterns
import platform_site.wsgi
if hasattr(settings, "CELERY_BROKER_URL"):
    import platform_site.celery
    platform_site.celery.app.loader.import_default_modules()

def walk(resolver, prefix=""):
    for item in resolver.url_patterns:
        where = prefix + str(item.pattern)
        if hasattr(item, "url_patterns"):
            yield from walk(item, where)
        else:
            yield where, item.callback

def needs(callback):
    view = getattr(callback, "cls", None)
    if view is None:
        return "plain"
    names = [item.__name__ for item in view.authentication_classes]
    return names + [item.__name__ for item in view.permission_classes]

from django.test import Client
client = Client(raise_request_exception=False, headers={"Host": "localhost"})

def statuses(where, callback):
    address = "/" + re.sub("<[^>]*>", "0190b6a0-0000-7000-8000-000000000001", where)
    methods = set(callback.cls.http_method_names) & set(dir(callback.cls)) - {"options"}
    return {name: client.generic(name.upper(), address).status_code for name in sorted(methods)}

routes = {where: needs(callback) for where, callback in walk(get_resolver())}
anonymous = {
    where: statuses(where, callback)
    for where, callback in walk(get_resolver())
    if settings.ROLE != "admin" and routes[where] != "plain" and "AllowAny" not in routes[where]
}
print(json.dumps({
    "role": settings.ROLE,
    "loaded": sorted({name.partition(".")[0] for name in sys.modules}),
    "modules": sorted(sys.modules),
    "routes": routes,
    "anonymous": anonymous,
    "settings": [name for name in dir(settings) if name.isupper()],
    "apps": settings.INSTALLED_APPS,
    "debug": settings.DEBUG,
}))
"""
OWNERS = {
    "/internal/v1/images": "images",
    "/internal/v1/token": "auth",
    "/internal/v1/status": "images",
}


@pytest.fixture(scope="module")
def manifests() -> Manifests:
    return Manifests()


@pytest.fixture(scope="module")
def booted(manifests: Manifests) -> dict[str, dict[str, Any]]:
    """What each role has loaded, by role."""

    def boot(role: str) -> dict[str, Any]:
        done = python("-c", BOOT, environment=manifests.environment(role))
        assert done.returncode == 0, f"{role}\n{done.stderr}"
        return dict(json.loads(done.stdout.splitlines()[-1]))

    with ThreadPoolExecutor(2) as threads:
        return dict(zip(ROLES, threads.map(boot, ROLES), strict=True))


@pytest.mark.parametrize("role", ROLES)
def test_a_role_starts_alone_and_loads_its_own_application_only(
    booted: dict[str, dict[str, Any]], role: str
) -> None:
    assert booted[role]["role"] == role
    assert set(booted[role]["loaded"]) & {"accounts", "gateway", "images"} == APPS[role]
    assert booted[role]["debug"] is False


def test_the_scheduler_reads_what_is_due_and_nothing_else(
    booted: dict[str, dict[str, Any]],
) -> None:
    loaded = {name for name in booted["scheduler"]["modules"] if name.startswith("images")}
    assert loaded == {"images", "images.apps"}
    assert "images" not in booted["scheduler"]["apps"]


@pytest.mark.parametrize("role", ["gateway", "images", "worker", "scheduler"])
def test_a_role_without_accounts_has_no_user_table(
    booted: dict[str, dict[str, Any]], role: str
) -> None:
    modules = set(booted[role]["modules"])
    assert not modules & {"django.contrib.auth.models", "django.contrib.contenttypes.models"}
    assert "rest_framework_simplejwt" not in modules
    assert not [name for name in booted[role]["apps"] if name.startswith("django.contrib.a")]


def test_migrations_are_run_by_a_role_that_knows_every_table_of_the_admin(
    booted: dict[str, dict[str, Any]],
) -> None:
    tables = {"django.contrib.sessions", "django.contrib.auth", "accounts", "images"}
    assert tables <= set(booted["admin"]["apps"])
    assert tables <= set(booted["migrate"]["apps"])
    assert "images.admin" not in booted["migrate"]["modules"]


def test_only_auth_holds_what_signs(booted: dict[str, dict[str, Any]]) -> None:
    for name, holders in {
        "SIGNING_KEYS": {"auth"},
        "SERVICE_CLIENTS": {"auth"},
        "ACCOUNT_KEYS": {"auth", "admin"},
        "SERVICE_CLIENT_SECRET": {"gateway"},
        "DELIVERY_KEYS": {"images", "worker", "admin"},
        "OBJECT_STORES": {"images", "worker", "admin", "backup"},
        "BACKUP_KEY": {"backup"},
        "CELERY_BROKER_URL": {"images", "worker", "admin", "scheduler"},
    }.items():
        assert {role for role in ROLES if name in booted[role]["settings"]} == holders, name


def test_what_is_public_is_listed_for_every_role_that_asks_for_a_token(
    booted: dict[str, dict[str, Any]],
) -> None:
    asking = {role for role in ROLES if booted[role]["anonymous"]}
    # The worker has the settings of images, and serves none of the routes.
    assert asking - {"worker"} == set(PUBLIC)


@pytest.mark.parametrize("role", PUBLIC)
def test_every_route_requires_authentication_unless_it_is_listed(
    booted: dict[str, dict[str, Any]], role: str
) -> None:
    routes, asked = booted[role]["routes"], booted[role]["anonymous"]
    assert {name for name, needs in routes.items() if name not in asked} == PUBLIC[role]
    assert asked
    for route, statuses in asked.items():
        assert set(statuses.values()) == {401}, (route, statuses)


@pytest.mark.parametrize("role", ["auth", "images"])
def test_every_internal_route_requires_the_calling_role(
    booted: dict[str, dict[str, Any]], role: str
) -> None:
    internal = {
        route: needs
        for route, needs in booted[role]["routes"].items()
        if route.startswith("internal/") and route not in PUBLIC[role]
    }
    assert internal
    for route, needs in internal.items():
        assert {"ServiceAuthentication", "ServiceOnlyAuthentication"} & set(needs), route
        assert "UserAuthentication" not in needs, route


def test_the_gateway_has_one_internal_route_which_the_proxy_asks(
    booted: dict[str, dict[str, Any]],
) -> None:
    internal = [route for route in booted["gateway"]["routes"] if "internal" in route]
    assert internal == ["internal/v1/upload-access"]


def test_the_embedded_role_serves_nothing_internal() -> None:
    for address in ("/internal/v1/images", "/internal/v1/token", "/internal/v1/status"):
        with pytest.raises(Resolver404):
            resolve(address, urlconf="platform_site.urls.embedded")
        assert resolve(address, urlconf=f"platform_site.urls.{OWNERS[address]}")
