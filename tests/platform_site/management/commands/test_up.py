"""What `up` refuses before it touches anything."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from platform_site.embedded import up


@pytest.fixture(autouse=True)
def untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may be prepared here: the command would go on and run the platform."""
    monkeypatch.delattr(up, "prepare")


def test_another_role_is_not_run_by_it(settings: Settings) -> None:
    settings.ROLE = "gateway"
    with pytest.raises(CommandError, match="`up` runs the embedded role"):
        call_command("up", stdout=StringIO())


@pytest.mark.parametrize("port", [0, -1, 65_536])
def test_a_number_that_is_no_port_is_refused(port: int) -> None:
    with pytest.raises(CommandError, match=f"{port} is not a port; use one from 1 to 65535"):
        call_command("up", port=port, stdout=StringIO())
