import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gis_core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("gis_core", "0011_tokens_and_journal"),
    ]

    operations = [
        migrations.CreateModel(
            name="RetentionChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40, verbose_name="kind of data")),
                (
                    "days",
                    models.PositiveIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(36500),
                        ],
                        verbose_name="days",
                    ),
                ),
                ("applies", models.BooleanField(verbose_name="erased every night")),
                ("source", models.CharField(max_length=300, verbose_name="text, or reason")),
                ("starts_date", models.DateField(verbose_name="from")),
                (
                    "made_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="made on"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
            ],
            options={
                "verbose_name": "choice of a retention time",
                "verbose_name_plural": "choices of retention times",
                "ordering": ["kind", "starts_date", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("days__gte", 1), ("days__lte", 36500), models.Q(("source", ""), _negated=True)
                        ),
                        name="retention_choice_has_a_reason",
                    )
                ],
            },
        ),
    ]
