import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gis_core", "0007_sign_in"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="given_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to="gis_core.signinmethod",
                verbose_name="given by",
            ),
        ),
        migrations.AddField(
            model_name="member",
            name="emergency_account",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="emergency account",
            ),
        ),
    ]
