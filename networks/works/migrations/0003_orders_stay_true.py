"""Published orders keep what they say; their files lie apart, out of the history."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

# `announced` is computed from the column, and row policies from `announced`: PostgreSQL renames it in all of them.
RENAMED = "alter table road_order rename column withdrawn_at to unpublished_at"
BACK = "alter table road_order rename column unpublished_at to withdrawn_at"
FILES = """
    insert into road_order_file (order_id, pdf) select id, pdf from road_order;
    set constraints all immediate
"""
KNOWN = """
    update road_order o set
        numbered_date = coalesce((select l.finalised_at from gis_core_letter l where l.id = o.letter_id), o.published_at)::date,
        communes = array(select o.insee union select c.insee from road_work w join gis_core_commune c
            on c.geom && w.geom and st_intersects(c.geom, w.geom) where w.id = o.work_id order by 1),
        over_at = (o.ends_on + 1)::timestamp at time zone 'Europe/Paris';
    set constraints all immediate
"""
KEPT_FILES = """
    update gis_core_rowhistory r set old = r.old - 'pdf' from gis_core_historyevent e
    where e.id = r.event_id and e."table" like '%road_order' and r.old ? 'pdf'
"""


class Migration(migrations.Migration):
    dependencies = [("works", "0002_days_of_detours"), ("gis_core", "0010_letters_begun_with")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(RENAMED, BACK)],
            state_operations=[
                migrations.RemoveField("workorder", "announced"),
                migrations.RenameField("workorder", "withdrawn_at", "unpublished_at"),
                migrations.AlterField(
                    "workorder",
                    "unpublished_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="no longer published since"),
                ),
                migrations.AddField(
                    "workorder",
                    "announced",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.ExpressionWrapper(
                            models.Q(("unpublished_at", None)), output_field=models.BooleanField()
                        ),
                        output_field=models.BooleanField(),
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WorkOrderFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pdf", models.BinaryField()),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="file", to="works.workorder"
                    ),
                ),
            ],
            options={
                "verbose_name": "file of an order",
                "verbose_name_plural": "files of orders",
                "db_table": "road_order_file",
            },
        ),
        migrations.RunSQL(FILES, migrations.RunSQL.noop),
        migrations.RemoveField("workorder", "pdf"),
        migrations.RunSQL(KEPT_FILES, migrations.RunSQL.noop),
        migrations.AddField(
            "workorder",
            "numbered_date",
            models.DateField(default=django.utils.timezone.localdate, verbose_name="numbered on"),
        ),
        migrations.AddField(
            "workorder",
            "communes",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=5), default=list, size=None
            ),
        ),
        migrations.AddField(
            "workorder", "over_at", models.DateTimeField(default=django.utils.timezone.now), preserve_default=False
        ),
        migrations.AddField(
            "workorder",
            "abrogated_by",
            models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="works.workorder",
            ),
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
    ]
