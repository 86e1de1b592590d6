import django.contrib.gis.db.models.fields
import django.contrib.gis.db.models.functions
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Address",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("insee", models.CharField(db_index=True, max_length=5, verbose_name="INSEE code")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("suffix", models.CharField(blank=True, max_length=10, verbose_name="suffix")),
                ("road_name", models.CharField(max_length=120, verbose_name="road")),
                ("postcode", models.CharField(max_length=5, verbose_name="postcode")),
                ("commune_name", models.CharField(max_length=100, verbose_name="commune")),
                ("label", models.CharField(max_length=200, verbose_name="address")),
                ("search_text", models.CharField(editable=False, max_length=260)),
                ("parcel_idu", models.CharField(blank=True, max_length=14, verbose_name="parcel")),
                (
                    "parcels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=14), blank=True, db_default=[], verbose_name="parcels"
                    ),
                ),
                ("ban_id", models.CharField(blank=True, db_default="", max_length=60, verbose_name="BAN key")),
                ("geom", django.contrib.gis.db.models.fields.PointField(srid=2154)),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.PointField(srid=3857),
                    ),
                ),
            ],
            options={
                "verbose_name": "address",
                "verbose_name_plural": "addresses",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(models.F("search_text"), name="gin_trgm_ops"),
                        name="address_search",
                    ),
                    django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="address_geom_3857"),
                    django.contrib.postgres.indexes.GinIndex(fields=["parcels"], name="address_parcels"),
                    models.Index(
                        condition=models.Q(("parcel_idu", ""), _negated=True),
                        fields=["parcel_idu"],
                        name="address_parcel",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Building",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("insee", models.CharField(db_index=True, max_length=5, verbose_name="INSEE code")),
                (
                    "kind",
                    models.CharField(
                        choices=[("01", "Solid building"), ("02", "Light building")], max_length=2, verbose_name="kind"
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("sheet", models.CharField(blank=True, db_default="", max_length=12, verbose_name="cadastral sheet")),
                ("created_date", models.DateField(null=True, verbose_name="created")),
                ("updated_date", models.DateField(null=True, verbose_name="updated")),
                ("geom", django.contrib.gis.db.models.fields.MultiPolygonField(srid=2154)),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.MultiPolygonField(srid=3857),
                    ),
                ),
            ],
            options={
                "verbose_name": "building",
                "verbose_name_plural": "buildings",
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="building_geom_3857"),
                    models.Index(fields=["sheet"], name="building_sheet"),
                ],
            },
        ),
        migrations.CreateModel(
            name="NamedPlace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("insee", models.CharField(max_length=5, verbose_name="INSEE code")),
                ("name", models.CharField(blank=True, max_length=250, verbose_name="name")),
                ("sheet", models.CharField(max_length=12, verbose_name="cadastral sheet")),
                ("created_date", models.DateField(null=True, verbose_name="created")),
                ("updated_date", models.DateField(null=True, verbose_name="updated")),
                ("geom", django.contrib.gis.db.models.fields.MultiPolygonField(srid=2154)),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.MultiPolygonField(srid=3857),
                    ),
                ),
            ],
            options={
                "verbose_name": "named place",
                "verbose_name_plural": "named places",
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="named_place_geom_3857"),
                    models.Index(fields=["sheet"], name="named_place_sheet"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Parcel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("idu", models.CharField(max_length=14, unique=True, verbose_name="identifier")),
                ("insee", models.CharField(max_length=5, verbose_name="INSEE code")),
                ("prefix", models.CharField(max_length=3, verbose_name="prefix")),
                ("section", models.CharField(max_length=2, verbose_name="section")),
                ("number", models.CharField(max_length=4, verbose_name="number")),
                ("label", models.CharField(max_length=8, verbose_name="reference")),
                ("area_m2", models.BigIntegerField(null=True, verbose_name="cadastral area")),
                ("surveyed", models.BooleanField(null=True, verbose_name="surveyed")),
                ("sheet", models.CharField(blank=True, db_default="", max_length=12, verbose_name="cadastral sheet")),
                ("created_date", models.DateField(null=True, verbose_name="created")),
                ("updated_date", models.DateField(null=True, verbose_name="updated")),
                ("geom", django.contrib.gis.db.models.fields.MultiPolygonField(srid=2154)),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.MultiPolygonField(srid=3857),
                    ),
                ),
            ],
            options={
                "verbose_name": "parcel",
                "verbose_name_plural": "parcels",
                "indexes": [
                    models.Index(fields=["section", "number", "insee"], name="parcel_reference"),
                    models.Index(fields=["insee", "section", "number"], name="parcel_of_commune"),
                    django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="parcel_geom_3857"),
                    models.Index(
                        condition=models.Q(("sheet", ""), _negated=True), fields=["sheet"], name="parcel_sheet"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanRoad",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("insee", models.CharField(max_length=5, verbose_name="INSEE code")),
                ("name", models.CharField(blank=True, max_length=250, verbose_name="name")),
                ("sheet", models.CharField(max_length=12, verbose_name="cadastral sheet")),
                ("created_date", models.DateField(null=True, verbose_name="created")),
                ("updated_date", models.DateField(null=True, verbose_name="updated")),
                ("geom", django.contrib.gis.db.models.fields.MultiLineStringField(srid=2154)),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.MultiLineStringField(srid=3857),
                    ),
                ),
            ],
            options={
                "verbose_name": "road name of the plan",
                "verbose_name_plural": "road names of the plan",
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="plan_road_geom_3857"),
                    models.Index(fields=["sheet"], name="plan_road_sheet"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanRoadArea",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("insee", models.CharField(max_length=5, verbose_name="INSEE code")),
                ("name", models.CharField(blank=True, max_length=250, verbose_name="name")),
                ("sheet", models.CharField(max_length=12, verbose_name="cadastral sheet")),
                ("created_date", models.DateField(null=True, verbose_name="created")),
                ("updated_date", models.DateField(null=True, verbose_name="updated")),
                ("geom", django.contrib.gis.db.models.fields.MultiPolygonField(srid=2154)),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.MultiPolygonField(srid=3857),
                    ),
                ),
            ],
            options={
                "verbose_name": "road outline of the plan",
                "verbose_name_plural": "road outlines of the plan",
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="plan_road_area_geom_3857"),
                    models.Index(fields=["sheet"], name="plan_road_area_sheet"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Road",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("insee", models.CharField(db_index=True, max_length=5, verbose_name="INSEE code")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("search_text", models.CharField(editable=False, max_length=160)),
                ("kind", models.CharField(max_length=20, verbose_name="kind")),
                ("number", models.CharField(blank=True, max_length=12, verbose_name="number")),
                ("width_m", models.FloatField(null=True, verbose_name="width")),
                ("geom", django.contrib.gis.db.models.fields.MultiLineStringField(srid=2154)),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.MultiLineStringField(srid=3857),
                    ),
                ),
            ],
            options={
                "verbose_name": "road",
                "verbose_name_plural": "roads",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(models.F("search_text"), name="gin_trgm_ops"),
                        name="road_search",
                    ),
                    django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="road_geom_3857"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Section",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("idu", models.CharField(max_length=10, unique=True, verbose_name="identifier")),
                ("insee", models.CharField(db_index=True, max_length=5, verbose_name="INSEE code")),
                ("prefix", models.CharField(max_length=3, verbose_name="prefix")),
                ("code", models.CharField(max_length=2, verbose_name="section")),
                ("created_date", models.DateField(null=True, verbose_name="created")),
                ("updated_date", models.DateField(null=True, verbose_name="updated")),
                ("geom", django.contrib.gis.db.models.fields.MultiPolygonField(srid=2154)),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.MultiPolygonField(srid=3857),
                    ),
                ),
            ],
            options={
                "verbose_name": "cadastral section",
                "verbose_name_plural": "cadastral sections",
                "indexes": [django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="section_geom_3857")],
            },
        ),
        migrations.CreateModel(
            name="Sheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("idu", models.CharField(max_length=12, unique=True, verbose_name="identifier")),
                ("insee", models.CharField(db_index=True, max_length=5, verbose_name="INSEE code")),
                ("prefix", models.CharField(max_length=3, verbose_name="prefix")),
                ("section", models.CharField(max_length=2, verbose_name="section")),
                ("number", models.CharField(max_length=2, verbose_name="sheet number")),
                (
                    "quality",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("01", "Regular plan made before 20 March 1980"),
                            ("02", "Plan that is not regular"),
                            ("03", "Plan of quality P3 (10 cm)"),
                            ("04", "Plan of quality P4 (20 cm)"),
                            ("05", "Plan of quality P5 (40 cm)"),
                        ],
                        max_length=2,
                        verbose_name="quality of the plan",
                    ),
                ),
                ("scale", models.IntegerField(null=True, verbose_name="scale of the plan")),
                ("edition_date", models.DateField(null=True, verbose_name="edition of the plan")),
                ("created_date", models.DateField(null=True, verbose_name="created")),
                ("updated_date", models.DateField(null=True, verbose_name="updated")),
                ("geom", django.contrib.gis.db.models.fields.MultiPolygonField(srid=2154)),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.MultiPolygonField(srid=3857),
                    ),
                ),
            ],
            options={
                "verbose_name": "cadastral sheet",
                "verbose_name_plural": "cadastral sheets",
                "indexes": [django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="sheet_geom_3857")],
            },
        ),
        migrations.CreateModel(
            name="Water",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("insee", models.CharField(max_length=5, verbose_name="INSEE code")),
                ("name", models.CharField(blank=True, max_length=250, verbose_name="name")),
                ("sheet", models.CharField(max_length=12, verbose_name="cadastral sheet")),
                ("created_date", models.DateField(null=True, verbose_name="created")),
                ("updated_date", models.DateField(null=True, verbose_name="updated")),
                ("geom", django.contrib.gis.db.models.fields.MultiPolygonField(srid=2154)),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform("geom", 3857),
                        output_field=django.contrib.gis.db.models.fields.MultiPolygonField(srid=3857),
                    ),
                ),
            ],
            options={
                "verbose_name": "water of the plan",
                "verbose_name_plural": "waters of the plan",
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="water_geom_3857"),
                    models.Index(fields=["sheet"], name="water_sheet"),
                ],
            },
        ),
    ]
