import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0014_identities'),
    ]

    operations = [
        migrations.CreateModel(
            name='ExportNotice',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('ready_at', models.DateTimeField(db_index=True, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='ReceiptKey',
            fields=[
                ('thumbprint', models.CharField(editable=False, max_length=43, primary_key=True, serialize=False)),
                ('jwk', models.JSONField(editable=False)),
                ('first_used_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
        ),
        migrations.AddField(
            model_name='user',
            name='closed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='purged_bytes',
            field=models.PositiveBigIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='purged_images',
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
    ]
