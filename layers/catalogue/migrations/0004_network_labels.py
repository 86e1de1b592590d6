"""Layers of networks that nobody gave labels to have those that new installations have."""

import json

from django.db import migrations

LABELS = {"column": "reference", "size": 11, "from_scale": 1_000}
PIPES = LABELS | {"also": ["material", "diameter_mm"], "priority": 7}
NODES = LABELS | {"bold": True, "priority": 8}
CONNECTIONS = LABELS | {"from_scale": 500, "priority": 6}
COLOURS = {"water": "#1F6FB2", "sewer": "#7A4A21"}
DECLARED = {
    f"{network}-{kind}": labels | {"colour": colour}
    for network, colour in COLOURS.items()
    for kind, labels in (("pipes", PIPES), ("nodes", NODES), ("connections", CONNECTIONS))
}
STATEMENT = "update catalogue_layer set labels = %s where slug = %s and labels = '{}'"


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0003_archived_layers")]

    operations = [
        migrations.RunSQL(
            [(STATEMENT, [json.dumps(labels), slug]) for slug, labels in DECLARED.items()], migrations.RunSQL.noop
        ),
    ]
