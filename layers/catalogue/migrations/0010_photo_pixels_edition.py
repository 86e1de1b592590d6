from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0009_tolerances")]

    operations = [
        migrations.AddField(
            model_name="photo", name="pixels_edition", field=models.IntegerField(editable=False, default=0)
        ),
        migrations.RunSQL("update catalogue_photo set pixels_edition = edition", migrations.RunSQL.noop),
        migrations.AlterField(model_name="photo", name="pixels_edition", field=models.IntegerField(editable=False)),
    ]
