"""The table of the shared cache (rate limits hold across processes), and the index that finds the tasks of a job."""

from typing import ClassVar

from django.db import migrations

CACHE = """
    create unlogged table gis_core_cache (
        cache_key varchar(255) primary key, value text not null, expires timestamptz not null);
    create index gis_core_cache_expires on gis_core_cache (expires)
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("gis_core", "0001_initial"), ("procrastinate", "0041_post_retry_failed_job")]

    operations: ClassVar = [
        migrations.RunSQL(CACHE, "drop table gis_core_cache"),
        migrations.RunSQL(
            "create index procrastinate_jobs_of_job on procrastinate_jobs ((args ->> 'job_id'))",
            "drop index procrastinate_jobs_of_job",
        ),
    ]
