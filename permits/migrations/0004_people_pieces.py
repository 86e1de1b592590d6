import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("permits", "0003_consult_receipts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="applicant",
            name="search_text",
            field=models.TextField(blank=True, default="", editable=False),
            preserve_default=False,
        ),
        migrations.RunSQL(
            "update permits_applicant"
            " set search_text = ' ' || regexp_replace(lower(public.unaccent(name)), '[^0-9a-z]+', ' ', 'g')",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            model_name="applicant",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("search_text"), name="gin_trgm_ops"),
                name="applicant_search",
            ),
        ),
        migrations.AddIndex(
            model_name="applicantreading",
            index=django.contrib.postgres.indexes.GinIndex(fields=["numbers"], name="applicant_reading_numbers"),
        ),
        migrations.AddField(model_name="piece", name="active", field=models.BooleanField(default=False)),
    ]
