"""The queue's tasks of a job are found by an index: running jobs are asked for them all the time."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("gis_core", "0016_retention_times"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations: ClassVar = [
        migrations.RunSQL(
            "create index procrastinate_jobs_of_job on procrastinate_jobs ((args ->> 'job_id'))",
            "drop index procrastinate_jobs_of_job",
        ),
    ]
