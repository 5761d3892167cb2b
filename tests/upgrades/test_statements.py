"""A migration that was released stays as it was."""

import subprocess
from pathlib import Path

import pytest

from tests.upgrades.statements import (
    ChangedMigrationError,
    released_migrations,
    require_unchanged,
)


@pytest.fixture
def released(tmp_path: Path) -> Path:
    folder = tmp_path / "images" / "migrations"
    folder.mkdir(parents=True)
    for name in ("__init__", "0001_initial", "0002_more"):
        (folder / f"{name}.py").write_text(f"# {name}\n")
    for command in (
        ("init", "--quiet"),
        ("add", "."),
        ("-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-qm", "Release 1.0.0"),
    ):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def test_released_migrations_are_those_of_the_commit(released: Path) -> None:
    (released / "images" / "migrations" / "0003_new.py").write_text("")
    found = released_migrations(released, "HEAD")
    assert sorted(found) == [("images", "0001_initial"), ("images", "0002_more")]
    require_unchanged(released, found)


@pytest.mark.parametrize("verb", ["changed", "is gone"])
def test_a_released_migration_that_is_not_as_it_was_is_named(released: Path, verb: str) -> None:
    path = released / "images" / "migrations" / "0002_more.py"
    if verb == "changed":
        path.write_text("# something else\n")
    else:
        path.unlink()
    with pytest.raises(ChangedMigrationError, match=rf"images\.0002_more was released and {verb}"):
        require_unchanged(released, released_migrations(released, "HEAD"))
