"""What a role refuses to start with: nothing, a default, or what is no value of its kind."""

import json
from pathlib import Path

import pytest

from platform_site.settings.parts import broker
from tests.platform_site.roles import Manifests, python

pytestmark = pytest.mark.processes

SECRETS = {
    "auth": (
        "DJANGO_SECRET_KEY",
        "DATABASE_URL",
        "CACHE_URL",
        "SIGNING_KEYS",
        "ACCOUNT_KEYS",
        "SERVICE_CLIENTS",
        "IMAGES_URL",
    ),
    "gateway": (
        *("DJANGO_SECRET_KEY", "CACHE_URL", "SERVICE_CLIENT_SECRET", "AUTH_URL", "IMAGES_URL"),
    ),
    "images": (
        *("DJANGO_SECRET_KEY", "DATABASE_URL", "CACHE_URL", "BROKER_URL", "DELIVERY_KEYS"),
        *("S3_BUCKET", "S3_ENDPOINT_URL", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"),
    ),
    "scheduler": ("DJANGO_SECRET_KEY", "BROKER_URL"),
    "migrate": ("DJANGO_SECRET_KEY", "DATABASE_URL"),
}
START = """
import json, os, sys
from importlib import import_module
from django.core.exceptions import ImproperlyConfigured

def refusal(changes):
    for name, value in changes.items():
        os.environ[name] = value
    for name in [name for name in sys.modules if name.startswith("platform_site.settings")]:
        del sys.modules[name]
    try:
        import_module(os.environ["DJANGO_SETTINGS_MODULE"])
    except ImproperlyConfigured as exc:
        return str(exc)
    return ""

before = dict(os.environ)
found = []
for missing, changes in json.loads(sys.argv[1]):
    if missing:
        del os.environ[missing]
    found.append(refusal(changes))
    os.environ.clear()
    os.environ.update(before)
print(json.dumps(found))
"""
"""Starts the settings of a role once for each change to its environment; tells what stops them."""


@pytest.fixture(scope="module")
def manifests() -> Manifests:
    return Manifests()


def refusals(environment: dict[str, str], *changes: tuple[str, dict[str, str]]) -> list[str]:
    """What stops the role after each change: a variable to leave out, and others to set."""
    done = python("-c", START, json.dumps(changes), environment=environment)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


@pytest.mark.parametrize("role", sorted(SECRETS))
def test_a_role_does_not_start_without_what_it_needs_and_names_it(
    manifests: Manifests, role: str
) -> None:
    names = SECRETS[role]
    missing = [(name, dict[str, str]()) for name in names]
    assert refusals(manifests.environment(role), ("", {}), *missing) == [
        "",
        *(f"{name} is not set (nor is {name}_FILE)." for name in names),
    ]


WEAK = [
    ("auth", "DJANGO_SECRET_KEY", "django-insecure-0123456789abcdefghijklmnopqrstuvwxyz"),
    ("auth", "SERVICE_CLIENTS", '{"gateway": "changeme"}'),
    ("gateway", "SERVICE_CLIENT_SECRET", "changeme"),
    ("images", "S3_SECRET_ACCESS_KEY", "password" * 2),
    ("images", "DELIVERY_KEYS", '{"d1": "00"}'),
    ("images", "DELIVERY_KEYS", '{"d1": "not hexadecimal, but long enough for a key"}'),
    ("auth", "SIGNING_KEYS", "{}"),
    ("auth", "SIGNING_KEYS", "[]"),
    ("auth", "SIGNING_KEYS", '{"keys": []}'),
    ("auth", "SIGNING_KEYS", '{"keys": [{"kid": "k1"}]}'),
    ("auth", "ACCOUNT_RATE_LIMITS", "[]"),
    ("auth", "ACCOUNT_RATE_LIMITS", '{"login": 3}'),
    ("auth", "AUDIT_WEBHOOK_SECRET", "whsec_dG9vIHNob3J0"),
    ("auth", "AUDIT_WEBHOOK_SECRET", "c2VjcmV0IG9mIHR3ZW50eS1mb3VyIGJ5dGVzIQ=="),
    ("auth", "AUDIT_WEBHOOK_SECRET", "whsec_no base64, but long enough for a secret"),
    ("auth", "AUDIT_WEBHOOK_URL", "https://siem.example/audit"),  # without a secret
    ("auth", "AUDIT_WEBHOOK_URL", "siem.example/audit"),
    ("auth", "AUDIT_WEBHOOK_URL", "https://us:word@siem.example"),
    ("auth", "DATABASE_URL", ""),
    ("auth", "DATABASE_URL", "platform"),
    ("auth", "DATABASE_URL", "mysql://role@127.0.0.1/platform"),
    ("auth", "DATABASE_URL", "postgresql://[127.0.0.1/platform"),
    ("auth", "DATABASE_URL", "postgresql://role@127.0.0.1:port/platform"),
    ("auth", "DATABASE_URL", "postgresql://postgres:postgres@127.0.0.1/platform"),
    ("auth", "DATABASE_URL", "postgresql://a-role-of-ours:a-role-of-ours@127.0.0.1/platform"),
    ("auth", "CACHE_URL", "redis://:changeme@127.0.0.1/0"),
    ("auth", "CACHE_URL", "127.0.0.1:6379"),
    ("auth", "ACCESS_TOKEN_LIFETIME_S", "3601"),  # its key would be dropped before it ends
    ("images", "DELIVERY_URL_LIFETIME_S", "100000"),
    ("auth", "JWKS", "[]"),
    ("auth", "JWKS", '{"keys": ["k1"]}'),
    ("scheduler", "BROKER_URL", ""),
    ("scheduler", "BROKER_URL", "redis://"),
    ("scheduler", "BROKER_URL", "redis://:change%6De@127.0.0.1/0"),
    ("gateway", "AUTH_URL", " "),
    ("gateway", "IMAGES_URL", "images:5000"),
    ("images", "S3_BUCKET", ""),
    ("images", "S3_ENDPOINT_URL", "minio:9000"),
]


@pytest.mark.parametrize(("role", "name", "value"), WEAK)
def test_a_role_does_not_start_with_a_value_that_is_a_default_or_none_at_all(
    manifests: Manifests, role: str, name: str, value: str
) -> None:
    (words,) = refusals(manifests.environment(role), ("", {name: value}))
    assert words.startswith(name)
    assert len(value) < 3 or value not in words


def test_a_password_of_the_database_that_stands_alone_is_no_default_either(
    manifests: Manifests,
) -> None:
    url = {"DATABASE_URL": "postgresql://role@127.0.0.1/platform"}
    own, default = (
        {**url, "DATABASE_PASSWORD": word} for word in ("a-word-of-the-database", "postgres")
    )
    assert refusals(manifests.environment("auth"), ("", own), ("", default)) == [
        "",
        "DATABASE_PASSWORD has a default or guessable password.",
    ]


def test_secrets_may_all_come_from_files(manifests: Manifests, tmp_path: Path) -> None:
    environment = manifests.environment("auth")
    for name in SECRETS["auth"]:
        (tmp_path / name).write_text(environment.pop(name) + "\n")
        environment[f"{name}_FILE"] = str(tmp_path / name)
    assert refusals(environment, ("", {})) == [""]


def test_the_times_of_a_task_follow_from_each_other() -> None:
    """A message comes again only when both of its runs are over; a worker ends after its job."""
    visible_s = broker.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert broker.CELERY_TASK_SOFT_TIME_LIMIT < broker.WORKER_DRAIN_S
    assert broker.CELERY_TASK_SOFT_TIME_LIMIT < broker.CELERY_TASK_TIME_LIMIT
    assert visible_s > 2 * broker.CELERY_TASK_TIME_LIMIT
