from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0008_looks"),
        ("gis_core", "0008_row_history"),
    ]

    operations = [
        migrations.AddField(
            model_name="layer",
            name="tolerance_m2",
            field=models.FloatField(
                default=5,
                validators=[MinValueValidator(0), MaxValueValidator(1000)],
                verbose_name="tolerance of areas (m²)",
            ),
        ),
        migrations.AddField(
            model_name="layer",
            name="tolerance_percent",
            field=models.FloatField(
                default=1,
                validators=[MinValueValidator(0), MaxValueValidator(100)],
                verbose_name="tolerance of shares (%)",
            ),
        ),
        migrations.AddField(
            model_name="layer",
            name="tolerance_m",
            field=models.FloatField(
                default=1,
                validators=[MinValueValidator(0), MaxValueValidator(100)],
                verbose_name="tolerance of lengths (m)",
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
