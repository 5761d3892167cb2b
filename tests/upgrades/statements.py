"""What the migrations since a release do to a PostgreSQL that has its tables: every statement.

They are run and listened to, because SQL that Django only prints lacks what code in a migration
executes.
"""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from psycopg import ClientCursor

HOME: Final = Path(__file__).resolve().parents[2]
Key = tuple[str, str]
ROWS: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "SAVEPOINT", "RELEASE", "ROLLBACK")
"""How statements begin that read or write rows: what they lock they let go of again."""


class ChangedMigrationError(Exception):
    """A migration of a release has changed or is gone: who has run it keeps what it did."""


@dataclass
class Ran:
    """One migration, and the statements by which it changed tables."""

    key: Key
    is_atomic: bool
    statements: list[str] = field(default_factory=list)
    tables_before: frozenset[str] = frozenset()
    """Those that were there before it."""


def folders() -> dict[str, str]:
    """Where the migrations of each of our apps are, relative to the root, by the app's label."""
    found = {}
    for config in apps.get_app_configs():
        path = Path(config.path)
        if path.is_relative_to(HOME) and not path.relative_to(HOME).parts[0].startswith("."):
            found[config.label] = f"{path.relative_to(HOME).as_posix()}/migrations"
    return found


def released_migrations(root: Path, commit: str) -> dict[Key, str]:
    """Migrations of our apps at ``commit``, with git's hash of each file."""
    listed = subprocess.run(
        ["git", "ls-tree", "-r", commit, "--", *folders().values()],
        cwd=root, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return {key: words.split()[2] for words, key in _migrations(listed)}


def require_unchanged(root: Path, released: Mapping[Key, str]) -> None:
    """Raises `ChangedMigrationError` for the first of ``released`` that is not as it was."""
    for (app, name), before in released.items():
        path = root / folders()[app] / f"{name}.py"
        hashed = subprocess.run(
            ["git", "hash-object", str(path)], capture_output=True, text=True, check=False
        ).stdout.strip()
        if hashed != before:
            verb = "changed" if hashed else "is gone"
            raise ChangedMigrationError(f"{app}.{name} was released and {verb}; write a new one")


def run_since(released: frozenset[Key] | set[Key]) -> tuple[frozenset[str], list[Ran]]:
    """Migrate the empty database to ``released``, then on; the tables between, and what was run.

    Migrations of libraries count as released.
    """
    executor = MigrationExecutor(connection)
    ours = folders()
    plan = [
        migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())
    ]
    before = [m for m in plan if m.app_label not in ours or (m.app_label, m.name) in released]
    for migration in before:
        _run(migration)
    tables = frozenset(connection.introspection.table_names())
    return tables, [_run(migration) for migration in plan if migration not in before]


def _run(migration: Migration) -> Ran:
    ran = Ran((migration.app_label, migration.name), migration.atomic)
    ran.tables_before = frozenset(connection.introspection.table_names())
    executor = MigrationExecutor(connection)
    with heard(ran.statements):
        executor.migrate([ran.key], plan=[(migration, False)])
    return ran


@contextmanager
def heard(statements: list[str]) -> Iterator[None]:
    """Whatever changes tables meanwhile is added to ``statements``, with its values."""

    def listen(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's
        text = str(sql).strip()
        if not text.upper().startswith(ROWS) and "django_migrations" not in text:
            if params:
                text = ClientCursor(connection.connection).mogrify(text, params)
            statements.append(text.rstrip("; \n"))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield


def _migrations(listed: str) -> Iterator[tuple[str, Key]]:
    labels = {folder: label for label, folder in folders().items()}
    for line in listed.splitlines():
        words, path = line.split("\t")
        name = PurePosixPath(path)
        label = labels.get(str(name.parent))
        if label is not None and name.suffix == ".py" and name.stem != "__init__":
            yield words, (label, name.stem)
