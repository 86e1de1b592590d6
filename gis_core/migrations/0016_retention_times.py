"""How long a member keeps the documents of its files."""

from typing import ClassVar

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("gis_core", "0015_source_imports"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="RetentionTime",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("permit", "Planning applications"),
                            ("road_request", "Requests and orders of road works"),
                        ],
                        max_length=12,
                        verbose_name="kind of file",
                    ),
                ),
                (
                    "years",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(200),
                        ],
                        verbose_name="years after the end of the file",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        help_text="The table agreed with the Archives départementales, and its date.",
                        max_length=300,
                        verbose_name="source",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="retention_times",
                        to="gis_core.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "retention time of documents",
                "verbose_name_plural": "retention times of documents",
                "ordering": ["member", "kind"],
                "constraints": [
                    models.UniqueConstraint(fields=("member", "kind"), name="retention_time_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("years__gte", 1), ("years__lte", 200), models.Q(("source", ""), _negated=True)
                        ),
                        name="retention_time_has_a_source",
                    ),
                ],
            },
        ),
    ]
