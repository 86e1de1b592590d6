from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cadastre", "0003_sheets_of_the_plan"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="parcel",
            index=models.Index(condition=models.Q(("sheet", ""), _negated=True), fields=["sheet"], name="parcel_sheet"),
        ),
    ]
