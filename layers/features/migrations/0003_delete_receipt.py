from django.db import migrations


class Migration(migrations.Migration):
    """Its rows, a week's at most, are not carried over: `gis_core.IdempotencyKey` keeps them from now on."""

    dependencies = [("features", "0002_attachments")]

    operations = [migrations.DeleteModel(name="Receipt")]
