import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0002_file_import"),
        ("water", "0001_initial"),
    ]

    # The tables go as wholes: their row policies depend on their columns.
    operations = [
        migrations.DeleteModel(name="Snap"),
        migrations.DeleteModel(name="NetworkImport"),
        migrations.DeleteModel(name="NetworkMapping"),
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="intake.fileimport"
                    ),
                ),
            ],
            options={
                "verbose_name": "snapped end",
                "verbose_name_plural": "snapped ends",
            },
        ),
    ]
