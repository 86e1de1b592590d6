"""Imports that can be taken back, and the rows that they replaced."""

from typing import ClassVar

import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("gis_core", "0014_database_clock"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="SourceImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=40, verbose_name="source")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, default=list, editable=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("loaded", "Loaded"),
                            ("taken_back", "Taken back"),
                            ("forgotten", "What it replaced is no longer kept"),
                        ],
                        default="loaded",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("all_communes", models.BooleanField(default=False, editable=False)),
                ("before", models.JSONField(default=dict, editable=False)),
                ("counts", models.JSONField(editable=False, null=True)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="made on"
                    ),
                ),
                ("taken_back_at", models.DateTimeField(null=True, verbose_name="taken back on")),
                ("version", models.IntegerField(default=1, editable=False)),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="gis_core.job",
                        verbose_name="job",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="gis_core.member",
                        verbose_name="owner",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="started by",
                    ),
                ),
                (
                    "taken_back_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ReplacedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table", models.CharField(max_length=130)),
                ("operation", models.CharField(max_length=6)),
                ("row", models.BigIntegerField(null=True)),
                ("old", models.JSONField()),
                (
                    "old_geom",
                    django.contrib.gis.db.models.fields.GeometryField(null=True, spatial_index=False, srid=2154),
                ),
                (
                    "left_as",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), null=True, size=None
                    ),
                ),
                (
                    "source_import",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="gis_core.sourceimport",
                    ),
                ),
            ],
            options={
                "verbose_name": "replaced row",
                "verbose_name_plural": "replaced rows",
                "indexes": [
                    models.Index(fields=["source_import", "table", "row"], name="replaced_row"),
                    models.Index(
                        condition=models.Q(
                            ("table", "planning_document"), ("table", "planning_easementset"), _connector="OR"
                        ),
                        fields=["table"],
                        name="replaced_planning",
                    ),
                ],
            },
        ),
    ]
