from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("water", "0003_manhole_inspections"),
    ]

    operations = [
        migrations.AddField(
            model_name="manholesettings",
            name="repair_months",
            field=models.PositiveSmallIntegerField(
                blank=True,
                default=6,
                null=True,
                verbose_name="months before the next inspection of one to be repaired",
            ),
        ),
        migrations.AddField(
            model_name="manholesettings",
            name="urgent_months",
            field=models.PositiveSmallIntegerField(
                blank=True, default=1, null=True, verbose_name="months before the next inspection of a dangerous one"
            ),
        ),
        migrations.AddField(
            model_name="manholesettings",
            name="watch_months",
            field=models.PositiveSmallIntegerField(
                blank=True,
                default=24,
                null=True,
                verbose_name="months before the next inspection of one to be watched",
            ),
        ),
    ]
