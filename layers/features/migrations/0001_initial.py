import uuid

import django.contrib.postgres.fields
from django.db import migrations, models

import gis_core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("feature", models.BigIntegerField(verbose_name="feature")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list),
                ),
                ("private", models.BooleanField(default=False)),
                ("name", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("taken_at", models.DateTimeField(null=True, verbose_name="taken on")),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("size_bytes", models.PositiveIntegerField()),
                (
                    "added_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="added on"
                    ),
                ),
                ("version", models.IntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "attached photo",
                "verbose_name_plural": "attached photos",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("feature", models.BigIntegerField(verbose_name="feature")),
                ("action", models.CharField(max_length=6, verbose_name="action")),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=63), verbose_name="fields"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="changed on")),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "ordering": ["-id"],
            },
        ),
    ]
