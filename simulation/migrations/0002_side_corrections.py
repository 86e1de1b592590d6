import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gis_core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("gis_core", "0004_history_of_heights"),
        ("simulation", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SideCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                ("insee", models.CharField(max_length=5, verbose_name="commune")),
                (
                    "kind",
                    models.CharField(
                        choices=[("alignment", "Alignment"), ("side", "Side limit"), ("rear", "Rear limit")],
                        max_length=10,
                        verbose_name="side",
                    ),
                ),
                ("geom", django.contrib.gis.db.models.fields.LineStringField(srid=2154)),
                (
                    "changed_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="changed"
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "corrected side",
                "verbose_name_plural": "corrected sides",
            },
        ),
    ]
