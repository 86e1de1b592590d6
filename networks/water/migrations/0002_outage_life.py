import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gis_core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("gis_core", "0002_cache_and_jobs"),
        ("water", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OutageEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("found", "Break found"),
                            ("closed", "Valve closed"),
                            ("repaired", "Pipe repaired"),
                            ("opened", "Valve opened again"),
                            ("back", "Water back"),
                            ("reopened", "Outage reopened"),
                            ("handed", "Handed over to the next shift"),
                            ("broken", "Valve stuck or broken"),
                            ("buried", "Valve buried, not found"),
                            ("working", "Valve works again"),
                        ],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                ("valve", models.BigIntegerField(blank=True, null=True, verbose_name="valve")),
                ("reference", models.CharField(blank=True, max_length=254, verbose_name="reference")),
                ("turns", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="turns")),
                ("note", models.CharField(blank=True, max_length=2000, verbose_name="remark")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="recorded"
                    ),
                ),
                ("struck_at", models.DateTimeField(blank=True, null=True, verbose_name="struck out")),
                ("strike_reason", models.CharField(blank=True, max_length=300, verbose_name="why")),
            ],
            options={
                "verbose_name": "line of the journal of an outage",
                "verbose_name_plural": "lines of the journals of outages",
                "db_table": "water_outage_entry",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="OutagePhoto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.IntegerField(db_default=1, default=1, editable=False)),
                ("name", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("taken_at", models.DateTimeField(null=True, verbose_name="taken on")),
                ("size_bytes", models.PositiveIntegerField()),
                (
                    "added_at",
                    models.DateTimeField(
                        default=gis_core.fields.current_instant, editable=False, verbose_name="added on"
                    ),
                ),
                ("removed_at", models.DateTimeField(null=True, verbose_name="removed on")),
            ],
            options={
                "verbose_name": "photo of an outage",
                "verbose_name_plural": "photos of outages",
                "db_table": "water_outage_photo",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="outage",
            name="cause",
            field=models.CharField(blank=True, db_default="", default="", max_length=12, verbose_name="cause"),
        ),
        migrations.AddField(
            model_name="outage",
            name="duplicate_of",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="duplicates", to="water.outage"
            ),
        ),
        migrations.AddField(
            model_name="outage",
            name="in_charge",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="in charge",
            ),
        ),
        migrations.AddField(
            model_name="outage",
            name="pipes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), blank=True, db_default=[], default=list, editable=False
            ),
        ),
        migrations.AddField(
            model_name="outage",
            name="strike_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=300, verbose_name="why"),
        ),
        migrations.AddField(
            model_name="outage",
            name="struck_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="struck out"),
        ),
        migrations.AddField(
            model_name="outage",
            name="struck_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="struck out by",
            ),
        ),
        migrations.AddField(
            model_name="repair",
            name="outage_id",
            field=models.BigIntegerField(editable=False, null=True, verbose_name="outage"),
        ),
        migrations.AddIndex(
            model_name="outage",
            index=django.contrib.postgres.indexes.GinIndex(fields=["pipes"], name="water_outage_pipes"),
        ),
        migrations.AddIndex(
            model_name="repair",
            index=models.Index(fields=["outage_id"], name="water_repair_outage"),
        ),
        migrations.AddConstraint(
            model_name="outage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("struck_at", None), models.Q(("strike_reason", ""), _negated=True), _connector="OR"
                ),
                name="water_outage_struck_for_a_reason",
            ),
        ),
        migrations.AddField(
            model_name="outageentry",
            name="outage",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="entries",
                to="water.outage",
                verbose_name="outage",
            ),
        ),
        migrations.AddField(
            model_name="outageentry",
            name="recorded_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="recorded by",
            ),
        ),
        migrations.AddField(
            model_name="outageentry",
            name="replaces",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="water.outageentry",
                verbose_name="replaces",
            ),
        ),
        migrations.AddField(
            model_name="outageentry",
            name="struck_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="struck out by",
            ),
        ),
        migrations.AddField(
            model_name="outagephoto",
            name="added_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="added by",
            ),
        ),
        migrations.AddField(
            model_name="outagephoto",
            name="outage",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="photos",
                to="water.outage",
                verbose_name="outage",
            ),
        ),
        migrations.AddField(
            model_name="outagephoto",
            name="removed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="removed by",
            ),
        ),
        migrations.AddIndex(
            model_name="outageentry",
            index=models.Index(fields=["valve", "-at"], name="outage_entry_valve_last"),
        ),
        migrations.AddConstraint(
            model_name="outageentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "found",
                            "repaired",
                            "back",
                            "closed",
                            "opened",
                            "broken",
                            "buried",
                            "working",
                            "reopened",
                            "handed",
                        ],
                    )
                ),
                name="outage_entry_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="outageentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind__in", ["closed", "opened", "broken", "buried", "working"]), ("valve__isnull", False)
                    ),
                    models.Q(
                        models.Q(("kind__in", ["closed", "opened", "broken", "buried", "working"]), _negated=True),
                        ("valve", None),
                    ),
                    _connector="OR",
                ),
                name="outage_entry_of_a_valve",
            ),
        ),
        migrations.AddConstraint(
            model_name="outageentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("struck_at", None), models.Q(("strike_reason", ""), _negated=True), _connector="OR"
                ),
                name="outage_entry_struck_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="outageentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("struck_at", None),
                    models.Q(("kind", "found"), ("kind", "repaired"), ("kind", "back"), _connector="OR"),
                ),
                fields=("outage", "kind"),
                name="outage_entry_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="outageentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("struck_at", None), models.Q(("kind", "closed"), ("kind", "opened"), _connector="OR")
                ),
                fields=("outage", "valve", "kind"),
                name="outage_entry_once_a_valve",
            ),
        ),
    ]
