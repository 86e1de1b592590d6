from django.db import migrations, models

import gis_core.models


class Migration(migrations.Migration):
    dependencies = [
        ("gis_core", "0005_membership_accepted"),
    ]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="first_name",
            field=models.CharField(
                blank=True,
                max_length=150,
                validators=[gis_core.models.validate_written_name],
                verbose_name="first name",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="last_name",
            field=models.CharField(
                blank=True, max_length=150, validators=[gis_core.models.validate_written_name], verbose_name="last name"
            ),
        ),
    ]
