"""Tokens end, and a password is not chosen twice."""

from django.db import migrations, models

import gis_core.models


class Migration(migrations.Migration):
    dependencies = [("gis_core", "0010_letters_begun_with")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="former_password",
            field=models.CharField(blank=True, default="", editable=False, max_length=128),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="apitoken",
            name="expires_at",
            field=models.DateTimeField(default=gis_core.models.in_a_year, verbose_name="ends on"),
        ),
    ]
