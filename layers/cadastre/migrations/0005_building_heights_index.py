"""Which buildings were measured on a campaign is found without reading all of them."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cadastre", "0004_building_heights_models")]

    operations = [
        AddIndexConcurrently(
            "building",
            GinIndex(
                condition=models.Q(("heights_models", []), _negated=True),
                fields=["heights_models"],
                name="building_heights_models",
            ),
        )
    ]
