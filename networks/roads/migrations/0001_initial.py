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
            name="AssetDelivery",
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
                ("contents", models.JSONField(default=list, editable=False)),
                ("readings", models.JSONField(default=dict, editable=False)),
                ("mapping_name", models.CharField(blank=True, editable=False, max_length=80)),
                ("headed", models.BooleanField(editable=False, null=True)),
                ("survey", models.JSONField(editable=False, null=True)),
                ("outside", models.BooleanField(db_default=False, default=False, editable=False)),
                ("faults", models.JSONField(default=list, editable=False)),
                ("report", models.JSONField(editable=False, null=True)),
                ("events", models.JSONField(db_default={}, default=dict, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reading", "Being read"),
                            ("choosing", "To be completed"),
                            ("loading", "Being loaded"),
                            ("loaded", "Loaded"),
                            ("refused", "Refused"),
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
                "verbose_name": "import of assets",
                "verbose_name_plural": "imports of assets",
                "db_table": "road_asset_delivery",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="RoadAxis",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("route", models.CharField(max_length=12, verbose_name="numbered road")),
                ("department", models.CharField(db_default="", default="", max_length=3, verbose_name="Département")),
                ("carriageway", models.CharField(max_length=1, verbose_name="carriageway")),
                ("length_m", models.FloatField(verbose_name="length")),
                ("faults", models.JSONField(default=dict)),
                ("stale", models.BooleanField(db_default=False, default=False)),
                (
                    "owner",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gis_core.member",
                    ),
                ),
            ],
            options={
                "verbose_name": "axis of a road",
                "verbose_name_plural": "axes of roads",
                "db_table": "road_axis",
            },
        ),
        migrations.CreateModel(
            name="RoadAxisMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("marker_id", models.BigIntegerField()),
                ("number", models.SmallIntegerField()),
                ("at_m", models.FloatField()),
                ("next_number", models.SmallIntegerField(null=True)),
                ("next_m", models.FloatField(null=True)),
                (
                    "axis",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="marks", to="roads.roadaxis"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gis_core.member",
                    ),
                ),
            ],
            options={
                "db_table": "road_axis_mark",
            },
        ),
        migrations.CreateModel(
            name="RoadAxisPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("section_id", models.BigIntegerField()),
                ("start_m", models.FloatField()),
                ("end_m", models.FloatField()),
                ("geom", django.contrib.gis.db.models.fields.LineStringField(srid=2154)),
                (
                    "axis",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="roads.roadaxis"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gis_core.member",
                    ),
                ),
            ],
            options={
                "db_table": "road_axis_part",
            },
        ),
        migrations.CreateModel(
            name="RoadChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("xact", models.BigIntegerField()),
                ("section_id", models.BigIntegerField(null=True)),
                (
                    "geom",
                    django.contrib.gis.db.models.fields.LineStringField(null=True, spatial_index=False, srid=2154),
                ),
            ],
            options={
                "verbose_name": "change of a section",
                "verbose_name_plural": "changes of sections",
                "db_table": "road_change",
                "indexes": [models.Index(fields=["xact", "section_id"], name="road_change_xact")],
            },
        ),
        migrations.CreateModel(
            name="RoadInspection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                ("of", models.CharField(choices=[("point", "Point"), ("troncon", "Stretch")], max_length=7)),
                ("asset_id", models.BigIntegerField()),
                ("done_date", models.DateField(verbose_name="day")),
                ("done_by", models.CharField(max_length=120, verbose_name="by")),
                ("mark", models.CharField(max_length=1, verbose_name="condition")),
                ("remark", models.CharField(blank=True, max_length=1000, verbose_name="remark")),
                ("due_date", models.DateField(blank=True, null=True, verbose_name="next inspection")),
                (
                    "photos",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("recorded_at", models.DateTimeField(default=gis_core.fields.current_instant, editable=False)),
                ("state_before", models.CharField(editable=False, max_length=1, null=True)),
                ("struck_at", models.DateTimeField(editable=False, null=True, verbose_name="struck out")),
                (
                    "struck_reason",
                    models.CharField(
                        blank=True, db_default="", default="", editable=False, max_length=300, verbose_name="why"
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
                (
                    "recorded_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "struck_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="struck out by",
                    ),
                ),
            ],
            options={
                "verbose_name": "inspection of an asset",
                "verbose_name_plural": "inspections of assets",
                "db_table": "road_inspection",
                "ordering": ["-done_date", "-id"],
            },
        ),
        migrations.CreateModel(
            name="RoadMarker",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                ("import_id", models.BigIntegerField(editable=False, null=True)),
                ("reference", models.CharField(blank=True, max_length=60, null=True, verbose_name="reference")),
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
                ("route", models.CharField(max_length=12, verbose_name="numbered road")),
                (
                    "department",
                    models.CharField(blank=True, db_default="", default="", max_length=3, verbose_name="Département"),
                ),
                ("number", models.SmallIntegerField(verbose_name="number")),
                (
                    "carriageway",
                    models.CharField(db_default="U", default="U", max_length=1, verbose_name="carriageway"),
                ),
                ("delivered", models.JSONField(editable=False, null=True)),
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
                "verbose_name": "road marker",
                "verbose_name_plural": "road markers",
                "db_table": "road_marker",
            },
        ),
        migrations.CreateModel(
            name="RoadNode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("geom", django.contrib.gis.db.models.fields.PointField(srid=2154)),
                (
                    "owner",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gis_core.member",
                    ),
                ),
            ],
            options={
                "verbose_name": "node of roads",
                "verbose_name_plural": "nodes of roads",
                "db_table": "road_node",
            },
        ),
        migrations.CreateModel(
            name="RoadSection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                ("import_id", models.BigIntegerField(editable=False, null=True)),
                ("reference", models.CharField(blank=True, max_length=60, null=True, verbose_name="reference")),
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
                ("route", models.CharField(blank=True, max_length=12, null=True, verbose_name="numbered road")),
                (
                    "department",
                    models.CharField(blank=True, db_default="", default="", max_length=3, verbose_name="Département"),
                ),
                (
                    "carriageway",
                    models.CharField(db_default="U", default="U", max_length=1, verbose_name="carriageway"),
                ),
                ("nature", models.CharField(blank=True, max_length=12, null=True, verbose_name="kind")),
                ("status", models.CharField(blank=True, max_length=2, null=True, verbose_name="legal status")),
                ("importance", models.CharField(blank=True, max_length=1, null=True, verbose_name="importance")),
                ("manager", models.CharField(blank=True, max_length=2, null=True, verbose_name="manager")),
                (
                    "manager_name",
                    models.CharField(blank=True, max_length=100, null=True, verbose_name="name of the manager"),
                ),
                ("name_left", models.CharField(blank=True, max_length=120, null=True, verbose_name="name on the left")),
                (
                    "name_right",
                    models.CharField(blank=True, max_length=120, null=True, verbose_name="name on the right"),
                ),
                (
                    "insee_left",
                    models.CharField(blank=True, max_length=5, null=True, verbose_name="commune on the left"),
                ),
                (
                    "insee_right",
                    models.CharField(blank=True, max_length=5, null=True, verbose_name="commune on the right"),
                ),
                ("lanes", models.SmallIntegerField(blank=True, null=True, verbose_name="lanes")),
                ("width_m", models.FloatField(blank=True, null=True, verbose_name="width of the carriageway")),
                ("surface", models.CharField(blank=True, max_length=8, null=True, verbose_name="surface")),
                ("traffic", models.IntegerField(blank=True, null=True, verbose_name="vehicles a day")),
                ("traffic_year", models.SmallIntegerField(blank=True, null=True, verbose_name="year of the count")),
                ("heavy_percent", models.FloatField(blank=True, null=True, verbose_name="share of lorries")),
                (
                    "condition",
                    models.CharField(blank=True, max_length=1, null=True, verbose_name="condition of the carriageway"),
                ),
                ("condition_date", models.DateField(blank=True, null=True, verbose_name="condition surveyed on")),
                ("winter", models.CharField(blank=True, max_length=1, null=True, verbose_name="winter service")),
                ("speed_kmh", models.SmallIntegerField(blank=True, null=True, verbose_name="speed limit")),
                (
                    "traffic_way",
                    models.CharField(
                        db_default="both", default="both", max_length=8, verbose_name="direction of traffic"
                    ),
                ),
                ("built_up", models.BooleanField(blank=True, null=True, verbose_name="in a built-up area")),
                ("level", models.SmallIntegerField(db_default=0, default=0, verbose_name="level")),
                ("max_height_m", models.FloatField(blank=True, null=True, verbose_name="height limit")),
                ("max_width_m", models.FloatField(blank=True, null=True, verbose_name="width limit")),
                ("max_length_m", models.FloatField(blank=True, null=True, verbose_name="length limit")),
                ("max_weight_t", models.FloatField(blank=True, null=True, verbose_name="weight limit")),
                ("max_axle_t", models.FloatField(blank=True, null=True, verbose_name="axle weight limit")),
                ("start_node_id", models.BigIntegerField(db_index=True, editable=False, null=True)),
                ("end_node_id", models.BigIntegerField(db_index=True, editable=False, null=True)),
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
                "verbose_name": "section of road",
                "verbose_name_plural": "sections of road",
                "db_table": "road_section",
            },
        ),
        migrations.CreateModel(
            name="RoadStretch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                ("import_id", models.BigIntegerField(editable=False, null=True)),
                ("reference", models.CharField(blank=True, max_length=60, null=True, verbose_name="reference")),
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
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("state", models.CharField(blank=True, max_length=1, null=True, verbose_name="condition")),
                ("material", models.CharField(blank=True, max_length=60, null=True, verbose_name="material")),
                ("installed_date", models.DateField(blank=True, null=True, verbose_name="installed on")),
                ("inspected_date", models.DateField(blank=True, null=True, verbose_name="inspected on")),
                ("due_date", models.DateField(blank=True, null=True, verbose_name="next inspection")),
                ("delivered", models.JSONField(editable=False, null=True)),
                ("section_id", models.BigIntegerField(editable=False, null=True, verbose_name="section")),
                ("from_m", models.FloatField(editable=False, null=True, verbose_name="metres along the section")),
                ("offset_m", models.FloatField(editable=False, null=True, verbose_name="distance from the axis")),
                ("side", models.CharField(editable=False, max_length=5, null=True, verbose_name="side")),
                ("kind", models.CharField(db_default="other", default="other", max_length=12, verbose_name="kind")),
                ("subtype", models.CharField(blank=True, max_length=60, null=True, verbose_name="type")),
                ("width_m", models.FloatField(blank=True, null=True, verbose_name="width")),
                ("height_m", models.FloatField(blank=True, null=True, verbose_name="height")),
                ("to_m", models.FloatField(editable=False, null=True, verbose_name="to, metres along the section")),
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
                "verbose_name": "stretch of road equipment",
                "verbose_name_plural": "stretches of road equipment",
                "db_table": "road_stretch",
            },
        ),
        migrations.CreateModel(
            name="AssetMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("fields", models.JSONField(default=list, verbose_name="fields")),
                ("reading", models.JSONField(default=dict, verbose_name="reading")),
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
                "verbose_name": "mapping of assets",
                "verbose_name_plural": "mappings of assets",
                "db_table": "road_asset_mapping",
                "ordering": ["-used_at"],
                "constraints": [models.UniqueConstraint(fields=("owner", "name"), name="road_asset_mapping_once")],
            },
        ),
        migrations.CreateModel(
            name="CoverageStudy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("asked", models.JSONField()),
                ("found", models.JSONField()),
                ("sites", models.JSONField()),
                ("drawn", models.JSONField(db_default={}, default=dict, editable=False)),
                ("versions", models.JSONField(db_default={}, default=dict, editable=False)),
                ("seconds", models.FloatField()),
                (
                    "made_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="computed"
                    ),
                ),
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
                "verbose_name": "coverage study",
                "verbose_name_plural": "coverage studies",
                "db_table": "road_coverage_study",
                "indexes": [models.Index(fields=["owner", "-made_at"], name="road_study_last")],
            },
        ),
        migrations.CreateModel(
            name="RoadAsset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                ("import_id", models.BigIntegerField(editable=False, null=True)),
                ("reference", models.CharField(blank=True, max_length=60, null=True, verbose_name="reference")),
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
                    "shared_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, db_default=[], default=list, editable=False
                    ),
                ),
                ("state", models.CharField(blank=True, max_length=1, null=True, verbose_name="condition")),
                ("material", models.CharField(blank=True, max_length=60, null=True, verbose_name="material")),
                ("installed_date", models.DateField(blank=True, null=True, verbose_name="installed on")),
                ("inspected_date", models.DateField(blank=True, null=True, verbose_name="inspected on")),
                ("due_date", models.DateField(blank=True, null=True, verbose_name="next inspection")),
                ("delivered", models.JSONField(editable=False, null=True)),
                ("section_id", models.BigIntegerField(editable=False, null=True, verbose_name="section")),
                ("from_m", models.FloatField(editable=False, null=True, verbose_name="metres along the section")),
                ("offset_m", models.FloatField(editable=False, null=True, verbose_name="distance from the axis")),
                ("side", models.CharField(editable=False, max_length=5, null=True, verbose_name="side")),
                ("kind", models.CharField(db_default="other", default="other", max_length=12, verbose_name="kind")),
                ("code", models.CharField(blank=True, max_length=12, null=True, verbose_name="code of the sign")),
                ("inscription", models.CharField(blank=True, max_length=200, null=True, verbose_name="inscription")),
                ("panels", models.CharField(blank=True, max_length=120, null=True, verbose_name="panels below")),
                ("orientation", models.FloatField(blank=True, null=True, verbose_name="orientation")),
                ("size", models.CharField(blank=True, max_length=12, null=True, verbose_name="size range")),
                (
                    "family",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(models.Q(("kind", "sign"), _negated=True), then=models.F("kind")),
                            models.When(code__regex="^(A|AK)[0-9]", then=models.Value("danger")),
                            models.When(code__regex="^AB[0-9]", then=models.Value("priority")),
                            models.When(code__regex="^B(30|5[0-9]|6b)", then=models.Value("zone")),
                            models.When(code__regex="^B(0|1|1[0-9]|[2-9])([^0-9]|$)", then=models.Value("prohibition")),
                            models.When(code__regex="^B2[0-9]", then=models.Value("obligation")),
                            models.When(code__regex="^B[0-9]", then=models.Value("end")),
                            models.When(code__regex="^(C|H|SR|SC|SE)[0-9]", then=models.Value("information")),
                            models.When(code__regex="^(CE|ID|SI)[0-9]", then=models.Value("service")),
                            models.When(code__regex="^(D|DA|DP|DV|DC)[0-9]", then=models.Value("direction")),
                            models.When(code__regex="^(E|EB)[0-9]", then=models.Value("place")),
                            models.When(code__regex="^M[0-9]", then=models.Value("panel")),
                            models.When(code__regex="^J[0-9]", then=models.Value("marker")),
                            models.When(code__regex="^(R|KR)[0-9]", then=models.Value("light")),
                            models.When(code__regex="^K[A-Z]{0,2}[0-9]", then=models.Value("works")),
                            models.When(code__regex="^G[0-9]", then=models.Value("crossing")),
                            default=models.Value("unknown"),
                            output_field=models.CharField(max_length=12),
                        ),
                        output_field=models.CharField(max_length=12, verbose_name="family"),
                    ),
                ),
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
                "verbose_name": "road asset",
                "verbose_name_plural": "road assets",
                "db_table": "road_asset",
                "indexes": [
                    models.Index(
                        condition=models.Q(("section_id", None), _negated=True),
                        fields=["section_id"],
                        name="road_asset_section",
                    ),
                    models.Index(
                        condition=models.Q(("due_date", None), _negated=True),
                        fields=["due_date"],
                        name="road_asset_due",
                    ),
                    models.Index(
                        condition=models.Q(("import_id", None), _negated=True),
                        fields=["import_id"],
                        name="road_asset_import",
                    ),
                    django.contrib.postgres.indexes.GistIndex(
                        condition=models.Q(("section_id", None)), fields=["geom"], name="road_asset_unbound"
                    ),
                    django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="road_asset_3857"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "reference"), name="road_asset_reference"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "sign",
                                    "signal",
                                    "lighting",
                                    "culvert",
                                    "structure",
                                    "barrier",
                                    "marking",
                                    "marker",
                                    "drain",
                                    "furniture",
                                    "other",
                                ],
                            )
                        ),
                        name="road_asset_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["left", "right", "on"])), name="road_asset_side"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["1", "2", "3", "4", "5"])), name="road_asset_state"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size__in", ["miniature", "petite", "normale", "grande", "tres_grande"])),
                        name="road_asset_size",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("orientation__gte", 0), ("orientation__lt", 360)),
                        name="road_asset_orientation",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="roadaxis",
            constraint=models.UniqueConstraint(fields=("route", "department", "carriageway"), name="road_axis_once"),
        ),
        migrations.AddIndex(
            model_name="roadaxismark",
            index=models.Index(fields=["axis", "-at_m"], name="road_axis_mark_along"),
        ),
        migrations.AddConstraint(
            model_name="roadaxismark",
            constraint=models.UniqueConstraint(fields=("axis", "number"), name="road_axis_mark_once"),
        ),
        migrations.AddIndex(
            model_name="roadaxispart",
            index=models.Index(fields=["axis", "end_m"], name="road_axis_part_along"),
        ),
        migrations.AddIndex(
            model_name="roadaxispart",
            index=models.Index(fields=["section_id"], name="road_axis_part_section"),
        ),
        migrations.AddIndex(
            model_name="roadinspection",
            index=models.Index(fields=["of", "asset_id", "-done_date"], name="road_inspection_asset"),
        ),
        migrations.AddConstraint(
            model_name="roadinspection",
            constraint=models.CheckConstraint(
                condition=models.Q(("mark__in", ["1", "2", "3", "4", "5"])), name="road_inspection_mark"
            ),
        ),
        migrations.AddConstraint(
            model_name="roadinspection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("struck_at", None), models.Q(("struck_reason", ""), _negated=True), _connector="OR"
                ),
                name="road_inspection_struck_for_a_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="roadmarker",
            index=django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="road_marker_3857"),
        ),
        migrations.AddConstraint(
            model_name="roadmarker",
            constraint=models.UniqueConstraint(
                fields=("route", "department", "number", "carriageway"), name="road_marker_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="roadmarker",
            constraint=models.CheckConstraint(
                condition=models.Q(("carriageway__in", ["U", "D", "G"])), name="road_marker_carriageway"
            ),
        ),
        migrations.AddConstraint(
            model_name="roadmarker",
            constraint=models.CheckConstraint(
                condition=models.Q(("department__regex", "^(\\d\\d|2[AB]|9[78]\\d)?$")), name="road_marker_department"
            ),
        ),
        migrations.AddIndex(
            model_name="roadsection",
            index=models.Index(
                condition=models.Q(("route", None), _negated=True),
                fields=["route", "department"],
                name="road_section_route",
            ),
        ),
        migrations.AddIndex(
            model_name="roadsection",
            index=models.Index(
                condition=models.Q(("import_id", None), _negated=True), fields=["import_id"], name="road_section_import"
            ),
        ),
        migrations.AddIndex(
            model_name="roadsection",
            index=django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="road_section_3857"),
        ),
        migrations.AddConstraint(
            model_name="roadsection",
            constraint=models.UniqueConstraint(fields=("owner", "reference"), name="road_section_reference"),
        ),
        migrations.AddConstraint(
            model_name="roadsection",
            constraint=models.CheckConstraint(
                condition=models.Q(("carriageway__in", ["U", "D", "G"])), name="road_section_carriageway"
            ),
        ),
        migrations.AddConstraint(
            model_name="roadsection",
            constraint=models.CheckConstraint(
                condition=models.Q(("traffic_way__in", ["both", "forward", "backward", "none"])),
                name="road_section_traffic_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="roadsection",
            constraint=models.CheckConstraint(
                condition=models.Q(("department__regex", "^(\\d\\d|2[AB]|9[78]\\d)?$")), name="road_section_department"
            ),
        ),
        migrations.AddIndex(
            model_name="roadstretch",
            index=models.Index(
                condition=models.Q(("section_id", None), _negated=True),
                fields=["section_id"],
                name="road_stretch_section",
            ),
        ),
        migrations.AddIndex(
            model_name="roadstretch",
            index=models.Index(
                condition=models.Q(("due_date", None), _negated=True), fields=["due_date"], name="road_stretch_due"
            ),
        ),
        migrations.AddIndex(
            model_name="roadstretch",
            index=models.Index(
                condition=models.Q(("import_id", None), _negated=True), fields=["import_id"], name="road_stretch_import"
            ),
        ),
        migrations.AddIndex(
            model_name="roadstretch",
            index=django.contrib.postgres.indexes.GistIndex(
                condition=models.Q(("section_id", None)), fields=["geom"], name="road_stretch_unbound"
            ),
        ),
        migrations.AddIndex(
            model_name="roadstretch",
            index=django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="road_stretch_3857"),
        ),
        migrations.AddConstraint(
            model_name="roadstretch",
            constraint=models.UniqueConstraint(fields=("owner", "reference"), name="road_stretch_reference"),
        ),
        migrations.AddConstraint(
            model_name="roadstretch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "barrier",
                            "marking",
                            "kerb",
                            "ditch",
                            "bridge",
                            "wall",
                            "tunnel",
                            "pavement",
                            "fence",
                            "hedge",
                            "other",
                        ],
                    )
                ),
                name="road_stretch_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="roadstretch",
            constraint=models.CheckConstraint(
                condition=models.Q(("side__in", ["left", "right", "on"])), name="road_stretch_side"
            ),
        ),
        migrations.AddConstraint(
            model_name="roadstretch",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["1", "2", "3", "4", "5"])), name="road_stretch_state"
            ),
        ),
    ]
