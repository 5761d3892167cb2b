"""What a backup asks of rows: how many there are, which migrations made them, and their objects.

Knows no app: each names on its ``AppConfig`` the callable that tells of its objects.
"""

from collections.abc import Iterator, Mapping

from django.apps import apps
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.module_loading import import_string

from platform_site.kit.stored_objects import ObjectReference


def references(using: str) -> Iterator[ObjectReference]:
    """The objects that rows of the database ``using`` refer to, as the installed apps tell."""
    for app in apps.get_app_configs():
        if path := getattr(app, "stored_objects", ""):
            yield from import_string(path)(using)


def table_counts(using: str) -> Mapping[str, int]:
    """Rows of every table, whether or not a model has it."""
    connection = connections[using]
    counts = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT count(*) FROM {name}")  # noqa: S608 - a name of the database
            counts[table] = int(cursor.fetchone()[0])
    return counts


def migrations_applied(using: str) -> Mapping[str, list[str]]:
    """Those that the database ``using`` has, by app."""
    found: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connections[using]).applied_migrations()):
        found.setdefault(app, []).append(name)
    return found


def migrations_added(applied: Mapping[str, list[str]], *, using: str) -> list[str]:
    """Those that the database ``using`` has and ``applied`` has not."""
    return [
        f"{app}.{name}"
        for app, names in migrations_applied(using).items()
        for name in names
        if name not in applied.get(app, [])
    ]


def migrations_unknown(applied: Mapping[str, list[str]]) -> list[str]:
    """Those of ``applied`` that this release does not have: it is older than they are."""
    loader = MigrationLoader(None)
    known = set(loader.disk_migrations)
    known |= {name for each in loader.disk_migrations.values() for name in each.replaces}
    return [
        f"{app}.{name}"
        for app, names in sorted(applied.items())
        for name in names
        if (app, name) not in known
    ]
