from django.db import migrations, models

import layers.catalogue.validators


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0007_editing"),
    ]

    operations = [
        migrations.AddField(
            model_name="layer",
            name="labels",
            field=models.JSONField(
                blank=True,
                default=dict,
                validators=[layers.catalogue.validators.validate_labels],
                verbose_name="labels",
            ),
        ),
        migrations.AddField(
            model_name="layer",
            name="scale_from",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="smallest scale: 1 to"),
        ),
        migrations.AddField(
            model_name="layer",
            name="scale_to",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="largest scale: 1 to"),
        ),
        migrations.AddConstraint(
            model_name="layer",
            constraint=models.CheckConstraint(
                condition=models.Q(("scale_from", None), ("scale_to", None), _connector="OR")
                | models.Q(("scale_to__lte", models.F("scale_from"))),
                name="layer_scales_in_order",
            ),
        ),
    ]
