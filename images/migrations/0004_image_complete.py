from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('images', '0003_image_withheld_at'),
    ]

    operations = [
        migrations.AddField(
            model_name='image',
            name='complete',
            field=models.BooleanField(help_text='Whether every pixel was there; not known until it is decoded.', null=True),
        ),
    ]
