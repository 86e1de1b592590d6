"""The table of the shared cache: rate limits must hold across processes and machines."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("gis_core", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "create unlogged table gis_core_cache (cache_key varchar(255) primary key, value text not null, expires timestamptz not null);"
            "create index gis_core_cache_expires on gis_core_cache (expires);",
            "drop table gis_core_cache",
        )
    ]
