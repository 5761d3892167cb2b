"""Empty places of a rehearsal: one at a time, gone afterwards, and without what was left before."""

from pathlib import Path

import psycopg
import pytest

from platform_site.backup.errors import BackupError, Harmful
from platform_site.backup.trials import trial_database, trial_directory


def test_a_directory_is_empty_and_gone_afterwards(tmp_path: Path) -> None:
    (tmp_path / "rehearsal-1" / "deep").mkdir(parents=True)
    (tmp_path / "of-somebody-else").touch()
    with trial_directory(tmp_path) as directory:
        assert list(directory.iterdir()) == []
        assert directory.stat().st_mode & 0o777 == 0o700
        (directory / "file").touch()
        with pytest.raises(Harmful, match=r"runs in .* already"), trial_directory(tmp_path):
            pass
        assert (directory / "file").exists()
    assert {file.name for file in tmp_path.iterdir()} == {"of-somebody-else", ".rehearsal.lock"}


def test_a_database_is_of_its_own_and_gone_afterwards(postgresql_url: str) -> None:
    def names() -> set[str]:
        with psycopg.connect(postgresql_url) as connection:
            rows = connection.execute("SELECT datname FROM pg_database").fetchall()
        return {name for (name,) in rows}

    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute('CREATE DATABASE "rehearsal-1"')
    before = names()
    with trial_database(postgresql_url) as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE mine (id int)")
        assert "rehearsal-1" not in names()
        connection.commit()
    assert names() == before - {"rehearsal-1"}


def test_a_server_that_gives_none_is_told_of() -> None:
    server = "postgresql://somebody@127.0.0.1:9/postgres"
    with pytest.raises(BackupError, match="gives no database"), trial_database(server):
        pass
