"""``manage.py wait_for_migrations``: returns once the database is at this release's migrations."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from platform_site.management.waiting import wait_until_nothing_lacks


class Command(BaseCommand):
    help = "Wait until every migration of this role's apps is applied; pods start behind it."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--timeout", type=float, default=600.0, help="give up after so many seconds"
        )

    def handle(self, *_args: Any, timeout: float, **_options: Any) -> None:
        wait_until_nothing_lacks(missing, timeout, self.stdout.write)
        self.stdout.write(self.style.SUCCESS("Every migration of this role is applied."))


def missing() -> str:
    """What is still to be waited for, in words without secrets; empty when nothing is."""
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as exc:
        connection.close()
        return f"the database gives no answer ({type(exc).__name__})"
    if plan:
        return f"{len(plan)} migrations, the first is {plan[0][0]}"
    return ""
