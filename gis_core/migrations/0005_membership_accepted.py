import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """Whoever belonged to a member before invitations were answered counts as having accepted."""

    dependencies = [
        ("gis_core", "0004_index_web_mercator"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="accepted_at",
            field=models.DateTimeField(
                blank=True, default=django.utils.timezone.now, null=True, verbose_name="accepted"
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="invited_email",
            field=models.EmailField(blank=True, max_length=150, verbose_name="invited address", default=""),
            preserve_default=False,
        ),
    ]
