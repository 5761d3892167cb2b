from pathlib import Path

import pytest
from django.core.management.base import CommandError

from platform_site.backup.errors import Damaged
from platform_site.management import backups


def test_a_passphrase_is_of_the_file_or_of_the_settings(tmp_path: Path, settings: "object") -> None:
    (tmp_path / "word").write_text("a long word\n")
    settings.BACKUP_KEY = "of the settings"  # type: ignore[attr-defined]
    assert backups.passphrase(tmp_path / "word") == "a long word"
    assert backups.passphrase(None) == "of the settings"
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        backups.passphrase(tmp_path / "none")


def test_what_a_platform_needs_is_told_by_name_and_never_by_value() -> None:
    assert "secrets/account-keys.json" in backups.needs()
    assert all(len(name) < 60 for name in backups.needs())


def test_why_it_is_not_possible_is_told_without_a_traceback() -> None:
    with pytest.raises(CommandError, match="cut short"), backups.told():
        raise Damaged("cut short")
