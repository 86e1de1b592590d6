import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gis_core.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("gis_core", "0002_cache_and_jobs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RegulationText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                ("idurba", models.CharField(max_length=60, verbose_name="IDURBA")),
                (
                    "changed_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="changed"
                    ),
                ),
                ("name", models.CharField(max_length=300, verbose_name="name")),
                ("url", models.CharField(blank=True, max_length=500)),
                ("contents", models.JSONField(default=list)),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "text of a regulation",
                "verbose_name_plural": "texts of regulations",
                "constraints": [models.UniqueConstraint(fields=("idurba", "owner"), name="regulation_text_once")],
            },
        ),
        migrations.CreateModel(
            name="ZoneRules",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                ("idurba", models.CharField(max_length=60, verbose_name="IDURBA")),
                (
                    "changed_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="changed"
                    ),
                ),
                ("zone", models.CharField(max_length=120, verbose_name="zone")),
                ("rules", models.JSONField(default=list, verbose_name="rules")),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "rules of a zone",
                "verbose_name_plural": "rules of zones",
                "constraints": [models.UniqueConstraint(fields=("idurba", "zone", "owner"), name="zone_rules_once")],
            },
        ),
    ]
