"""Of those who write in one process each has its turn, and the turn is always given on."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Any, Final

import pytest
from django.db import OperationalError, connections, transaction
from django.db.utils import ConnectionHandler
from pytest_django import DjangoDbBlocker

from platform_site.settings.parts.embedded_data import SQLITE
from platform_site.sqlite import base

LINED: Final = "lined"


@pytest.fixture
def file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_db_blocker: DjangoDbBlocker
) -> Iterator[Path]:
    """A database of one table, whose lock nobody waits for: they fail at once."""
    options = {**SQLITE["OPTIONS"], "timeout": 0}
    entry = {**SQLITE, "NAME": tmp_path / "lined.sqlite3", "OPTIONS": options}
    found = ConnectionHandler({"default": entry}).settings["default"]
    monkeypatch.setitem(connections.settings, LINED, found)
    with django_db_blocker.unblock():
        execute("CREATE TABLE letters (letter text)")
        yield tmp_path / "lined.sqlite3"
        assert not base.line.is_taken
        close()
        del connections[LINED]


def execute(statement: str) -> list[Any]:
    """The rows of a statement."""
    with connections[LINED].cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def close() -> None:
    connections[LINED].close()


def written() -> str:
    return "".join(letter for (letter,) in execute("SELECT letter FROM letters ORDER BY rowid"))


def write(letter: str) -> None:
    execute(f"INSERT INTO letters VALUES ('{letter}')")  # noqa: S608 - a letter of ours


def write_in_transaction(letter: str) -> None:
    with transaction.atomic(using=LINED):
        write(letter)


def elsewhere(act: Callable[[], object]) -> object:
    """What ``act`` gives, in a thread that leaves no connection behind."""
    try:
        return act()
    finally:
        close()


@pytest.mark.parametrize("then", [write, write_in_transaction])
def test_who_comes_while_another_writes_waits_for_the_turn(
    file: Path, monkeypatch: pytest.MonkeyPatch, then: Callable[[str], None]
) -> None:
    asks, enter = Event(), base.line.enter

    def entered() -> bool:
        asks.set()
        return enter()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic(using=LINED):
            write("a")
            monkeypatch.setattr(base.line, "enter", entered)
            second = threads.submit(elsewhere, lambda: then("b"))
            assert asks.wait(30)
            with pytest.raises(TimeoutError):
                second.result(0.1)
            write("c")
        second.result(30)
    assert written() == "acb"


def test_who_reads_waits_for_nobody(file: Path) -> None:
    with transaction.atomic(using=LINED), ThreadPoolExecutor(1) as threads:
        write("a")
        assert threads.submit(elsewhere, written).result(30) == ""


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_the_turn_ends_with_the_transaction(file: Path, end: str) -> None:
    connection = connections[LINED]
    with transaction.atomic(using=LINED):
        write("a")
        assert base.line.is_taken
        if end == "close":
            close()
        elif end == "rollback":
            transaction.set_rollback(True, using=LINED)
    assert not base.line.is_taken
    assert connection is connections[LINED]
    assert written() == ("a" if end == "commit" else "")


@pytest.mark.parametrize("act", [write, write_in_transaction])
def test_who_finds_another_process_writing_gives_the_turn_on(
    file: Path, act: Callable[[str], None]
) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            act("a")
        assert not base.line.is_taken
    act("b")
    assert written() == "b"


@pytest.mark.parametrize("act", [write, write_in_transaction])
def test_a_turn_that_does_not_come_is_done_without(
    file: Path, monkeypatch: pytest.MonkeyPatch, act: Callable[[str], None]
) -> None:
    monkeypatch.setattr(base, "TURN_S", 0.01)
    with base.line.turn():
        act("a")
        assert base.line.is_taken
    assert written() == "a"


def test_a_child_of_a_process_has_a_line_of_its_own() -> None:
    line = base.Line()
    assert line.enter()
    line.renew()
    assert not line.is_taken
