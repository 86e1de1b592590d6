from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("water", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="repair",
            name="pipe_id",
            field=models.BigIntegerField(editable=False, null=True, verbose_name="pipe"),
        ),
        migrations.AddIndex(
            model_name="repair",
            index=models.Index(fields=["pipe_id"], name="water_repair_pipe"),
        ),
        migrations.AddIndex(
            model_name="repair",
            index=models.Index(fields=["owner", "repaired_date"], name="water_repair_date"),
        ),
    ]
