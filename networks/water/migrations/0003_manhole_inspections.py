import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gis_core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("gis_core", "0002_cache_and_jobs"),
        ("water", "0002_outage_life"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ManholeSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "inspection_months",
                    models.PositiveSmallIntegerField(default=120, verbose_name="months between inspections"),
                ),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="manhole_settings",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "settings of the inspections of manholes",
                "verbose_name_plural": "settings of the inspections of manholes",
                "db_table": "sewer_manhole_settings",
            },
        ),
        migrations.CreateModel(
            name="ManholeInspection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                ("reference", models.CharField(blank=True, max_length=254, verbose_name="reference")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="recorded"
                    ),
                ),
                ("manhole", models.BigIntegerField(verbose_name="manhole")),
                ("done_date", models.DateField(verbose_name="inspected on")),
                ("done_by", models.CharField(max_length=120, verbose_name="inspected by")),
                ("cover", models.CharField(blank=True, max_length=16, verbose_name="cover")),
                ("frame", models.CharField(blank=True, max_length=16, verbose_name="frame")),
                ("ladder", models.CharField(blank=True, max_length=16, verbose_name="ladder")),
                ("channel", models.CharField(blank=True, max_length=16, verbose_name="channel")),
                ("infiltration", models.CharField(blank=True, max_length=16, verbose_name="infiltration")),
                ("deposit_mm", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="deposit")),
                ("depth_m", models.FloatField(blank=True, null=True, verbose_name="depth measured")),
                (
                    "defects",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=3), blank=True, default=list, verbose_name="defects"
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("good", "In good state"),
                            ("watch", "To be watched"),
                            ("repair", "To be repaired"),
                            ("urgent", "Dangerous: to be made safe at once"),
                            ("unseen", "Not inspected: buried, stuck or out of reach"),
                        ],
                        max_length=8,
                        verbose_name="verdict",
                    ),
                ),
                ("next_date", models.DateField(blank=True, null=True, verbose_name="next inspection before")),
                ("remark", models.CharField(blank=True, max_length=1000, verbose_name="remark")),
                ("struck_at", models.DateTimeField(blank=True, null=True, verbose_name="struck out")),
                ("strike_reason", models.CharField(blank=True, max_length=300, verbose_name="why")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "struck_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="struck out by",
                    ),
                ),
            ],
            options={
                "verbose_name": "inspection of a manhole",
                "verbose_name_plural": "inspections of manholes",
                "db_table": "sewer_manhole_inspection",
                "indexes": [models.Index(fields=["manhole", "-done_date", "-id"], name="manhole_inspection_last")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["good", "watch", "repair", "urgent", "unseen"])),
                        name="manhole_inspection_verdict",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("depth_m", None), models.Q(("depth_m__gt", 0), ("depth_m__lte", 50.0)), _connector="OR"
                        ),
                        name="manhole_inspection_depth",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("next_date", None), ("next_date__gt", models.F("done_date")), _connector="OR"
                        ),
                        name="manhole_inspection_next",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("struck_at", None), models.Q(("strike_reason", ""), _negated=True), _connector="OR"
                        ),
                        name="manhole_inspection_struck_for_a_reason",
                    ),
                ],
            },
        ),
    ]
