import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0003_archived_layers"),
        ("gis_core", "0002_cache_and_jobs"),
        ("intake", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LayerRefresh",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("folder", "A folder of this site"), ("address", "An address")],
                        max_length=7,
                        verbose_name="from",
                    ),
                ),
                ("place", models.CharField(max_length=2000, verbose_name="place")),
                ("source_layer", models.CharField(blank=True, max_length=200, verbose_name="layer of the file")),
                ("mode", models.CharField(max_length=11, verbose_name="what becomes of the layer")),
                (
                    "period",
                    models.CharField(
                        choices=[
                            ("hour", "Every hour"),
                            ("day", "Every day"),
                            ("week", "Every Monday"),
                            ("month", "On the first of the month"),
                        ],
                        max_length=5,
                        verbose_name="how often",
                    ),
                ),
                ("hour", models.PositiveSmallIntegerField(default=4, verbose_name="hour")),
                ("next_at", models.DateTimeField(verbose_name="next time")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Not yet done"),
                            ("applied", "Brought up to date"),
                            ("unchanged", "Nothing new"),
                            ("refused", "Refused"),
                        ],
                        default="waiting",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("message", models.CharField(blank=True, max_length=500, verbose_name="message")),
                ("done_at", models.DateTimeField(null=True, verbose_name="last time")),
                ("digest", models.CharField(blank=True, editable=False, max_length=64)),
                ("etag", models.CharField(blank=True, editable=False, max_length=300)),
                ("modified", models.CharField(blank=True, editable=False, max_length=100)),
                ("version", models.IntegerField(default=1, editable=False)),
                (
                    "last_import",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="intake.fileimport",
                    ),
                ),
                (
                    "layer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="refresh",
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
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "refreshing of a layer",
                "verbose_name_plural": "refreshing of layers",
                "indexes": [models.Index(fields=["next_at"], name="layer_refresh_next")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("hour__lte", 23)), name="layer_refresh_hour"),
                    models.CheckConstraint(
                        condition=models.Q(("mode__in", ["replace", "synchronise", "attributes"])),
                        name="layer_refresh_mode",
                    ),
                ],
            },
        ),
    ]
