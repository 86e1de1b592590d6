import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalogue", "0002_initial"),
        ("external", "0001_initial"),
        ("gis_core", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="externallayer",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                to="gis_core.member",
                verbose_name="owner",
            ),
        ),
        migrations.AddField(
            model_name="externallayer",
            name="theme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="external_layers",
                to="catalogue.theme",
                verbose_name="theme",
            ),
        ),
        migrations.AddConstraint(
            model_name="externallayer",
            constraint=models.CheckConstraint(
                condition=models.Q(("max_zoom__lte", 22), ("min_zoom__lte", models.F("max_zoom"))),
                name="external_zooms_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="externallayer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("visibility", "owner"), _negated=True), ("owner__isnull", False), _connector="OR"
                ),
                name="external_of_an_owner_has_one",
            ),
        ),
    ]
