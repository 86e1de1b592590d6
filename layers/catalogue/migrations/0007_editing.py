from django.db import migrations, models

import layers.catalogue.validators


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0006_photo_footprint"),
    ]

    operations = [
        migrations.AddField(
            model_name="layer",
            name="contact",
            field=models.CharField(blank=True, max_length=200, verbose_name="whom to ask"),
        ),
        migrations.AddField(
            model_name="layer",
            name="key_column",
            field=models.CharField(blank=True, max_length=63, verbose_name="column of the unique reference"),
        ),
        migrations.AddField(
            model_name="layer",
            name="lineage",
            field=models.TextField(blank=True, verbose_name="how it was made"),
        ),
        migrations.AddField(
            model_name="layer",
            name="rules",
            field=models.JSONField(
                blank=True, default=list, validators=[layers.catalogue.validators.validate_rules], verbose_name="rules"
            ),
        ),
        migrations.AddField(
            model_name="layer",
            name="strict_locking",
            field=models.BooleanField(
                default=False, verbose_name="no edit without the version seen (read-only in QGIS)"
            ),
        ),
    ]
