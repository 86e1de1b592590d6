import django.contrib.postgres.fields
import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AllowedHost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "host",
                    models.CharField(
                        max_length=255,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\\d{1,5})?$|^\\[[0-9a-f:.]+\\](:\\d{1,5})?$"
                            )
                        ],
                        verbose_name="server",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
            ],
            options={
                "verbose_name": "allowed server",
                "verbose_name_plural": "allowed servers",
                "ordering": ["host"],
            },
        ),
        migrations.CreateModel(
            name="ExternalLayer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True, verbose_name="short name")),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("title_en", models.CharField(blank=True, max_length=120, verbose_name="English title")),
                ("abstract", models.TextField(blank=True, verbose_name="abstract")),
                ("order", models.PositiveSmallIntegerField(default=100, verbose_name="order")),
                ("attribution", models.CharField(max_length=200, verbose_name="attribution")),
                ("licence", models.CharField(blank=True, max_length=120, verbose_name="licence")),
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
                    "kind",
                    models.CharField(
                        choices=[("wms", "WMS"), ("wmts", "WMTS"), ("xyz", "XYZ")], max_length=4, verbose_name="kind"
                    ),
                ),
                ("service", models.CharField(max_length=1000, verbose_name="address that was given")),
                ("url", models.CharField(max_length=1000, verbose_name="address")),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name at the server")),
                ("style", models.CharField(blank=True, max_length=200, verbose_name="style at the server")),
                ("service_version", models.CharField(blank=True, max_length=10, verbose_name="version of the service")),
                ("format", models.CharField(blank=True, max_length=60, verbose_name="image format")),
                ("matrix_set", models.CharField(blank=True, max_length=100, verbose_name="WMTS matrix set")),
                (
                    "matrices",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100), blank=True, default=list
                    ),
                ),
                ("tile_size", models.PositiveSmallIntegerField(default=256)),
                ("min_zoom", models.PositiveSmallIntegerField(default=0, verbose_name="smallest zoom")),
                ("max_zoom", models.PositiveSmallIntegerField(default=19, verbose_name="largest zoom")),
                (
                    "extent_4326",
                    django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), null=True, size=4),
                ),
                ("legend_url", models.CharField(blank=True, max_length=1000, verbose_name="address of the legend")),
                ("version", models.IntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "layer of another server",
                "verbose_name_plural": "layers of other servers",
                "ordering": ["theme__order", "order", "title"],
            },
        ),
    ]
