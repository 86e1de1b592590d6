"""The history takes geometries with heights (Z) beside flat ones. PostgreSQL rewrites nothing: the column takes more."""

from typing import ClassVar

from django.db import migrations

from gis_core.models.history import AnyGeometryField


class Migration(migrations.Migration):
    dependencies: ClassVar = [("gis_core", "0003_map_view")]

    operations: ClassVar = [
        migrations.AlterField("rowhistory", "old_geom", AnyGeometryField(null=True, spatial_index=False, srid=2154))
    ]
