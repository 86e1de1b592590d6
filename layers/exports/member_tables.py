"""What the catalogue says of the tables of layers, for who exports everything of a member or removes it."""

from typing import Final

from django.apps import apps
from django.db.models import Q
from psycopg import sql

from gis_core.database.statements import execute, fetch_one
from gis_core.files.writing.rows import Column
from gis_core.files.writing.wire import Style
from gis_core.ownership.declarations import GivenLayer, MadeTable, MadeTables
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


def tables_of_rows() -> list[MadeTable]:
    """Those whose rows are members' one by one."""
    layers = list(Layer.objects.filter(rows=Layer.Rows.OWNER, table__in=made_names()).order_by("-order", "-pk"))
    return list({layer.table: MadeTable(layer.table, str(layer), False) for layer in layers}.values())


GIVEN: Final = """
    select (select count(*) from {table} where owner_id = %(member)s)
        + (select count(*) from public.features_attachment where layer_id = %(layer)s and owner_id = %(member)s)
"""


def layers_given_away(member_id: int) -> list[GivenLayer]:
    """Layers that this member had, and whose objects do not say yet that they are somebody else's."""
    given = []
    others = Layer.objects.filter(~Q(owner_id=member_id) | Q(owner=None), rows=Layer.Rows.LAYER)
    for layer in others.filter(table__in=made_names()).select_related("owner"):
        statement = sql.SQL(GIVEN).format(table=sql.Identifier("public", layer.table))
        (rows,) = fetch_one(statement, {"member": member_id, "layer": layer.pk})
        if rows:
            owner = layer.owner.name if layer.owner else "tous"
            given.append(GivenLayer(layer.pk, layer.table, str(layer), owner, int(rows)))
    return given


def give_layer(layer_id: int) -> None:
    execute("select arpent.give_layer(%s)", [layer_id])


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


LAYER_TABLES: Final = MadeTables(
    tables_of_member, tables_of_rows, layers_given_away, give_layer, style_of_table, drop_table, announce_table
)
