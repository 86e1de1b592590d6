import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gis_core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("gis_core", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True, verbose_name="short name")),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("title_en", models.CharField(blank=True, max_length=120, verbose_name="English title")),
                ("abstract", models.TextField(blank=True, verbose_name="abstract")),
                ("attribution", models.CharField(blank=True, max_length=200, verbose_name="attribution")),
                ("licence", models.CharField(blank=True, max_length=120, verbose_name="licence")),
                ("acquired_date", models.DateField(verbose_name="date of the photos")),
                (
                    "acquired_precision",
                    models.CharField(
                        choices=[("year", "Year"), ("month", "Month"), ("day", "Day")],
                        max_length=5,
                        verbose_name="precision of the date",
                    ),
                ),
                (
                    "visibility",
                    models.CharField(
                        choices=[
                            ("public", "Everybody"),
                            ("signed_in", "Everybody signed in"),
                            ("members", "Listed members"),
                            ("owner", "Its owner alone"),
                        ],
                        default="signed_in",
                        max_length=10,
                        verbose_name="who sees it",
                    ),
                ),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(),
                        blank=True,
                        default=list,
                        verbose_name="members it is shared with",
                    ),
                ),
                (
                    "within_communes",
                    models.BooleanField(default=False, verbose_name="shared on each member's communes only"),
                ),
                (
                    "publish_at_once",
                    models.BooleanField(default=False, verbose_name="published as soon as it is built"),
                ),
                ("delivery", models.CharField(max_length=400, verbose_name="delivery folder")),
                (
                    "crs",
                    models.PositiveIntegerField(
                        default=2154, verbose_name="CRS of the sheets that name none (EPSG code)"
                    ),
                ),
                (
                    "codec",
                    models.CharField(
                        choices=[("jpeg", "JPEG"), ("webp", "WEBP"), ("deflate", "DEFLATE (lossless)")],
                        default="jpeg",
                        max_length=7,
                        verbose_name="compression",
                    ),
                ),
                (
                    "display",
                    models.CharField(
                        choices=[("natural", "Natural colours"), ("infrared", "Infrared colours")],
                        default="natural",
                        max_length=8,
                        verbose_name="colours",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("inspecting", "Being inspected"),
                            ("refused", "Refused"),
                            ("inspected", "Inspected"),
                            ("building", "Being built"),
                            ("stopped", "Stopped"),
                            ("built", "Built"),
                        ],
                        default="inspecting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("message", models.CharField(blank=True, max_length=500, verbose_name="message")),
                ("plan", models.JSONField(default=dict, editable=False)),
                ("findings", models.JSONField(default=list, editable=False)),
                ("build", models.IntegerField(default=0, editable=False)),
                ("build_started_at", models.DateTimeField(editable=False, null=True)),
                ("built_at", models.DateTimeField(editable=False, null=True)),
                ("published_build", models.IntegerField(editable=False, null=True)),
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
                    "started_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="started by",
                    ),
                ),
            ],
            options={
                "verbose_name": "aerial campaign",
                "verbose_name_plural": "aerial campaigns",
                "ordering": ["-acquired_date", "title"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("visibility", "owner"), _negated=True), ("owner__isnull", False), _connector="OR"
                        ),
                        name="campaign_of_an_owner_has_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Sheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("file", models.CharField(max_length=400, verbose_name="file")),
                ("companions", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[("refused", "Refused"), ("found", "Found"), ("built", "Built"), ("failed", "Failed")],
                        default="found",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=40)),
                ("message", models.CharField(blank=True, max_length=500, verbose_name="message")),
                ("facts", models.JSONField(default=dict)),
                ("geom", django.contrib.gis.db.models.fields.MultiPolygonField(null=True, srid=2154)),
                ("rank", models.IntegerField(default=0)),
                ("file_name", models.CharField(blank=True, max_length=140)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("size_bytes", models.BigIntegerField(null=True)),
                ("seconds", models.FloatField(null=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sheets", to="orthophoto.campaign"
                    ),
                ),
            ],
            options={
                "ordering": ["file"],
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "file"), name="sheet_file_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "refused"), _negated=True),
                        fields=("campaign", "name"),
                        name="sheet_name_once",
                    ),
                ],
            },
        ),
    ]
