from pathlib import Path

import pytest

from platform_site.backup.errors import BackupError, WrongKey
from platform_site.backup.keyring import FILE, Keyring
from platform_site.backup.stores import DirectoryStore

WORD = "a long word of ours"


def test_the_first_backup_makes_the_key_and_the_next_finds_it(tmp_path: Path) -> None:
    place = DirectoryStore(tmp_path)
    made = Keyring.ensured(place, WORD)
    assert Keyring.ensured(place, WORD) == Keyring.opened(place, WORD) == made
    assert made.identity.secret not in (tmp_path / FILE).read_bytes()


def test_another_passphrase_is_told_so(tmp_path: Path) -> None:
    place = DirectoryStore(tmp_path)
    Keyring.ensured(place, WORD)
    with pytest.raises(WrongKey, match="The passphrase does not open the backups at"):
        Keyring.ensured(place, "another long word")


def test_a_short_passphrase_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="5 characters; it takes at least 16"):
        Keyring.ensured(DirectoryStore(tmp_path), "short")
    assert not list(tmp_path.iterdir())


def test_a_lost_key_is_not_replaced_by_one_that_opens_nothing(tmp_path: Path) -> None:
    place = DirectoryStore(tmp_path)
    place.write("manifests/one.json", [b"{}"])
    with pytest.raises(BackupError, match="put it back from a copy"):
        Keyring.ensured(place, WORD)


def test_where_no_backups_are_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="There are no backups at"):
        Keyring.opened(DirectoryStore(tmp_path), WORD)


def test_names_and_signatures_follow_from_the_key(tmp_path: Path) -> None:
    one = Keyring.ensured(DirectoryStore(tmp_path / "one"), WORD)
    other = Keyring.ensured(DirectoryStore(tmp_path / "other"), WORD)
    assert one.name("checksum") == one.name("checksum") != other.name("checksum")
    assert one.signature(b"text") == one.signature(b"text") != other.signature(b"text")
