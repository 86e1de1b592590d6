import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gis_core", "0009_letters"),
        ("water", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FireSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "technical_months",
                    models.PositiveSmallIntegerField(default=36, verbose_name="months between technical inspections"),
                ),
                (
                    "visual_months",
                    models.PositiveSmallIntegerField(default=0, verbose_name="months between working inspections"),
                ),
                ("flow_m3h", models.PositiveSmallIntegerField(default=60, verbose_name="flow expected of a hydrant")),
                ("distance_m", models.PositiveSmallIntegerField(default=200, verbose_name="distance along the roads")),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fire_settings",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "settings of the defence against fire",
                "verbose_name_plural": "settings of the defence against fire",
                "db_table": "water_fire_settings",
            },
        ),
        migrations.CreateModel(
            name="HydrantInspection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                ("hydrant", models.BigIntegerField(verbose_name="hydrant")),
                ("reference", models.CharField(blank=True, max_length=254, verbose_name="reference")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="recorded")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("technical", "Technical inspection (flow and pressure)"),
                            ("visual", "Working inspection (seen, opened, closed)"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("done_date", models.DateField(verbose_name="inspected on")),
                ("done_by", models.CharField(max_length=120, verbose_name="inspected by")),
                ("flow_m3h", models.FloatField(blank=True, null=True, verbose_name="flow at 1 bar")),
                ("static_bar", models.FloatField(blank=True, null=True, verbose_name="static pressure")),
                ("dynamic_bar", models.FloatField(blank=True, null=True, verbose_name="dynamic pressure")),
                (
                    "anomalies",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), blank=True, default=list, verbose_name="anomalies"
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("compliant", "Compliant"),
                            ("not_compliant", "Not compliant"),
                            ("unavailable", "Not available"),
                        ],
                        max_length=14,
                        verbose_name="verdict",
                    ),
                ),
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
                "verbose_name": "inspection of a hydrant",
                "verbose_name_plural": "inspections of hydrants",
                "db_table": "water_hydrant_inspection",
            },
        ),
        migrations.CreateModel(
            name="HydrantUnavailability",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                ("hydrant", models.BigIntegerField(verbose_name="hydrant")),
                ("reference", models.CharField(blank=True, max_length=254, verbose_name="reference")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="recorded")),
                ("from_at", models.DateTimeField(verbose_name="unavailable from")),
                ("until_at", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("told", models.CharField(blank=True, max_length=300, verbose_name="who was told")),
                ("told_back", models.CharField(blank=True, max_length=300, verbose_name="who was told of its return")),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ended by",
                    ),
                ),
                (
                    "inspection",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="water.hydrantinspection",
                        verbose_name="found by the inspection",
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
            ],
            options={
                "verbose_name": "unavailability of a hydrant",
                "verbose_name_plural": "unavailabilities of hydrants",
                "db_table": "water_hydrant_unavailability",
            },
        ),
        migrations.CreateModel(
            name="FireCoverage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("insee", models.CharField(blank=True, max_length=5, verbose_name="commune")),
                ("distance_m", models.PositiveSmallIntegerField(verbose_name="distance along the roads")),
                ("flow_m3h", models.PositiveSmallIntegerField(default=0, verbose_name="flow expected of a hydrant")),
                ("light", models.BooleanField(default=False, verbose_name="light buildings, too")),
                ("least_m2", models.PositiveSmallIntegerField(default=0, verbose_name="smallest building")),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="computed")),
                ("seconds", models.FloatField()),
                ("summary", models.JSONField()),
                ("far", models.JSONField()),
                ("truncated", models.BooleanField(default=False)),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="computed by",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "cover of the hydrants",
                "verbose_name_plural": "covers of the hydrants",
                "db_table": "water_fire_coverage",
                "indexes": [models.Index(fields=["owner", "-made_at"], name="fire_coverage_last")],
            },
        ),
        migrations.AddIndex(
            model_name="hydrantinspection",
            index=models.Index(fields=["hydrant", "-done_date", "-id"], name="hydrant_inspection_last"),
        ),
        migrations.AddConstraint(
            model_name="hydrantinspection",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["technical", "visual"])), name="hydrant_inspection_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="hydrantinspection",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["compliant", "not_compliant", "unavailable"])),
                name="hydrant_inspection_verdict",
            ),
        ),
        migrations.AddConstraint(
            model_name="hydrantinspection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", "technical"),
                    models.Q(("dynamic_bar", None), ("flow_m3h", None), ("static_bar", None)),
                    _connector="OR",
                ),
                name="hydrant_inspection_measures",
            ),
        ),
        migrations.AddConstraint(
            model_name="hydrantinspection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("struck_at", None), models.Q(("strike_reason", ""), _negated=True), _connector="OR"
                ),
                name="hydrant_inspection_struck_for_a_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="hydrantunavailability",
            index=models.Index(fields=["hydrant", "-from_at"], name="hydrant_unavailability_last"),
        ),
        migrations.AddConstraint(
            model_name="hydrantunavailability",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until_at", None)),
                fields=("hydrant",),
                name="hydrant_unavailability_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="hydrantunavailability",
            constraint=models.CheckConstraint(
                condition=models.Q(("until_at", None), ("until_at__gte", models.F("from_at")), _connector="OR"),
                name="hydrant_unavailability_in_order",
            ),
        ),
    ]
