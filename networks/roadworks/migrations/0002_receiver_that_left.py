import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("roadworks", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="worktransmission",
            name="receiver_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="sent to"),
        ),
        migrations.AlterField(
            model_name="worktransmission",
            name="receiver",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="gis_core.member",
                verbose_name="sent to",
            ),
        ),
    ]
