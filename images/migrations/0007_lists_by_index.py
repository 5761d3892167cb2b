"""Fills in the owners of tags and builds the indexes of lists and search, while others write.

Ran halfway, it may be run again: what is built stays, what is broken is built anew.
"""

from django.db import migrations, models

BATCH = 10_000

# Keys of all runs of three characters, hashed with the owner: an array that any PostgreSQL can
# index without an extension, and in which everybody's words lie apart.
SEARCH_KEYS = """
CREATE OR REPLACE FUNCTION images_search_keys(owner uuid, title text, filename text)
RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
BEGIN
    RETURN (
        SELECT coalesce(array_agg(hashtextextended(substr(text, place, 3), seed)), '{}')
        FROM (SELECT hashtextextended(owner::text, 0)) AS owners(seed),
             (VALUES (upper(title)), (upper(filename))) AS texts(text),
             generate_series(1, length(text) - 2) AS places(place)
    );
END $$
"""
SEARCH_INDEX = """
CREATE INDEX CONCURRENTLY images_image_search ON images_image
USING gin (images_search_keys(owner_id, title, filename)) WITH (gin_pending_list_limit = 128)
"""


def owners_fill(apps, schema_editor):
    last = apps.get_model("images", "Tag").objects.order_by("-id").values_list("id", flat=True).first()
    with schema_editor.connection.cursor() as cursor:
        for first in range(0, (last or 0) + 1, BATCH):
            cursor.execute(
                "UPDATE images_tag SET"
                " owner_id = (SELECT owner_id FROM images_image WHERE id = image_id),"
                " image_created_at = (SELECT created_at FROM images_image WHERE id = image_id)"
                " WHERE id >= %s AND id < %s AND owner_id IS NULL",
                [first, first + BATCH],
            )


def search_build(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(SEARCH_KEYS, params=None)
        if not is_built(schema_editor, "images_image_search"):
            schema_editor.execute(SEARCH_INDEX, params=None)


def search_drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX CONCURRENTLY IF EXISTS images_image_search")
        schema_editor.execute("DROP FUNCTION IF EXISTS images_search_keys(uuid, text, text)")


def is_built(schema_editor, name):
    """Whether the index is there and whole; one that broke off is dropped."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [name])
        found = cursor.fetchone()
        if found and not found[0]:
            cursor.execute(f"DROP INDEX CONCURRENTLY {name}")
        return bool(found and found[0])


class AddIndexMeanwhile(migrations.AddIndex):
    """Concurrently on PostgreSQL."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        elif not is_built(schema_editor, self.index.name):
            model = to_state.apps.get_model(app_label, self.model_name)
            schema_editor.add_index(model, self.index, concurrently=True)


class RemoveIndexMeanwhile(migrations.RemoveIndex):
    """Likewise; one that is gone is no error."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        else:
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {self.name}")


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('images', '0006_tag_of_owner_and_figure'),
    ]

    operations = [
        migrations.RunPython(owners_fill, migrations.RunPython.noop),
        AddIndexMeanwhile(
            model_name='tag',
            index=models.Index(fields=['owner_id', 'name', 'image_created_at', 'image'], name='images_tag_of_owner'),
        ),
        AddIndexMeanwhile(
            model_name='image',
            index=models.Index(condition=models.Q(('trashed_at__isnull', True)), fields=['owner_id', 'created_at', 'id'], name='images_image_there'),
        ),
        AddIndexMeanwhile(
            model_name='image',
            index=models.Index(condition=models.Q(('trashed_at__isnull', False), models.Q(('state', 'purged'), _negated=True)), fields=['owner_id', 'created_at', 'id'], name='images_image_trashed'),
        ),
        AddIndexMeanwhile(
            model_name='image',
            index=models.Index(condition=models.Q(('trashed_at__isnull', True)), fields=['owner_id', 'state', 'created_at', 'id'], name='images_image_by_state'),
        ),
        AddIndexMeanwhile(
            model_name='image',
            index=models.Index(condition=models.Q(('trashed_at__isnull', True)), fields=['owner_id', 'format', 'created_at', 'id'], name='images_image_by_format'),
        ),
        AddIndexMeanwhile(
            model_name='image',
            index=models.Index(condition=models.Q(('trashed_at__isnull', False), models.Q(('state', 'purged'), _negated=True)), fields=['owner_id', 'state', 'created_at', 'id'], name='images_trash_by_state'),
        ),
        AddIndexMeanwhile(
            model_name='image',
            index=models.Index(condition=models.Q(('trashed_at__isnull', False), models.Q(('state', 'purged'), _negated=True)), fields=['owner_id', 'format', 'created_at', 'id'], name='images_trash_by_format'),
        ),
        AddIndexMeanwhile(
            model_name='image',
            index=models.Index(condition=models.Q(('state', 'purged')), fields=['owner_id', 'id'], name='images_image_purged'),
        ),
        AddIndexMeanwhile(
            model_name='job',
            index=models.Index(condition=models.Q(('state__in', ['queued', 'running'])), fields=['owner_id', 'created_at', 'id'], name='images_job_under_way'),
        ),
        AddIndexMeanwhile(
            model_name='job',
            index=models.Index(condition=models.Q(('state__in', ['succeeded', 'failed', 'canceled'])), fields=['owner_id', 'state', 'created_at', 'id'], name='images_job_ended'),
        ),
        AddIndexMeanwhile(
            model_name='job',
            index=models.Index(condition=models.Q(('state', 'queued')), fields=['queue', 'queued_at'], name='images_job_waiting'),
        ),
        migrations.RunPython(search_build, search_drop),
        RemoveIndexMeanwhile(
            model_name='image',
            name='images_image_by_owner',
        ),
        RemoveIndexMeanwhile(
            model_name='tag',
            name='images_tag_by_name',
        ),
    ]
