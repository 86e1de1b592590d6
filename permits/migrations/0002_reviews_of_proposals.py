import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gis_core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("permits", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProposalReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("longer", "Longer delay"),
                            ("by_hand", "Delay entered by hand"),
                            ("silence", "Silence that refuses"),
                            ("consultation", "Opinion to ask for"),
                            ("reason", "Reason that an act may give"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("key", models.CharField(max_length=160)),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                ("reasons", models.JSONField(blank=True, default=list)),
                (
                    "verdict",
                    models.CharField(
                        choices=[("confirmed", "Confirmed"), ("set_aside", "Set aside")],
                        max_length=9,
                        verbose_name="verdict",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                (
                    "reviewed_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="reviewed"
                    ),
                ),
                (
                    "permit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposal_reviews",
                        to="permits.permit",
                        verbose_name="file",
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reviewed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "review of a proposal",
                "verbose_name_plural": "reviews of proposals",
                "ordering": ["id"],
            },
        ),
    ]
