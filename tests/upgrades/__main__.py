"""``python -m tests.upgrades``, a part of ``make lint``: may the new migrations be released?"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import django

from deploy.project_release.history import NoHistoryError, previous_release
from tests.servers.postgresql import postgresql

HELP = "How a migration suits the release that runs: CONTRIBUTING.md, “Change a table”."


@contextmanager
def empty_database() -> Iterator[None]:
    """Django on a database that nobody else has; it ends with the block."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "platform_site.settings.test_embedded"
    django.setup()

    from django.db import connections  # noqa: PLC0415 - after the settings
    from django.db.backends.base.base import BaseDatabaseWrapper  # noqa: PLC0415 - likewise

    def execute(database: BaseDatabaseWrapper, statement: str) -> None:
        with database.cursor() as cursor:
            cursor.execute(statement)

    name = f"migrations_{os.getpid()}"
    with postgresql() as url:
        parts = urlsplit(url)
        connection = connections["default"]
        connection.settings_dict.update(
            NAME="postgres",
            HOST=dict(parse_qsl(parts.query)).get("host") or parts.hostname or "",
            PORT=parts.port or "",
            USER=unquote(parts.username or ""),
            PASSWORD=unquote(parts.password or ""),
        )
        execute(connection, f'CREATE DATABASE "{name}"')
        connection.close()
        connection.settings_dict["NAME"] = name
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = "postgres"
            execute(connection, f'DROP DATABASE "{name}" WITH (FORCE)')
            connection.close()


def main() -> int:
    """Print what is refused, and return 1 if anything is."""
    root = Path.cwd()
    try:
        release = previous_release(root)
    except NoHistoryError as exc:
        sys.stderr.write(f"Migrations cannot be judged: {exc}\n")
        return 1
    if release is None:
        sys.stdout.write("No release yet, so no migration can break one.\n")
        return 0
    with empty_database():
        # After the settings, which they read.
        from tests.upgrades import linter, statements  # noqa: PLC0415
        from tests.upgrades.allowed import ALLOWED  # noqa: PLC0415

        released = statements.released_migrations(root, release.commit)
        try:
            statements.require_unchanged(root, released)
        except statements.ChangedMigrationError as exc:
            sys.stderr.write(f"{exc}.\n")
            return 1
        tables, ran = statements.run_since(set(released))
        judged = [each.key for each in ran]
        rest, unused = linter.refused(linter.findings(tables, ran), ALLOWED, judged)
    for one in rest:
        sys.stderr.write(f"{one}\n")
    for entry in unused:
        sys.stderr.write(f"tests/upgrades/allowed.py allows what nothing does: {entry}\n")
    if rest or unused:
        sys.stderr.write(f"Refused beside release {release.version}. {HELP}\n")
        return 1
    sys.stdout.write(f"{len(ran)} migrations since release {release.version} suit it.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
