"""Named places (lieux-dits) are found by the words of their name: an index on the words as the search compares them."""

from django.db import migrations

INDEX = """
    create index named_place_search on cadastre_namedplace using gin ((
        ' ' || lower(translate(name, 'ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜàâäçéèêëîïôöùûü''-.,()/’', 'AAACEEEEIIOOUUUaaaceeeeiioouuu        '))
    ) gin_trgm_ops)
"""


class Migration(migrations.Migration):
    dependencies = [("cadastre", "0001_initial")]

    operations = [migrations.RunSQL(INDEX, "drop index named_place_search")]
