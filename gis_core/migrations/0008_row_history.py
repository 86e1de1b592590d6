import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gis_core", "0007_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="historyevent",
            name="layer",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="rowhistory",
            name="geom_changed",
            field=models.BooleanField(db_default=True),
        ),
        migrations.AlterField(
            model_name="rowhistory",
            name="event",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rows_changed",
                to="gis_core.historyevent",
            ),
        ),
        migrations.AddIndex(
            model_name="historyevent",
            index=models.Index(fields=["layer", "id"], name="gis_core_hi_layer_0db5a4_idx"),
        ),
        migrations.AddIndex(
            model_name="rowhistory",
            index=models.Index(fields=["event", "id"], name="gis_core_ro_event_i_94c28b_idx"),
        ),
    ]
