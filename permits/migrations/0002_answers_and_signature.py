import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gis_core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("gis_core", "0002_cache_and_jobs"),
        ("permits", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="consultation",
            name="mail_error",
            field=models.CharField(blank=True, max_length=300, verbose_name="why the mail did not leave"),
        ),
        migrations.AddField(
            model_name="consultation",
            name="mail_state",
            field=models.CharField(
                blank=True,
                choices=[("", "Not by mail"), ("waiting", "About to leave"), ("sent", "Sent"), ("failed", "Not sent")],
                default="",
                max_length=8,
                verbose_name="mail",
            ),
        ),
        migrations.AddField(
            model_name="consultation",
            name="prescriptions",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), blank=True, default=list, verbose_name="prescriptions"
            ),
        ),
        migrations.CreateModel(
            name="ConsultationReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("signatory", models.CharField(max_length=200, verbose_name="name and capacity of who answers")),
                (
                    "sense",
                    models.CharField(
                        choices=[
                            ("favourable", "Favourable"),
                            ("with_prescriptions", "Favourable with prescriptions"),
                            ("unfavourable", "Unfavourable"),
                            ("no_observation", "No observation"),
                        ],
                        max_length=18,
                        verbose_name="opinion",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="text of the opinion")),
                (
                    "prescriptions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, verbose_name="prescriptions"
                    ),
                ),
                (
                    "received_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="received"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("taken", "Taken over into the file"),
                            ("aside", "Set aside"),
                        ],
                        default="received",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("version", models.IntegerField(default=1, editable=False)),
                (
                    "consultation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replies",
                        to="permits.consultation",
                        verbose_name="consultation",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="permits.piece",
                        verbose_name="piece",
                    ),
                ),
                (
                    "permit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="permits.permit",
                        verbose_name="file",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="settled by",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer by a link",
                "verbose_name_plural": "answers by links",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="SignatureProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("letter_version", models.IntegerField()),
                (
                    "proposed_at",
                    models.DateTimeField(default=gis_core.fields.current_instant, verbose_name="proposed on"),
                ),
                ("version", models.IntegerField(default=1, editable=False)),
                (
                    "letter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="gis_core.letter",
                        verbose_name="letter",
                    ),
                ),
                (
                    "permit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="permits.permit",
                        verbose_name="file",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "draft proposed for signature",
                "verbose_name_plural": "drafts proposed for signature",
            },
        ),
        migrations.CreateModel(
            name="ConsultationLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                (
                    "piece_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, verbose_name="pieces"
                    ),
                ),
                ("expires_date", models.DateField(verbose_name="last day")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="closed on")),
                ("code_digest", models.CharField(blank=True, editable=False, max_length=64)),
                ("code_at", models.DateTimeField(editable=False, null=True)),
                ("code_tries", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("codes", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "made_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="made on"
                    ),
                ),
                ("version", models.IntegerField(default=1, editable=False)),
                (
                    "consultation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="permits.consultation",
                        verbose_name="consultation",
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
                (
                    "permit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="permits.permit",
                        verbose_name="file",
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="closed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "link of a consultation",
                "verbose_name_plural": "links of consultations",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("consultation",),
                        name="consultation_link_once",
                    )
                ],
            },
        ),
    ]
