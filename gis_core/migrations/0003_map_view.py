"""How a person left the map."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("gis_core", "0002_cache_and_jobs")]

    operations: ClassVar = [
        migrations.AddField(
            "user",
            "map_view",
            models.CharField(blank=True, db_default="", default="", editable=False, max_length=2_000),
        )
    ]
