"""The newest migration of an app, which a test takes back and gives again."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def newest(app: str) -> tuple[str, str]:
    """The app and the name of the migration, as Django's recorder takes them."""
    ((label, name),) = MigrationExecutor(connection).loader.graph.leaf_nodes(app)
    return label, name
