import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.core.validators
from django.db import migrations, models

import gis_core.fields
import layers.catalogue.validators


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Background",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True, verbose_name="short name")),
                ("title", models.CharField(max_length=80, verbose_name="title")),
                (
                    "kind",
                    models.CharField(choices=[("xyz", "XYZ"), ("wmts", "WMTS")], max_length=4, verbose_name="kind"),
                ),
                (
                    "url",
                    models.CharField(
                        max_length=400,
                        validators=[django.core.validators.RegexValidator("^https?://[^\\s'\\\";,]+$")],
                        verbose_name="address",
                    ),
                ),
                ("layer", models.CharField(blank=True, max_length=120, verbose_name="WMTS layer")),
                (
                    "matrix_set",
                    models.CharField(blank=True, default="PM", max_length=60, verbose_name="WMTS matrix set"),
                ),
                ("format", models.CharField(default="image/png", max_length=40, verbose_name="image format")),
                ("style", models.CharField(blank=True, default="normal", max_length=40, verbose_name="WMTS style")),
                ("attribution", models.CharField(max_length=200, verbose_name="attribution")),
                ("min_zoom", models.PositiveSmallIntegerField(default=0, verbose_name="smallest zoom")),
                ("max_zoom", models.PositiveSmallIntegerField(default=19, verbose_name="largest zoom")),
                ("order", models.PositiveSmallIntegerField(default=100, verbose_name="order")),
            ],
            options={
                "verbose_name": "background map",
                "verbose_name_plural": "background maps",
                "ordering": ["order", "title"],
            },
        ),
        migrations.CreateModel(
            name="Layer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True, verbose_name="short name")),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("title_en", models.CharField(blank=True, max_length=120, verbose_name="English title")),
                ("abstract", models.TextField(blank=True, verbose_name="abstract")),
                ("order", models.PositiveSmallIntegerField(default=100, verbose_name="order")),
                ("attribution", models.CharField(blank=True, max_length=200, verbose_name="attribution")),
                ("licence", models.CharField(blank=True, max_length=120, verbose_name="licence")),
                ("source_date", models.DateField(blank=True, null=True, verbose_name="vintage")),
                ("lineage", models.TextField(blank=True, verbose_name="how it was made")),
                ("contact", models.CharField(blank=True, max_length=200, verbose_name="whom to ask")),
                (
                    "visibility",
                    models.CharField(
                        choices=[
                            ("public", "Everybody"),
                            ("signed_in", "Everybody signed in"),
                            ("members", "Listed members"),
                            ("owner", "Its owner alone"),
                        ],
                        default="owner",
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
                    "editor_roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("reader", "Reader"),
                                ("town_hall", "Town hall"),
                                ("permit_instructor", "Permit instructor"),
                                ("network_technician", "Network technician"),
                                ("gis_administrator", "GIS administrator"),
                                ("agency_administrator", "Agency administrator"),
                            ],
                            max_length=24,
                        ),
                        blank=True,
                        default=list,
                        verbose_name="roles that edit it",
                    ),
                ),
                (
                    "table",
                    models.CharField(
                        max_length=63,
                        validators=[django.core.validators.RegexValidator("^[a-z][a-z0-9_]*$")],
                        verbose_name="table",
                    ),
                ),
                (
                    "rows",
                    models.CharField(
                        choices=[
                            ("reference", "Public reference data"),
                            ("owner", "Rows of members"),
                            ("insee", "Personal rows by commune"),
                            ("layer", "Rows of this layer"),
                        ],
                        default="layer",
                        max_length=10,
                        verbose_name="protection of the rows",
                    ),
                ),
                (
                    "geometry_type",
                    models.CharField(
                        choices=[("point", "Point"), ("line", "Line"), ("polygon", "Polygon")],
                        max_length=8,
                        verbose_name="geometry",
                    ),
                ),
                (
                    "columns",
                    models.JSONField(
                        default=list, validators=[layers.catalogue.validators.validate_columns], verbose_name="columns"
                    ),
                ),
                ("title_field", models.CharField(max_length=63, verbose_name="column that names a feature")),
                (
                    "key_column",
                    models.CharField(blank=True, max_length=63, verbose_name="column of the unique reference"),
                ),
                (
                    "strict_locking",
                    models.BooleanField(
                        default=False, verbose_name="no edit without the version seen (read-only in QGIS)"
                    ),
                ),
                (
                    "rules",
                    models.JSONField(
                        blank=True,
                        default=list,
                        validators=[layers.catalogue.validators.validate_rules],
                        verbose_name="rules",
                    ),
                ),
                ("min_zoom", models.PositiveSmallIntegerField(default=0, verbose_name="smallest zoom")),
                ("max_zoom", models.PositiveSmallIntegerField(default=18, verbose_name="largest tile zoom")),
                ("visible_at_first", models.BooleanField(default=True, verbose_name="shown at first")),
                (
                    "legend",
                    models.JSONField(
                        default=list, validators=[layers.catalogue.validators.validate_legend], verbose_name="legend"
                    ),
                ),
                (
                    "labels",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        validators=[layers.catalogue.validators.validate_labels],
                        verbose_name="labels",
                    ),
                ),
                ("scale_from", models.PositiveIntegerField(blank=True, null=True, verbose_name="smallest scale: 1 to")),
                ("scale_to", models.PositiveIntegerField(blank=True, null=True, verbose_name="largest scale: 1 to")),
                (
                    "tolerance_m2",
                    models.FloatField(
                        default=5,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="tolerance of areas (m²)",
                    ),
                ),
                (
                    "tolerance_percent",
                    models.FloatField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="tolerance of shares (%)",
                    ),
                ),
                (
                    "tolerance_m",
                    models.FloatField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="tolerance of lengths (m)",
                    ),
                ),
                (
                    "extent_4326",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), editable=False, null=True, size=4
                    ),
                ),
                ("version", models.IntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "layer",
                "verbose_name_plural": "layers",
                "ordering": ["theme__order", "order", "title"],
            },
        ),
        migrations.CreateModel(
            name="Photo",
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
                ("resolution_m", models.FloatField(verbose_name="resolution (m)")),
                (
                    "visibility",
                    models.CharField(
                        choices=[
                            ("public", "Everybody"),
                            ("signed_in", "Everybody signed in"),
                            ("members", "Listed members"),
                            ("owner", "Its owner alone"),
                        ],
                        default="owner",
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
                ("folder", models.CharField(editable=False, max_length=200)),
                ("overview", models.CharField(editable=False, max_length=200)),
                ("edition", models.IntegerField(editable=False, unique=True)),
                ("pixels_edition", models.IntegerField(editable=False)),
                ("geom", django.contrib.gis.db.models.fields.MultiPolygonField(editable=False, srid=2154)),
                (
                    "extent_4326",
                    django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), editable=False, size=4),
                ),
                ("footprint_4326", models.JSONField(editable=False)),
                (
                    "published_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="published"
                    ),
                ),
                ("version", models.IntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "aerial photo",
                "verbose_name_plural": "aerial photos",
                "ordering": ["-acquired_date", "title"],
            },
        ),
        migrations.CreateModel(
            name="PhotoEdition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="PhotoSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("path", models.CharField(max_length=200)),
                ("rank", models.IntegerField(default=0)),
                ("resolution_m", models.FloatField()),
                ("geom", django.contrib.gis.db.models.fields.MultiPolygonField(srid=2154)),
            ],
            options={
                "ordering": ["rank", "name"],
            },
        ),
        migrations.CreateModel(
            name="Theme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True, verbose_name="short name")),
                ("title", models.CharField(max_length=80, verbose_name="title")),
                ("title_en", models.CharField(blank=True, max_length=80, verbose_name="English title")),
                ("order", models.PositiveSmallIntegerField(default=100, verbose_name="order")),
            ],
            options={
                "verbose_name": "theme",
                "verbose_name_plural": "themes",
                "ordering": ["order", "title"],
            },
        ),
    ]
