from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from layers.catalogue.footprint import footprint_4326


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The footprint of the photos that were published before there was one."""
    photos = apps.get_model("catalogue", "Photo").objects
    for pk, geom in photos.values_list("pk", "geom"):
        photos.filter(pk=pk).update(footprint_4326=footprint_4326(geom))


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0005_photos"),
    ]

    operations = [
        migrations.AddField(
            model_name="photo",
            name="footprint_4326",
            field=models.JSONField(default=dict, editable=False),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
