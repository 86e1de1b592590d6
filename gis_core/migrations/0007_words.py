import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gis_core", "0006_written_names"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="townhall",
            options={"verbose_name": "town hall", "verbose_name_plural": "town halls"},
        ),
        migrations.AlterField(
            model_name="apitoken",
            name="created_at",
            field=models.DateTimeField(auto_now_add=True, verbose_name="made on"),
        ),
        migrations.AlterField(
            model_name="apitoken",
            name="prefix",
            field=models.CharField(max_length=12, verbose_name="beginning"),
        ),
        migrations.AlterField(
            model_name="apitoken",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="api_tokens",
                to=settings.AUTH_USER_MODEL,
                verbose_name="user",
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="created_at",
            field=models.DateTimeField(auto_now_add=True, verbose_name="made on"),
        ),
        migrations.AlterField(
            model_name="job",
            name="ended_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="ended on"),
        ),
        migrations.AlterField(
            model_name="job",
            name="parameters",
            field=models.JSONField(blank=True, default=dict, verbose_name="parameters"),
        ),
        migrations.AlterField(
            model_name="job",
            name="shared_with",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.IntegerField(), blank=True, default=list, verbose_name="members it is shared with"
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="started_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="started on"),
        ),
        migrations.AlterField(
            model_name="membership",
            name="created_at",
            field=models.DateTimeField(auto_now_add=True, verbose_name="made on"),
        ),
        migrations.AlterField(
            model_name="membership",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="memberships",
                to="gis_core.member",
                verbose_name="member",
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="memberships",
                to=settings.AUTH_USER_MODEL,
                verbose_name="user",
            ),
        ),
        migrations.AlterField(
            model_name="territory",
            name="commune",
            field=models.ForeignKey(
                db_column="insee",
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="territories",
                to="gis_core.commune",
                to_field="insee",
                verbose_name="commune",
            ),
        ),
        migrations.AlterField(
            model_name="territory",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="territories",
                to="gis_core.member",
                verbose_name="member",
            ),
        ),
        migrations.AlterField(
            model_name="townhall",
            name="commune",
            field=models.ForeignKey(
                db_column="insee",
                on_delete=django.db.models.deletion.RESTRICT,
                to="gis_core.commune",
                to_field="insee",
                verbose_name="commune",
            ),
        ),
        migrations.AlterField(
            model_name="townhall",
            name="membership",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, to="gis_core.membership", verbose_name="membership"
            ),
        ),
    ]
