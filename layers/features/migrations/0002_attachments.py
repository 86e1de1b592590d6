import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0008_looks"),
        ("features", "0001_editing"),
        ("gis_core", "0008_row_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

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
                ("added_at", models.DateTimeField(auto_now_add=True, verbose_name="added on")),
                ("version", models.IntegerField(default=1, editable=False)),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
                    ),
                ),
                (
                    "layer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalogue.layer",
                        verbose_name="layer",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="gis_core.member",
                        verbose_name="owner",
                    ),
                ),
            ],
            options={
                "verbose_name": "attached photo",
                "verbose_name_plural": "attached photos",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["layer", "feature"], name="features_at_layer_i_3dc028_idx")],
            },
        ),
    ]
