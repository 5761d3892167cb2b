"""What every test may ask for: a database server that starts on first use."""

import time
from collections.abc import Iterator
from importlib import import_module
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connections
from pytest_django import DjangoDbBlocker

from platform_site.embedded.up import directories_make
from platform_site.kit.auth import revocations
from platform_site.kit.rest import rate_limits, shared_counts
from tests.servers.postgresql import postgresql


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A real PostgreSQL server for the whole run."""
    with postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> None:
    """Point the test settings at the server (pytest-django's hook for this)."""
    if connections["default"].vendor != "postgresql":
        return
    url = request.getfixturevalue("postgresql_url")

    parts = urlsplit(url)
    host = dict(parse_qsl(parts.query)).get("host") or parts.hostname or ""
    for target in (settings.DATABASES["default"], connections["default"].settings_dict):
        target.update(
            HOST=host,
            PORT=parts.port or "",
            USER=unquote(parts.username or ""),
            PASSWORD=unquote(parts.password or ""),
        )


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Tests empty the tables, so the triggers of the audit are off but where they are tested."""
    with django_db_blocker.unblock(), connections["default"].schema_editor() as editor:
        import_module("accounts.migrations.0009_audit").allow_changes(None, editor)


@pytest.fixture(autouse=True, scope="session")
def data_directories() -> None:
    """Make what `manage.py up` makes: importing the settings leaves nothing behind."""
    directories_make(settings.VAR_DIR)


@pytest.fixture(autouse=True)
def fresh_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits count from the beginning of a test: their windows do not end in the midst of it."""
    began = time.time()
    monkeypatch.setattr(rate_limits, "windows_now", lambda: time.time() - began)


@pytest.fixture(autouse=True)
def fresh_caches() -> Iterator[None]:
    """Limits and revocations of one test do not reach the next."""
    yield
    for alias in ("default", "revocations"):
        caches[alias].clear()
    shared_counts.background.forget()
    revocations.forget()
