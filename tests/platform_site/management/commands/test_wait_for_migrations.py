"""The init container's command: waits for the schema, gives up in time, says what it waits for."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from platform_site.management.commands import wait_for_migrations
from tests.platform_site.migrations import newest


@pytest.mark.django_db
def test_it_returns_at_once_when_everything_is_applied() -> None:
    said = StringIO()
    call_command("wait_for_migrations", timeout=0, stdout=said)
    assert said.getvalue() == "Every migration of this role is applied.\n"


@pytest.mark.django_db
def test_it_names_the_first_migration_that_is_missing_and_gives_up() -> None:
    MigrationRecorder(connection).record_unapplied(*newest("images"))
    with pytest.raises(CommandError, match=r"Gave up after 0 s: \d+ migrations, the first is"):
        call_command("wait_for_migrations", timeout=0, stdout=StringIO())


@pytest.mark.django_db
def test_it_waits_until_another_has_migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied(*newest("images"))
    monkeypatch.setattr(
        "platform_site.management.waiting.time.sleep",
        lambda _seconds: recorder.record_applied(*newest("images")),
    )
    said = StringIO()
    call_command("wait_for_migrations", timeout=60, stdout=said)
    waiting, done = said.getvalue().splitlines()
    assert waiting.startswith("Waiting: ")
    assert done == "Every migration of this role is applied."


def test_a_dead_database_is_waited_for_and_no_address_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_connection: object) -> None:
        raise OperationalError("connection to server at 10.0.0.7 failed: password for owner")

    monkeypatch.setattr(wait_for_migrations, "MigrationExecutor", refuse)
    assert wait_for_migrations.missing() == "the database gives no answer (OperationalError)"
