from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cadastre", "0004_parcels_by_sheet"),
    ]

    operations = [
        migrations.AlterField(
            model_name="address",
            name="parcel_idu",
            field=models.CharField(blank=True, max_length=14, verbose_name="parcel"),
        ),
        migrations.AddIndex(
            model_name="address",
            index=models.Index(
                condition=models.Q(("parcel_idu", ""), _negated=True), fields=["parcel_idu"], name="address_parcel"
            ),
        ),
    ]
