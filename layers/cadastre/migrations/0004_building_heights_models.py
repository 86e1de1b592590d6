"""Buildings remember the campaigns that their heights were measured on: one may be taken back."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cadastre", "0003_heights_of_buildings")]

    operations = [
        migrations.AddField(
            "building",
            "heights_models",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.SlugField(),
                blank=True,
                db_default=[],
                editable=False,
                size=None,
                verbose_name="campaigns of the heights",
            ),
        )
    ]
