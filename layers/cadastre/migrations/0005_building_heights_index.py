"""Which buildings were measured on a campaign is found without reading all of them."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cadastre", "0004_building_heights_models")]

    operations = [
        migrations.AddIndex(
            "building",
            django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("heights_models", []), _negated=True),
                fields=["heights_models"],
                name="building_heights_models",
            ),
        )
    ]
