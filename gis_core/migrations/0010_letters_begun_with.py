from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("gis_core", "0009_letters")]

    operations = [
        migrations.AddField(
            model_name="letter",
            name="begun_with",
            field=models.JSONField(db_default={}, default=dict, editable=False),
        ),
    ]
