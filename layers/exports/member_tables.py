"""What the catalogue says of the tables of layers, for who exports everything of a member or removes it."""

from typing import Final

from django.apps import apps

from gis_core.files.writing.rows import Column
from gis_core.files.writing.wire import Style
from gis_core.ownership.declarations import MadeTable, MadeTables
from layers.catalogue.models import Layer
from layers.catalogue.services import announce_changed
from layers.catalogue.tables import drop_table
from layers.exports.styles import style_of


def made_names() -> list[str]:
    """The tables that were made at run time, in the order of their names."""
    known = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    names = Layer.objects.order_by("table").values_list("table", flat=True).distinct()
    return [name for name in names if name not in known and name.startswith("layer_")]


def tables_of_member(member_id: int) -> list[MadeTable]:
    """Those of the member's layers: whole where its layer protects them together."""
    return [
        MadeTable(layer.table, str(layer), layer.rows == Layer.Rows.LAYER)
        for layer in Layer.objects.filter(owner_id=member_id, table__in=made_names())
    ]


def style_of_table(name: str) -> Style | None:
    """That of the first layer of a table that has a legend."""
    layer = next((one for one in Layer.objects.filter(table=name).order_by("order", "pk") if one.legend), None)
    if layer is None:
        return None
    columns = [Column(field["name"], field["label"], "text") for field in layer.columns]
    return style_of(layer, columns)


def announce_table(name: str) -> None:
    for layer in Layer.objects.filter(table=name):
        announce_changed(layer)


LAYER_TABLES: Final = MadeTables(tables_of_member, made_names, style_of_table, drop_table, announce_table)
