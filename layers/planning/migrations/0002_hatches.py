"""Legends of surfaces that are still as they were shipped get the hatches of the CNIG's styles."""

import json
from hashlib import blake2b
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SHIPPED = {
    "plu-prescriptions-surf": "b219374273d9073035c864fcd6716149",
    "plu-informations-surf": "211fc9be3d40f72089dbeb4de2c654d6",
}


def digest(legend: list[Any]) -> str:
    return blake2b(json.dumps(legend, sort_keys=True, ensure_ascii=False).encode(), digest_size=16).hexdigest()


def hatch(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    from layers.planning.layers import declarations

    legends = {one.slug: [dict(line) for line in one.legend] for one in declarations()}
    layers = apps.get_model("catalogue", "Layer").objects.using(schema_editor.connection.alias)
    for layer in layers.filter(slug__in=SHIPPED):
        if digest(layer.legend) == SHIPPED[layer.slug]:
            layers.filter(pk=layer.pk).update(legend=legends[layer.slug], version=layer.version + 1)


class Migration(migrations.Migration):
    dependencies = [("planning", "0001_initial"), ("catalogue", "0009_tolerances")]
    operations = [migrations.RunPython(hatch, migrations.RunPython.noop)]
