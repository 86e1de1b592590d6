from django.db import migrations, models

UNNAMED = "update {} set sensitive_name = null where sensitive = 'dialysis' and sensitive_name is not null"


class Migration(migrations.Migration):
    dependencies = [
        ("gis_core", "0009_letters"),
        ("water", "0001_initial"),
    ]

    operations = [
        # The history keeps the former rows.
        migrations.RunSQL(UNNAMED.format("water_connection"), migrations.RunSQL.noop),
        migrations.RunSQL(UNNAMED.format("sewer_connection"), migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="sewerconnection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sensitive", "dialysis"), _negated=True), ("sensitive_name", None), _connector="OR"
                ),
                name="sewer_connection_unnamed_patient",
            ),
        ),
        migrations.AddConstraint(
            model_name="waterconnection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sensitive", "dialysis"), _negated=True), ("sensitive_name", None), _connector="OR"
                ),
                name="water_connection_unnamed_patient",
            ),
        ),
    ]
