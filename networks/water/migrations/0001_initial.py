import django.contrib.gis.db.models.fields
import django.contrib.gis.db.models.functions
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.serializers.json
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
                (
                    "recorded_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="recorded"
                    ),
                ),
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
                (
                    "recorded_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="recorded"
                    ),
                ),
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
            name="NetworkImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("folder", models.CharField(editable=False, max_length=40)),
                ("files", models.JSONField(default=list, editable=False)),
                (
                    "format",
                    models.CharField(
                        choices=[("raepa", "RAEPA"), ("epanet", "EPANET"), ("layers", "Layers of files")],
                        max_length=8,
                        verbose_name="format",
                    ),
                ),
                ("options", models.JSONField(default=dict, editable=False)),
                ("contents", models.JSONField(default=list, editable=False)),
                ("plan", models.JSONField(editable=False, null=True)),
                ("faults", models.JSONField(default=list, editable=False)),
                ("report", models.JSONField(editable=False, null=True)),
                ("base_version", models.IntegerField(default=1, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reading", "Being read"),
                            ("choosing", "To be completed"),
                            ("ready", "Read"),
                            ("refused", "Refused"),
                            ("loading", "Being loaded"),
                            ("loaded", "Loaded"),
                            ("undoing", "Snapping being undone"),
                            ("taking_back", "Being taken back"),
                            ("taken_back", "Taken back"),
                        ],
                        default="reading",
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
                ("loaded_at", models.DateTimeField(null=True, verbose_name="loaded on")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="snapping undone on")),
                ("taken_back_at", models.DateTimeField(null=True, verbose_name="taken back on")),
                ("version", models.IntegerField(default=1, editable=False)),
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "import of a network",
                "verbose_name_plural": "imports of networks",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="NetworkMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("layers", models.JSONField(default=dict, verbose_name="layers")),
                (
                    "used_at",
                    models.DateTimeField(default=gis_core.fields.current_instant, editable=False, verbose_name="used"),
                ),
                ("version", models.IntegerField(default=1, editable=False)),
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
                "verbose_name": "mapping of a network",
                "verbose_name_plural": "mappings of networks",
                "ordering": ["-used_at"],
            },
        ),
        migrations.CreateModel(
            name="Outage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Under way"), ("ended", "Over")],
                        default="open",
                        max_length=5,
                        verbose_name="state",
                    ),
                ),
                ("place", models.CharField(blank=True, max_length=200, verbose_name="place")),
                ("asked", models.JSONField(editable=False, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ("answer", models.JSONField(editable=False, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ("valves", models.IntegerField(verbose_name="valves to close")),
                ("connections", models.IntegerField(verbose_name="connections without water")),
                ("comment", models.TextField(blank=True, max_length=2000, verbose_name="remark")),
                ("started_at", models.DateTimeField(verbose_name="since")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="until")),
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
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "started_by",
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
                "verbose_name": "outage",
                "verbose_name_plural": "outages",
                "db_table": "water_outage",
                "ordering": ["-started_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Repair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                ("import_id", models.BigIntegerField(editable=False, null=True)),
                ("reference", models.CharField(blank=True, max_length=254, null=True, verbose_name="reference")),
                (
                    "service_state",
                    models.CharField(db_default="en_service", max_length=16, verbose_name="state of service"),
                ),
                (
                    "project_owner",
                    models.CharField(blank=True, max_length=100, null=True, verbose_name="project owner"),
                ),
                ("operator", models.CharField(blank=True, max_length=100, null=True, verbose_name="operator")),
                (
                    "precision_xy",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A"), ("B", "B"), ("C", "C")],
                        max_length=1,
                        null=True,
                        verbose_name="accuracy in plan",
                    ),
                ),
                (
                    "precision_z",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A"), ("B", "B"), ("C", "C")],
                        max_length=1,
                        null=True,
                        verbose_name="accuracy in height",
                    ),
                ),
                ("laid_from_year", models.SmallIntegerField(blank=True, null=True, verbose_name="laid from")),
                ("laid_to_year", models.SmallIntegerField(blank=True, null=True, verbose_name="laid until")),
                (
                    "year_quality",
                    models.CharField(blank=True, max_length=2, null=True, verbose_name="certainty of the year"),
                ),
                (
                    "rehabilitated_year",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="rehabilitated in"),
                ),
                ("abandoned_year", models.SmallIntegerField(blank=True, null=True, verbose_name="abandoned in")),
                ("surveyed_date", models.DateField(blank=True, null=True, verbose_name="surveyed on")),
                ("survey_source", models.CharField(blank=True, max_length=100, null=True, verbose_name="surveyed by")),
                ("source", models.CharField(blank=True, max_length=100, null=True, verbose_name="source")),
                ("updated_date", models.DateField(blank=True, null=True, verbose_name="updated on")),
                ("comment", models.CharField(blank=True, max_length=1000, null=True, verbose_name="remark")),
                (
                    "more",
                    models.JSONField(
                        db_default={},
                        default=dict,
                        editable=False,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                    ),
                ),
                (
                    "network",
                    models.CharField(
                        choices=[("water", "Drinking water"), ("sewer", "Sewer")],
                        db_default="water",
                        max_length=5,
                        verbose_name="network",
                    ),
                ),
                ("repaired_date", models.DateField(blank=True, null=True, verbose_name="repaired on")),
                ("repaired", models.CharField(blank=True, max_length=2, null=True, verbose_name="what was repaired")),
                ("defect", models.CharField(blank=True, max_length=2, null=True, verbose_name="defect")),
                ("cause", models.CharField(blank=True, max_length=12, null=True, verbose_name="cause")),
                (
                    "object_reference",
                    models.CharField(blank=True, max_length=254, null=True, verbose_name="object repaired"),
                ),
                ("material", models.CharField(blank=True, max_length=8, null=True, verbose_name="material")),
                ("diameter_mm", models.IntegerField(blank=True, null=True, verbose_name="diameter")),
                ("laid_year", models.SmallIntegerField(blank=True, null=True, verbose_name="laid in")),
                ("cost_eur", models.FloatField(blank=True, null=True, verbose_name="cost")),
                ("pipe_id", models.BigIntegerField(editable=False, null=True, verbose_name="pipe")),
                ("geom", django.contrib.gis.db.models.fields.PointField(srid=2154)),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.PointField(srid=3857),
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
                "verbose_name": "repair",
                "verbose_name_plural": "repairs",
                "db_table": "water_repair",
            },
        ),
        migrations.CreateModel(
            name="Scan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("family", models.CharField(max_length=5, verbose_name="network")),
                ("scanned_at", models.DateTimeField(verbose_name="scanned on")),
                ("network_state", models.CharField(max_length=120)),
                ("report", models.JSONField(default=dict)),
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
                "verbose_name": "scan of a network",
                "verbose_name_plural": "scans of networks",
                "db_table": "water_scan",
            },
        ),
        migrations.CreateModel(
            name="SewerNode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                ("import_id", models.BigIntegerField(editable=False, null=True)),
                ("reference", models.CharField(blank=True, max_length=254, null=True, verbose_name="reference")),
                (
                    "service_state",
                    models.CharField(db_default="en_service", max_length=16, verbose_name="state of service"),
                ),
                (
                    "project_owner",
                    models.CharField(blank=True, max_length=100, null=True, verbose_name="project owner"),
                ),
                ("operator", models.CharField(blank=True, max_length=100, null=True, verbose_name="operator")),
                (
                    "precision_xy",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A"), ("B", "B"), ("C", "C")],
                        max_length=1,
                        null=True,
                        verbose_name="accuracy in plan",
                    ),
                ),
                (
                    "precision_z",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A"), ("B", "B"), ("C", "C")],
                        max_length=1,
                        null=True,
                        verbose_name="accuracy in height",
                    ),
                ),
                ("laid_from_year", models.SmallIntegerField(blank=True, null=True, verbose_name="laid from")),
                ("laid_to_year", models.SmallIntegerField(blank=True, null=True, verbose_name="laid until")),
                (
                    "year_quality",
                    models.CharField(blank=True, max_length=2, null=True, verbose_name="certainty of the year"),
                ),
                (
                    "rehabilitated_year",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="rehabilitated in"),
                ),
                ("abandoned_year", models.SmallIntegerField(blank=True, null=True, verbose_name="abandoned in")),
                ("surveyed_date", models.DateField(blank=True, null=True, verbose_name="surveyed on")),
                ("survey_source", models.CharField(blank=True, max_length=100, null=True, verbose_name="surveyed by")),
                ("source", models.CharField(blank=True, max_length=100, null=True, verbose_name="source")),
                ("updated_date", models.DateField(blank=True, null=True, verbose_name="updated on")),
                ("comment", models.CharField(blank=True, max_length=1000, null=True, verbose_name="remark")),
                (
                    "more",
                    models.JSONField(
                        db_default={},
                        default=dict,
                        editable=False,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                    ),
                ),
                ("kind", models.CharField(max_length=16, verbose_name="kind")),
                ("subtype", models.CharField(blank=True, max_length=40, null=True, verbose_name="type")),
                ("name", models.CharField(blank=True, max_length=120, null=True, verbose_name="usual name")),
                ("diameter_mm", models.IntegerField(blank=True, null=True, verbose_name="diameter")),
                ("ground_z", models.FloatField(blank=True, null=True, verbose_name="height of the ground")),
                ("geom", django.contrib.gis.db.models.fields.PointField(srid=2154)),
                (
                    "system",
                    models.CharField(
                        choices=[("01", "Pluvial"), ("02", "Eaux usées"), ("03", "Unitaire")],
                        db_default="02",
                        max_length=2,
                        verbose_name="network",
                    ),
                ),
                ("cover_z", models.FloatField(blank=True, null=True, verbose_name="height of the cover")),
                ("invert_z", models.FloatField(blank=True, null=True, verbose_name="height of the invert")),
                ("depth_m", models.FloatField(blank=True, null=True, verbose_name="depth")),
                ("material", models.CharField(blank=True, max_length=8, null=True, verbose_name="material")),
                ("capacity_m3", models.FloatField(blank=True, null=True, verbose_name="volume")),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.PointField(srid=3857),
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
                "verbose_name": "node of a sewer network",
                "verbose_name_plural": "nodes of sewer networks",
                "db_table": "sewer_node",
            },
        ),
        migrations.CreateModel(
            name="SewerPipe",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                ("import_id", models.BigIntegerField(editable=False, null=True)),
                ("reference", models.CharField(blank=True, max_length=254, null=True, verbose_name="reference")),
                (
                    "service_state",
                    models.CharField(db_default="en_service", max_length=16, verbose_name="state of service"),
                ),
                (
                    "project_owner",
                    models.CharField(blank=True, max_length=100, null=True, verbose_name="project owner"),
                ),
                ("operator", models.CharField(blank=True, max_length=100, null=True, verbose_name="operator")),
                (
                    "precision_xy",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A"), ("B", "B"), ("C", "C")],
                        max_length=1,
                        null=True,
                        verbose_name="accuracy in plan",
                    ),
                ),
                (
                    "precision_z",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A"), ("B", "B"), ("C", "C")],
                        max_length=1,
                        null=True,
                        verbose_name="accuracy in height",
                    ),
                ),
                ("laid_from_year", models.SmallIntegerField(blank=True, null=True, verbose_name="laid from")),
                ("laid_to_year", models.SmallIntegerField(blank=True, null=True, verbose_name="laid until")),
                (
                    "year_quality",
                    models.CharField(blank=True, max_length=2, null=True, verbose_name="certainty of the year"),
                ),
                (
                    "rehabilitated_year",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="rehabilitated in"),
                ),
                ("abandoned_year", models.SmallIntegerField(blank=True, null=True, verbose_name="abandoned in")),
                ("surveyed_date", models.DateField(blank=True, null=True, verbose_name="surveyed on")),
                ("survey_source", models.CharField(blank=True, max_length=100, null=True, verbose_name="surveyed by")),
                ("source", models.CharField(blank=True, max_length=100, null=True, verbose_name="source")),
                ("updated_date", models.DateField(blank=True, null=True, verbose_name="updated on")),
                ("comment", models.CharField(blank=True, max_length=1000, null=True, verbose_name="remark")),
                (
                    "more",
                    models.JSONField(
                        db_default={},
                        default=dict,
                        editable=False,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                    ),
                ),
                ("material", models.CharField(blank=True, max_length=8, null=True, verbose_name="material")),
                ("diameter_mm", models.IntegerField(blank=True, null=True, verbose_name="diameter")),
                ("flow_mode", models.CharField(blank=True, max_length=2, null=True, verbose_name="how it flows")),
                ("function", models.CharField(blank=True, max_length=2, null=True, verbose_name="function")),
                ("content", models.CharField(blank=True, max_length=2, null=True, verbose_name="content")),
                ("declared_length_m", models.FloatField(blank=True, null=True, verbose_name="length on record")),
                ("depth_m", models.FloatField(blank=True, null=True, verbose_name="depth")),
                ("start_z", models.FloatField(blank=True, null=True, verbose_name="height at its start")),
                ("end_z", models.FloatField(blank=True, null=True, verbose_name="height at its end")),
                ("geom", django.contrib.gis.db.models.fields.LineStringField(srid=2154)),
                (
                    "system",
                    models.CharField(
                        choices=[("01", "Pluvial"), ("02", "Eaux usées"), ("03", "Unitaire")],
                        db_default="02",
                        max_length=2,
                        verbose_name="network",
                    ),
                ),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.LineStringField(srid=3857),
                    ),
                ),
                (
                    "end_node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ending",
                        to="water.sewernode",
                        verbose_name="end",
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
                    "start_node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="starting",
                        to="water.sewernode",
                        verbose_name="start",
                    ),
                ),
            ],
            options={
                "verbose_name": "sewer",
                "verbose_name_plural": "sewers",
                "db_table": "sewer_pipe",
            },
        ),
        migrations.CreateModel(
            name="SewerConnection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                ("import_id", models.BigIntegerField(editable=False, null=True)),
                ("reference", models.CharField(blank=True, max_length=254, null=True, verbose_name="reference")),
                (
                    "service_state",
                    models.CharField(db_default="en_service", max_length=16, verbose_name="state of service"),
                ),
                (
                    "project_owner",
                    models.CharField(blank=True, max_length=100, null=True, verbose_name="project owner"),
                ),
                ("operator", models.CharField(blank=True, max_length=100, null=True, verbose_name="operator")),
                (
                    "precision_xy",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A"), ("B", "B"), ("C", "C")],
                        max_length=1,
                        null=True,
                        verbose_name="accuracy in plan",
                    ),
                ),
                (
                    "precision_z",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A"), ("B", "B"), ("C", "C")],
                        max_length=1,
                        null=True,
                        verbose_name="accuracy in height",
                    ),
                ),
                ("laid_from_year", models.SmallIntegerField(blank=True, null=True, verbose_name="laid from")),
                ("laid_to_year", models.SmallIntegerField(blank=True, null=True, verbose_name="laid until")),
                (
                    "year_quality",
                    models.CharField(blank=True, max_length=2, null=True, verbose_name="certainty of the year"),
                ),
                (
                    "rehabilitated_year",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="rehabilitated in"),
                ),
                ("abandoned_year", models.SmallIntegerField(blank=True, null=True, verbose_name="abandoned in")),
                ("surveyed_date", models.DateField(blank=True, null=True, verbose_name="surveyed on")),
                ("survey_source", models.CharField(blank=True, max_length=100, null=True, verbose_name="surveyed by")),
                ("source", models.CharField(blank=True, max_length=100, null=True, verbose_name="source")),
                ("updated_date", models.DateField(blank=True, null=True, verbose_name="updated on")),
                ("comment", models.CharField(blank=True, max_length=1000, null=True, verbose_name="remark")),
                (
                    "more",
                    models.JSONField(
                        db_default={},
                        default=dict,
                        editable=False,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=200, null=True, verbose_name="address served")),
                ("dwellings", models.IntegerField(blank=True, null=True, verbose_name="dwellings served")),
                ("sensitive", models.CharField(blank=True, max_length=12, null=True, verbose_name="sensitive user")),
                ("sensitive_name", models.CharField(blank=True, max_length=120, null=True, verbose_name="who it is")),
                ("meter", models.CharField(blank=True, max_length=40, null=True, verbose_name="meter")),
                ("material", models.CharField(blank=True, max_length=8, null=True, verbose_name="material")),
                ("diameter_mm", models.IntegerField(blank=True, null=True, verbose_name="diameter")),
                ("geom", django.contrib.gis.db.models.fields.PointField(srid=2154)),
                (
                    "system",
                    models.CharField(
                        choices=[("01", "Pluvial"), ("02", "Eaux usées"), ("03", "Unitaire")],
                        db_default="02",
                        max_length=2,
                        verbose_name="network",
                    ),
                ),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.PointField(srid=3857),
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
                    "pipe",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="connections",
                        to="water.sewerpipe",
                        verbose_name="pipe",
                    ),
                ),
            ],
            options={
                "verbose_name": "sewer connection",
                "verbose_name_plural": "sewer connections",
                "db_table": "sewer_connection",
            },
        ),
        migrations.CreateModel(
            name="Snap",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("family", models.CharField(max_length=5)),
                ("pipe_id", models.BigIntegerField(null=True)),
                ("node_id", models.BigIntegerField(null=True)),
                ("end", models.SmallIntegerField(default=0)),
                ("reference", models.CharField(blank=True, max_length=254)),
                ("place", django.contrib.gis.db.models.fields.PointField(srid=2154)),
                ("put_at", django.contrib.gis.db.models.fields.PointField(srid=2154)),
                ("metres", models.FloatField()),
                ("target", models.CharField(max_length=4)),
                ("undone", models.BooleanField(default=False)),
                (
                    "brought_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="snaps", to="water.networkimport"
                    ),
                ),
            ],
            options={
                "verbose_name": "snapped end",
                "verbose_name_plural": "snapped ends",
            },
        ),
        migrations.CreateModel(
            name="WaterNode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                ("import_id", models.BigIntegerField(editable=False, null=True)),
                ("reference", models.CharField(blank=True, max_length=254, null=True, verbose_name="reference")),
                (
                    "service_state",
                    models.CharField(db_default="en_service", max_length=16, verbose_name="state of service"),
                ),
                (
                    "project_owner",
                    models.CharField(blank=True, max_length=100, null=True, verbose_name="project owner"),
                ),
                ("operator", models.CharField(blank=True, max_length=100, null=True, verbose_name="operator")),
                (
                    "precision_xy",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A"), ("B", "B"), ("C", "C")],
                        max_length=1,
                        null=True,
                        verbose_name="accuracy in plan",
                    ),
                ),
                (
                    "precision_z",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A"), ("B", "B"), ("C", "C")],
                        max_length=1,
                        null=True,
                        verbose_name="accuracy in height",
                    ),
                ),
                ("laid_from_year", models.SmallIntegerField(blank=True, null=True, verbose_name="laid from")),
                ("laid_to_year", models.SmallIntegerField(blank=True, null=True, verbose_name="laid until")),
                (
                    "year_quality",
                    models.CharField(blank=True, max_length=2, null=True, verbose_name="certainty of the year"),
                ),
                (
                    "rehabilitated_year",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="rehabilitated in"),
                ),
                ("abandoned_year", models.SmallIntegerField(blank=True, null=True, verbose_name="abandoned in")),
                ("surveyed_date", models.DateField(blank=True, null=True, verbose_name="surveyed on")),
                ("survey_source", models.CharField(blank=True, max_length=100, null=True, verbose_name="surveyed by")),
                ("source", models.CharField(blank=True, max_length=100, null=True, verbose_name="source")),
                ("updated_date", models.DateField(blank=True, null=True, verbose_name="updated on")),
                ("comment", models.CharField(blank=True, max_length=1000, null=True, verbose_name="remark")),
                (
                    "more",
                    models.JSONField(
                        db_default={},
                        default=dict,
                        editable=False,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                    ),
                ),
                ("kind", models.CharField(max_length=16, verbose_name="kind")),
                ("subtype", models.CharField(blank=True, max_length=40, null=True, verbose_name="type")),
                ("name", models.CharField(blank=True, max_length=120, null=True, verbose_name="usual name")),
                ("diameter_mm", models.IntegerField(blank=True, null=True, verbose_name="diameter")),
                ("ground_z", models.FloatField(blank=True, null=True, verbose_name="height of the ground")),
                ("geom", django.contrib.gis.db.models.fields.PointField(srid=2154)),
                ("z", models.FloatField(blank=True, null=True, verbose_name="height")),
                ("position", models.CharField(blank=True, max_length=8, null=True, verbose_name="position")),
                ("condition", models.CharField(blank=True, max_length=8, null=True, verbose_name="condition")),
                ("capacity_m3", models.FloatField(blank=True, null=True, verbose_name="volume")),
                ("flow_m3h", models.FloatField(blank=True, null=True, verbose_name="flow measured")),
                ("pressure_bar", models.FloatField(blank=True, null=True, verbose_name="pressure measured")),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.PointField(srid=3857),
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
                "verbose_name": "node of drinking water",
                "verbose_name_plural": "nodes of drinking water",
                "db_table": "water_node",
            },
        ),
        migrations.CreateModel(
            name="WaterPipe",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                ("import_id", models.BigIntegerField(editable=False, null=True)),
                ("reference", models.CharField(blank=True, max_length=254, null=True, verbose_name="reference")),
                (
                    "service_state",
                    models.CharField(db_default="en_service", max_length=16, verbose_name="state of service"),
                ),
                (
                    "project_owner",
                    models.CharField(blank=True, max_length=100, null=True, verbose_name="project owner"),
                ),
                ("operator", models.CharField(blank=True, max_length=100, null=True, verbose_name="operator")),
                (
                    "precision_xy",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A"), ("B", "B"), ("C", "C")],
                        max_length=1,
                        null=True,
                        verbose_name="accuracy in plan",
                    ),
                ),
                (
                    "precision_z",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A"), ("B", "B"), ("C", "C")],
                        max_length=1,
                        null=True,
                        verbose_name="accuracy in height",
                    ),
                ),
                ("laid_from_year", models.SmallIntegerField(blank=True, null=True, verbose_name="laid from")),
                ("laid_to_year", models.SmallIntegerField(blank=True, null=True, verbose_name="laid until")),
                (
                    "year_quality",
                    models.CharField(blank=True, max_length=2, null=True, verbose_name="certainty of the year"),
                ),
                (
                    "rehabilitated_year",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="rehabilitated in"),
                ),
                ("abandoned_year", models.SmallIntegerField(blank=True, null=True, verbose_name="abandoned in")),
                ("surveyed_date", models.DateField(blank=True, null=True, verbose_name="surveyed on")),
                ("survey_source", models.CharField(blank=True, max_length=100, null=True, verbose_name="surveyed by")),
                ("source", models.CharField(blank=True, max_length=100, null=True, verbose_name="source")),
                ("updated_date", models.DateField(blank=True, null=True, verbose_name="updated on")),
                ("comment", models.CharField(blank=True, max_length=1000, null=True, verbose_name="remark")),
                (
                    "more",
                    models.JSONField(
                        db_default={},
                        default=dict,
                        editable=False,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                    ),
                ),
                ("material", models.CharField(blank=True, max_length=8, null=True, verbose_name="material")),
                ("diameter_mm", models.IntegerField(blank=True, null=True, verbose_name="diameter")),
                ("flow_mode", models.CharField(blank=True, max_length=2, null=True, verbose_name="how it flows")),
                ("function", models.CharField(blank=True, max_length=2, null=True, verbose_name="function")),
                ("content", models.CharField(blank=True, max_length=2, null=True, verbose_name="content")),
                ("declared_length_m", models.FloatField(blank=True, null=True, verbose_name="length on record")),
                ("depth_m", models.FloatField(blank=True, null=True, verbose_name="depth")),
                ("start_z", models.FloatField(blank=True, null=True, verbose_name="height at its start")),
                ("end_z", models.FloatField(blank=True, null=True, verbose_name="height at its end")),
                ("geom", django.contrib.gis.db.models.fields.LineStringField(srid=2154)),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.LineStringField(srid=3857),
                    ),
                ),
                (
                    "end_node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ending",
                        to="water.waternode",
                        verbose_name="end",
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
                    "start_node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="starting",
                        to="water.waternode",
                        verbose_name="start",
                    ),
                ),
            ],
            options={
                "verbose_name": "pipe of drinking water",
                "verbose_name_plural": "pipes of drinking water",
                "db_table": "water_pipe",
            },
        ),
        migrations.CreateModel(
            name="WaterConnection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                ("import_id", models.BigIntegerField(editable=False, null=True)),
                ("reference", models.CharField(blank=True, max_length=254, null=True, verbose_name="reference")),
                (
                    "service_state",
                    models.CharField(db_default="en_service", max_length=16, verbose_name="state of service"),
                ),
                (
                    "project_owner",
                    models.CharField(blank=True, max_length=100, null=True, verbose_name="project owner"),
                ),
                ("operator", models.CharField(blank=True, max_length=100, null=True, verbose_name="operator")),
                (
                    "precision_xy",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A"), ("B", "B"), ("C", "C")],
                        max_length=1,
                        null=True,
                        verbose_name="accuracy in plan",
                    ),
                ),
                (
                    "precision_z",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A"), ("B", "B"), ("C", "C")],
                        max_length=1,
                        null=True,
                        verbose_name="accuracy in height",
                    ),
                ),
                ("laid_from_year", models.SmallIntegerField(blank=True, null=True, verbose_name="laid from")),
                ("laid_to_year", models.SmallIntegerField(blank=True, null=True, verbose_name="laid until")),
                (
                    "year_quality",
                    models.CharField(blank=True, max_length=2, null=True, verbose_name="certainty of the year"),
                ),
                (
                    "rehabilitated_year",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="rehabilitated in"),
                ),
                ("abandoned_year", models.SmallIntegerField(blank=True, null=True, verbose_name="abandoned in")),
                ("surveyed_date", models.DateField(blank=True, null=True, verbose_name="surveyed on")),
                ("survey_source", models.CharField(blank=True, max_length=100, null=True, verbose_name="surveyed by")),
                ("source", models.CharField(blank=True, max_length=100, null=True, verbose_name="source")),
                ("updated_date", models.DateField(blank=True, null=True, verbose_name="updated on")),
                ("comment", models.CharField(blank=True, max_length=1000, null=True, verbose_name="remark")),
                (
                    "more",
                    models.JSONField(
                        db_default={},
                        default=dict,
                        editable=False,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=200, null=True, verbose_name="address served")),
                ("dwellings", models.IntegerField(blank=True, null=True, verbose_name="dwellings served")),
                ("sensitive", models.CharField(blank=True, max_length=12, null=True, verbose_name="sensitive user")),
                ("sensitive_name", models.CharField(blank=True, max_length=120, null=True, verbose_name="who it is")),
                ("meter", models.CharField(blank=True, max_length=40, null=True, verbose_name="meter")),
                ("material", models.CharField(blank=True, max_length=8, null=True, verbose_name="material")),
                ("diameter_mm", models.IntegerField(blank=True, null=True, verbose_name="diameter")),
                ("geom", django.contrib.gis.db.models.fields.PointField(srid=2154)),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.PointField(srid=3857),
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
                    "pipe",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="connections",
                        to="water.waterpipe",
                        verbose_name="pipe",
                    ),
                ),
            ],
            options={
                "verbose_name": "water connection",
                "verbose_name_plural": "water connections",
                "db_table": "water_connection",
            },
        ),
        migrations.CreateModel(
            name="Anomaly",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("family", models.CharField(max_length=5, verbose_name="network")),
                ("kind", models.CharField(max_length=24, verbose_name="anomaly")),
                (
                    "gravity",
                    models.SmallIntegerField(
                        choices=[(1, "Serious"), (2, "To be checked"), (3, "Hint")], verbose_name="gravity"
                    ),
                ),
                ("object_kind", models.CharField(max_length=10)),
                ("object_id", models.BigIntegerField()),
                ("other_kind", models.CharField(blank=True, max_length=10)),
                ("other_id", models.BigIntegerField(default=0)),
                ("told", models.JSONField(default=dict)),
                ("geom", django.contrib.gis.db.models.fields.PointField(srid=2154)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "To be treated"), ("ignored", "Ignored"), ("repaired", "Repaired")],
                        db_default="open",
                        default="open",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(blank=True, db_default="", max_length=500, verbose_name="why")),
                ("found_at", models.DateTimeField(verbose_name="found on")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="treated on")),
                ("event_id", models.BigIntegerField(editable=False, null=True)),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="treated by",
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
                "verbose_name": "anomaly of a network",
                "verbose_name_plural": "anomalies of networks",
                "db_table": "water_anomaly",
                "indexes": [
                    models.Index(fields=["owner", "family", "state", "kind", "id"], name="water_anomaly_list"),
                    models.Index(fields=["family", "object_kind", "object_id"], name="water_anomaly_object"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "family", "kind", "object_kind", "object_id", "other_kind", "other_id"),
                        name="water_anomaly_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("family__in", ("water", "sewer"))), name="water_anomaly_family"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ignored"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="water_anomaly_ignored_why",
                    ),
                ],
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
                (
                    "made_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="computed"
                    ),
                ),
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
        migrations.AddConstraint(
            model_name="networkmapping",
            constraint=models.UniqueConstraint(fields=("owner", "name"), name="network_mapping_once"),
        ),
        migrations.AddIndex(
            model_name="outage",
            index=models.Index(fields=["owner", "-started_at"], name="water_outage_latest"),
        ),
        migrations.AddConstraint(
            model_name="outage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("state", "open")),
                    models.Q(("ended_at__isnull", False), ("state", "ended")),
                    _connector="OR",
                ),
                name="water_outage_ended",
            ),
        ),
        migrations.AddIndex(
            model_name="repair",
            index=django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="water_repair_geom_3857"),
        ),
        migrations.AddIndex(
            model_name="repair",
            index=models.Index(fields=["import_id"], name="water_repair_import"),
        ),
        migrations.AddIndex(
            model_name="repair",
            index=models.Index(fields=["pipe_id"], name="water_repair_pipe"),
        ),
        migrations.AddIndex(
            model_name="repair",
            index=models.Index(fields=["owner", "repaired_date"], name="water_repair_date"),
        ),
        migrations.AddConstraint(
            model_name="repair",
            constraint=models.UniqueConstraint(fields=("owner", "reference"), name="water_repair_reference"),
        ),
        migrations.AddConstraint(
            model_name="repair",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "service_state__in",
                        ["en_service", "en_arret", "abandon", "en_projet", "en_construction", "comble", "depose"],
                    )
                ),
                name="water_repair_service_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="repair",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("laid_from_year", None),
                    ("laid_to_year", None),
                    ("laid_from_year__lte", models.F("laid_to_year")),
                    _connector="OR",
                ),
                name="water_repair_laid_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="scan",
            constraint=models.UniqueConstraint(fields=("owner", "family"), name="water_scan_once"),
        ),
        migrations.AddIndex(
            model_name="sewernode",
            index=django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="sewer_node_geom_3857"),
        ),
        migrations.AddIndex(
            model_name="sewernode",
            index=models.Index(fields=["owner", "kind"], name="sewer_node_kind"),
        ),
        migrations.AddIndex(
            model_name="sewernode",
            index=models.Index(fields=["import_id"], name="sewer_node_import"),
        ),
        migrations.AddConstraint(
            model_name="sewernode",
            constraint=models.UniqueConstraint(fields=("owner", "reference"), name="sewer_node_reference"),
        ),
        migrations.AddConstraint(
            model_name="sewernode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "service_state__in",
                        ["en_service", "en_arret", "abandon", "en_projet", "en_construction", "comble", "depose"],
                    )
                ),
                name="sewer_node_service_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="sewernode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("laid_from_year", None),
                    ("laid_to_year", None),
                    ("laid_from_year__lte", models.F("laid_to_year")),
                    _connector="OR",
                ),
                name="sewer_node_laid_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="sewernode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "manhole",
                            "inlet",
                            "outlet",
                            "overflow",
                            "pump",
                            "treatment",
                            "basin",
                            "grit",
                            "flush",
                            "valve",
                            "air_valve",
                            "sensor",
                            "fitting",
                            "junction",
                            "other",
                        ],
                    )
                ),
                name="sewer_node_kind_known",
            ),
        ),
        migrations.AddIndex(
            model_name="sewerpipe",
            index=django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="sewer_pipe_geom_3857"),
        ),
        migrations.AddIndex(
            model_name="sewerpipe",
            index=models.Index(fields=["import_id"], name="sewer_pipe_import"),
        ),
        migrations.AddConstraint(
            model_name="sewerpipe",
            constraint=models.UniqueConstraint(fields=("owner", "reference"), name="sewer_pipe_reference"),
        ),
        migrations.AddConstraint(
            model_name="sewerpipe",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "service_state__in",
                        ["en_service", "en_arret", "abandon", "en_projet", "en_construction", "comble", "depose"],
                    )
                ),
                name="sewer_pipe_service_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="sewerpipe",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("laid_from_year", None),
                    ("laid_to_year", None),
                    ("laid_from_year__lte", models.F("laid_to_year")),
                    _connector="OR",
                ),
                name="sewer_pipe_laid_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="sewerpipe",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "material__in",
                        [
                            "acier",
                            "amci",
                            "ba",
                            "beton",
                            "bitum",
                            "bois",
                            "briq",
                            "btat",
                            "btcp",
                            "btfb",
                            "btna",
                            "btpc",
                            "btpj",
                            "cu",
                            "epx",
                            "fbpj",
                            "fbro",
                            "fbvr",
                            "fd",
                            "fg",
                            "fonte",
                            "gres",
                            "mac",
                            "maca",
                            "macna",
                            "metal",
                            "meul",
                            "mrtc",
                            "pb",
                            "pbu",
                            "pe",
                            "pebd",
                            "pehd",
                            "pehda",
                            "pex",
                            "plast",
                            "pp",
                            "ppa",
                            "prv",
                            "pu",
                            "pvc",
                            "pvca",
                            "pvcbo",
                            "pvcc",
                            "rpmp",
                            "sgbt",
                            "tole",
                            "trct",
                            "autre",
                            "inc",
                        ],
                    )
                ),
                name="sewer_pipe_material",
            ),
        ),
        migrations.AddIndex(
            model_name="sewerconnection",
            index=django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="sewer_connection_geom_3857"),
        ),
        migrations.AddIndex(
            model_name="sewerconnection",
            index=models.Index(fields=["import_id"], name="sewer_connection_import"),
        ),
        migrations.AddConstraint(
            model_name="sewerconnection",
            constraint=models.UniqueConstraint(fields=("owner", "reference"), name="sewer_connection_reference"),
        ),
        migrations.AddConstraint(
            model_name="sewerconnection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "service_state__in",
                        ["en_service", "en_arret", "abandon", "en_projet", "en_construction", "comble", "depose"],
                    )
                ),
                name="sewer_connection_service_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="sewerconnection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("laid_from_year", None),
                    ("laid_to_year", None),
                    ("laid_from_year__lte", models.F("laid_to_year")),
                    _connector="OR",
                ),
                name="sewer_connection_laid_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="sewerconnection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sensitive", "dialysis"), _negated=True), ("sensitive_name", None), _connector="OR"
                ),
                name="sewer_connection_unnamed_patient",
            ),
        ),
        migrations.AddIndex(
            model_name="waternode",
            index=django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="water_node_geom_3857"),
        ),
        migrations.AddIndex(
            model_name="waternode",
            index=models.Index(fields=["owner", "kind"], name="water_node_kind"),
        ),
        migrations.AddIndex(
            model_name="waternode",
            index=models.Index(fields=["import_id"], name="water_node_import"),
        ),
        migrations.AddConstraint(
            model_name="waternode",
            constraint=models.UniqueConstraint(fields=("owner", "reference"), name="water_node_reference"),
        ),
        migrations.AddConstraint(
            model_name="waternode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "service_state__in",
                        ["en_service", "en_arret", "abandon", "en_projet", "en_construction", "comble", "depose"],
                    )
                ),
                name="water_node_service_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="waternode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("laid_from_year", None),
                    ("laid_to_year", None),
                    ("laid_from_year__lte", models.F("laid_to_year")),
                    _connector="OR",
                ),
                name="water_node_laid_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="waternode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "valve",
                            "hydrant",
                            "meter",
                            "sensor",
                            "regulator",
                            "air_valve",
                            "drain",
                            "fitting",
                            "chamber",
                            "tank",
                            "pump",
                            "treatment",
                            "catchment",
                            "import",
                            "junction",
                            "other",
                        ],
                    )
                ),
                name="water_node_kind_known",
            ),
        ),
        migrations.AddIndex(
            model_name="waterpipe",
            index=django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="water_pipe_geom_3857"),
        ),
        migrations.AddIndex(
            model_name="waterpipe",
            index=models.Index(fields=["import_id"], name="water_pipe_import"),
        ),
        migrations.AddConstraint(
            model_name="waterpipe",
            constraint=models.UniqueConstraint(fields=("owner", "reference"), name="water_pipe_reference"),
        ),
        migrations.AddConstraint(
            model_name="waterpipe",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "service_state__in",
                        ["en_service", "en_arret", "abandon", "en_projet", "en_construction", "comble", "depose"],
                    )
                ),
                name="water_pipe_service_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="waterpipe",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("laid_from_year", None),
                    ("laid_to_year", None),
                    ("laid_from_year__lte", models.F("laid_to_year")),
                    _connector="OR",
                ),
                name="water_pipe_laid_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="waterpipe",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "material__in",
                        [
                            "acier",
                            "amci",
                            "ba",
                            "beton",
                            "bitum",
                            "bois",
                            "briq",
                            "btat",
                            "btcp",
                            "btfb",
                            "btna",
                            "btpc",
                            "btpj",
                            "cu",
                            "epx",
                            "fbpj",
                            "fbro",
                            "fbvr",
                            "fd",
                            "fg",
                            "fonte",
                            "gres",
                            "mac",
                            "maca",
                            "macna",
                            "metal",
                            "meul",
                            "mrtc",
                            "pb",
                            "pbu",
                            "pe",
                            "pebd",
                            "pehd",
                            "pehda",
                            "pex",
                            "plast",
                            "pp",
                            "ppa",
                            "prv",
                            "pu",
                            "pvc",
                            "pvca",
                            "pvcbo",
                            "pvcc",
                            "rpmp",
                            "sgbt",
                            "tole",
                            "trct",
                            "autre",
                            "inc",
                        ],
                    )
                ),
                name="water_pipe_material",
            ),
        ),
        migrations.AddIndex(
            model_name="waterconnection",
            index=django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="water_connection_geom_3857"),
        ),
        migrations.AddIndex(
            model_name="waterconnection",
            index=models.Index(fields=["import_id"], name="water_connection_import"),
        ),
        migrations.AddConstraint(
            model_name="waterconnection",
            constraint=models.UniqueConstraint(fields=("owner", "reference"), name="water_connection_reference"),
        ),
        migrations.AddConstraint(
            model_name="waterconnection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "service_state__in",
                        ["en_service", "en_arret", "abandon", "en_projet", "en_construction", "comble", "depose"],
                    )
                ),
                name="water_connection_service_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="waterconnection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("laid_from_year", None),
                    ("laid_to_year", None),
                    ("laid_from_year__lte", models.F("laid_to_year")),
                    _connector="OR",
                ),
                name="water_connection_laid_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="waterconnection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sensitive", "dialysis"), _negated=True), ("sensitive_name", None), _connector="OR"
                ),
                name="water_connection_unnamed_patient",
            ),
        ),
    ]
