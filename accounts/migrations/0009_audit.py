"""The audit: its entries and signed heads can be added, and neither changed nor removed."""

import django.utils.timezone
import platform_site.kit.identifiers
from django.db import migrations, models

APPEND_ONLY = ("accounts_audit_entry", "accounts_audit_head")


def refuse_changes(apps, schema_editor):
    """Triggers that refuse every change, whoever asks: what roles may not do anyway (grants)."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE OR REPLACE FUNCTION accounts_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = '42501'; END $$"
        )
        for table in APPEND_ONLY:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
                f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION accounts_audit_refuse()"
            )
        return
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
            )


def allow_changes(apps, schema_editor):
    """Without the triggers: to go back, and for tests, which empty their tables."""
    if schema_editor.connection.vendor == "postgresql":
        for table in APPEND_ONLY:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
        return
    for table in APPEND_ONLY:
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_mails_and_links'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditDelivery',
            fields=[
                ('shard', models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ('sequence', models.PositiveBigIntegerField(default=0)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name_plural': 'audit deliveries',
                'db_table': 'accounts_audit_delivery',
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.UUIDField(default=platform_site.kit.identifiers.uuid7, editable=False, primary_key=True, serialize=False)),
                ('shard', models.PositiveSmallIntegerField(editable=False)),
                ('sequence', models.PositiveBigIntegerField(editable=False)),
                ('previous_hash', models.CharField(editable=False, max_length=64)),
                ('hash', models.CharField(editable=False, max_length=64)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='at')),
                ('act', models.CharField(editable=False, max_length=60)),
                ('outcome', models.CharField(editable=False, max_length=20)),
                ('user_id', models.UUIDField(editable=False, null=True, verbose_name='account')),
                ('by_id', models.UUIDField(editable=False, null=True, verbose_name='by')),
                ('target', models.CharField(blank=True, editable=False, max_length=200)),
                ('address', models.CharField(blank=True, editable=False, max_length=45)),
                ('device', models.CharField(blank=True, editable=False, max_length=200)),
                ('request_id', models.CharField(blank=True, editable=False, max_length=64, verbose_name='request')),
                ('details', models.JSONField(default=dict, editable=False)),
            ],
            options={
                'verbose_name_plural': 'audit entries',
                'db_table': 'accounts_audit_entry',
                'indexes': [models.Index(fields=['-created_at', '-id'], name='accounts_audit_by_time'), models.Index(fields=['user_id', '-created_at', '-id'], name='accounts_audit_by_user'), models.Index(fields=['address', '-created_at'], name='accounts_audit_by_address')],
                'constraints': [models.UniqueConstraint(fields=('shard', 'sequence'), name='accounts_audit_in_a_chain')],
            },
        ),
        migrations.CreateModel(
            name='AuditHead',
            fields=[
                ('id', models.UUIDField(default=platform_site.kit.identifiers.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='at')),
                ('kid', models.CharField(editable=False, max_length=200)),
                ('jws', models.TextField(editable=False)),
            ],
            options={
                'db_table': 'accounts_audit_head',
                'indexes': [models.Index(fields=['-created_at', '-id'], name='accounts_audit_head_by_time')],
            },
        ),
        migrations.RunPython(refuse_changes, allow_changes),
    ]
