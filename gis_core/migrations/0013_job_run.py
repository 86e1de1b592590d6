"""A job's run, and instants of the database's clock."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies: ClassVar = [("gis_core", "0012_idempotencykey")]

    operations: ClassVar = [
        migrations.AddField("job", "run", models.IntegerField(default=0, editable=False)),
        migrations.AlterField(
            "job", "created_at", models.DateTimeField(db_default=Now(), editable=False, verbose_name="made on")
        ),
    ]
