import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalogue", "0001_initial"),
        ("gis_core", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="layer",
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
            model_name="photo",
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
            model_name="photosheet",
            name="photo",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="sheets", to="catalogue.photo"
            ),
        ),
        migrations.AddField(
            model_name="layer",
            name="theme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="layers",
                to="catalogue.theme",
                verbose_name="theme",
            ),
        ),
        migrations.AddConstraint(
            model_name="photo",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("visibility", "owner"), _negated=True), ("owner__isnull", False), _connector="OR"
                ),
                name="photo_of_an_owner_has_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="photosheet",
            constraint=models.UniqueConstraint(fields=("photo", "name"), name="photo_sheet_once"),
        ),
        migrations.AddConstraint(
            model_name="layer",
            constraint=models.CheckConstraint(
                condition=models.Q(("max_zoom__lte", 22), ("min_zoom__lte", models.F("max_zoom"))),
                name="layer_zooms_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="layer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("visibility", "owner"), _negated=True), ("owner__isnull", False), _connector="OR"
                ),
                name="layer_of_an_owner_has_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="layer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("scale_from", None), ("scale_to", None), ("scale_to__lte", models.F("scale_from")), _connector="OR"
                ),
                name="layer_scales_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="layer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("tolerance_m2__range", (0, 1000)),
                    ("tolerance_m__range", (0, 100)),
                    ("tolerance_percent__range", (0, 100)),
                ),
                name="layer_tolerances_in_range",
            ),
        ),
    ]
