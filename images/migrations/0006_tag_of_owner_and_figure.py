"""Adds what lists and the status will read; the previous release goes on writing meanwhile.

Its tags name no owner: on PostgreSQL a trigger fills that in. The embedded form has one process,
which is never older than its tables.
"""

import django.utils.timezone
from django.db import migrations, models

TRIGGER = """
CREATE FUNCTION images_tag_of_image() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT owner_id, created_at INTO NEW.owner_id, NEW.image_created_at
    FROM images_image WHERE id = NEW.image_id;
    RETURN NEW;
END $$;
CREATE TRIGGER images_tag_of_image BEFORE INSERT ON images_tag
FOR EACH ROW WHEN (NEW.owner_id IS NULL) EXECUTE FUNCTION images_tag_of_image();
"""
NO_TRIGGER = """
DROP TRIGGER images_tag_of_image ON images_tag;
DROP FUNCTION images_tag_of_image();
"""


def on_postgresql(statements):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(statements, params=None)

    return run


class Migration(migrations.Migration):

    dependencies = [
        ('images', '0005_formats_by_content'),
    ]

    operations = [
        migrations.CreateModel(
            name='Figure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('succeeded', 'Succeeded'), ('failed', 'Failed'), ('stored_bytes', 'Stored Bytes'), ('stored_images', 'Stored Images')], max_length=20)),
                ('hour', models.DateTimeField()),
                ('value', models.PositiveBigIntegerField()),
                ('counted_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddConstraint(
            model_name='figure',
            constraint=models.UniqueConstraint(fields=('hour', 'kind'), name='images_figure_once_an_hour'),
        ),
        migrations.AddField(
            model_name='tag',
            name='image_created_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='tag',
            name='owner_id',
            field=models.UUIDField(null=True),
        ),
        migrations.RunPython(on_postgresql(TRIGGER), on_postgresql(NO_TRIGGER)),
    ]
