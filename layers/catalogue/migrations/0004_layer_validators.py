from django.db import migrations, models

import layers.catalogue.validators


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0003_layer_extent"),
    ]

    operations = [
        migrations.AlterField(
            model_name="layer",
            name="columns",
            field=models.JSONField(
                default=list, validators=[layers.catalogue.validators.validate_columns], verbose_name="columns"
            ),
        ),
        migrations.AlterField(
            model_name="layer",
            name="legend",
            field=models.JSONField(
                default=list, validators=[layers.catalogue.validators.validate_legend], verbose_name="legend"
            ),
        ),
    ]
