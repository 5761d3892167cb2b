"""Who is refused while there are no keys, and who is not."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from platform_site import checks


def test_with_keys_nobody_is_refused(settings: Settings) -> None:
    settings.START_REFUSAL = ""
    checks.start_require()
    assert checks.database_exists(databases=["default"]) == []
    del settings.START_REFUSAL  # a role in a container, whose readers have failed already
    checks.start_require()


def test_without_keys_web_and_workers_do_not_start(settings: Settings) -> None:
    settings.START_REFUSAL = "Run `make up`."
    with pytest.raises(ImproperlyConfigured, match=r"^Run `make up`\.$"):
        checks.start_require()


def test_without_keys_only_what_uses_the_database_is_told(settings: Settings) -> None:
    settings.START_REFUSAL = "Run `make up`."
    assert checks.database_exists(databases=None) == []
    (found,) = checks.database_exists(databases=["default"])
    assert (found.id, found.msg) == ("platform.E001", "Run `make up`.")
