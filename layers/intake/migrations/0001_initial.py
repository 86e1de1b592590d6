import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gis_core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalogue", "0001_initial"),
        ("gis_core", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, default=list, editable=False
                    ),
                ),
                ("folder", models.CharField(editable=False, max_length=40, unique=True)),
                ("files", models.JSONField(default=list, editable=False)),
                ("contents", models.JSONField(default=list, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("inspecting", "Being inspected"), ("inspected", "Inspected"), ("refused", "Refused")],
                        default="inspecting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("message", models.CharField(blank=True, max_length=500, verbose_name="message")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="made on"
                    ),
                ),
                ("version", models.IntegerField(default=1, editable=False)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="gis_core.member",
                        verbose_name="owner",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sent by",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivered file",
                "verbose_name_plural": "delivered files",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, default=list, editable=False
                    ),
                ),
                ("number", models.PositiveIntegerField(editable=False)),
                ("table", models.CharField(blank=True, editable=False, max_length=63)),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("create", "New layer"),
                            ("replace", "Replace"),
                            ("append", "Append"),
                            ("synchronise", "Synchronise"),
                        ],
                        max_length=11,
                        verbose_name="mode",
                    ),
                ),
                ("choices", models.JSONField(default=dict, editable=False)),
                ("plan", models.JSONField(editable=False, null=True)),
                ("report", models.JSONField(editable=False, null=True)),
                ("former", models.JSONField(editable=False, null=True)),
                ("event", models.BigIntegerField(editable=False, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("preparing", "Being checked"),
                            ("prepared", "Checked"),
                            ("refused", "Refused"),
                            ("applying", "Being applied"),
                            ("applied", "Applied"),
                            ("taking_back", "Being taken back"),
                            ("taken_back", "Taken back"),
                        ],
                        default="preparing",
                        max_length=11,
                        verbose_name="state",
                    ),
                ),
                ("message", models.CharField(blank=True, max_length=500, verbose_name="message")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="made on"
                    ),
                ),
                ("applied_at", models.DateTimeField(null=True, verbose_name="applied on")),
                ("taken_back_at", models.DateTimeField(null=True, verbose_name="taken back on")),
                ("version", models.IntegerField(default=1, editable=False)),
                (
                    "delivery",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="imports",
                        to="intake.delivery",
                        verbose_name="delivered file",
                    ),
                ),
                (
                    "layer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="imports",
                        to="catalogue.layer",
                        verbose_name="layer",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="gis_core.member",
                        verbose_name="owner",
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
    ]
