"""Removed pieces of requests are kept, with who removed them and why; their content is erased with a visa."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("works", "0007_transmitted_requests"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            "workrequest", "was_decided", models.BooleanField(db_default=False, default=False, editable=False)
        ),
        migrations.AddField("workpiece", "removed_at", models.DateTimeField(null=True, verbose_name="removed on")),
        migrations.AddField(
            "workpiece",
            "removed_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="removed by",
            ),
        ),
        migrations.AddField(
            "workpiece",
            "removed_reason",
            models.CharField(default="", max_length=300, verbose_name="why it was removed"),
        ),
        migrations.AddField("workpiece", "closed", models.BooleanField(default=False)),
        migrations.AddField("workpiece", "erased_at", models.DateTimeField(null=True, verbose_name="erased on")),
        migrations.AddField(
            "workpiece",
            "erased_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="erased by",
            ),
        ),
        migrations.AddField(
            "workpiece",
            "visa_number",
            models.CharField(default="", max_length=60, verbose_name="number of the visa"),
        ),
        migrations.AddField("workpiece", "visa_date", models.DateField(null=True, verbose_name="date of the visa")),
        migrations.AddConstraint(
            "workpiece",
            models.CheckConstraint(
                condition=models.Q(
                    ("removed_at", None), models.Q(("removed_reason", ""), _negated=True), _connector="OR"
                ),
                name="removed_workpiece_says_why",
            ),
        ),
        migrations.AddConstraint(
            "workpiece",
            models.CheckConstraint(
                condition=models.Q(erased_at=None)
                | (models.Q(removed_at__isnull=False, visa_date__isnull=False) & ~models.Q(visa_number="")),
                name="erased_workpiece_has_a_visa",
            ),
        ),
    ]
