"""An index for the files of a kind, in a state or not, the last filed first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("permits", "0004_people_pieces")]

    operations = [
        migrations.AddIndex(
            model_name="permit",
            index=models.Index(fields=["kind", "state", "-filed_date", "-id"], name="permit_of_kind"),
        ),
    ]
