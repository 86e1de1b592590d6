"""Buildings get the heights of their ground, eaves and ridge, and the model that they were measured on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cadastre", "0002_named_places_searched")]

    operations = [
        migrations.AddField(
            "building", "ground_m", models.FloatField(blank=True, null=True, verbose_name="altitude of the ground")
        ),
        migrations.AddField(
            "building", "eaves_m", models.FloatField(blank=True, null=True, verbose_name="height of the eaves")
        ),
        migrations.AddField(
            "building", "ridge_m", models.FloatField(blank=True, null=True, verbose_name="height of the ridge")
        ),
        migrations.AddField(
            "building",
            "heights_source",
            models.CharField(blank=True, db_default="", max_length=120, verbose_name="heights measured on"),
        ),
        migrations.AddField(
            "building",
            "heights_date",
            models.DateField(blank=True, null=True, verbose_name="date of the heights"),
        ),
    ]
