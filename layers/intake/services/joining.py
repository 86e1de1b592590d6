"""Rows of a table without places take those of the objects of a layer that have the same reference."""

from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.errors import Invalid, NotFound
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.catalogue.services import visible_layer
from layers.intake.choices import Choices, Field, Join
from layers.intake.outcome import Outcome
from layers.intake.services.loading import Target, key_text, rows, run
from layers.intake.source import Progress

# The field of the file, as a further text of the staged rows.
PART = "join_part"
# Columns of layers without a reference of their own that name one object each.
KNOWN_KEYS = ("idu", "insee")
JOINABLE = (Layer.Rows.REFERENCE, Layer.Rows.LAYER)


def joinable_columns(layer: Layer, rights: Rights) -> list[tuple[str, str]]:
    """The columns (name, label) of a layer by which tables may be joined to it, of those that the user sees."""
    if layer.rows not in JOINABLE or not layer.table:
        return []
    wanted = {layer.key_column} if layer.key_column else set(KNOWN_KEYS)
    return [(one["name"], one["label"]) for one in layer.fields_for(rights) if one["name"] in wanted]


def joinable_layers(rights: Rights) -> list[tuple[Layer, str, str]]:
    """Every layer with a column, and its label, by which a table may be joined to it."""
    layers = Layer.objects.visible_to(rights).filter(rows__in=JOINABLE).order_by("title")
    return [(layer, name, label) for layer in layers for name, label in joinable_columns(layer, rights)]


def joined_layer(join: Join, rights: Rights) -> Layer:
    """The layer of a join, which the user sees, with that column. Raises Invalid."""
    try:
        layer = visible_layer(join.layer, rights)
    except NotFound as error:
        raise Invalid(error.message, parameter="join") from error
    if join.column not in dict(joinable_columns(layer, rights)):
        message = _("Tables are not joined to “%(layer)s” by %(column)s: it is no reference of its objects.")
        raise Invalid(message % {"layer": layer, "column": join.column}, parameter="join")
    return layer


def join_columns(choices: Choices) -> tuple[Field, ...]:
    """The field by which rows are joined, as a further text of the staged rows."""
    join = choices.join
    return (Field(source=join.source, name=PART, label=join.source, type="text"),) if join else ()


def join_places(target: Target, choices: Choices, outcome: Outcome, progress: Progress) -> None:
    """Give every staged row the place of its object; rows without one, or with several, are taken out."""
    join = choices.join
    assert join
    progress(None, _("Joining with the layer"))
    layer = Layer.objects.get(slug=join.layer)
    common = {
        "staged": target.table,
        "layer": sql.Identifier(layer.table),
        "column": sql.Identifier(join.column),
        "part": sql.Identifier(PART),
        "key": key_text(choices, "row"),
    }
    for number, key, text in rows(SEVERAL, **common):
        outcome.take_out(number, key, "join_several", {"value": text[:120]})
    run(PLACED, **common)
    for number, key, text in rows(NOWHERE, **common):
        outcome.take_out(number, key, "join_unknown" if text else "join_empty", {"value": text[:120]})


SEVERAL = """
    delete from {staged} row using (
        select one.{column}::text as value from {layer} one
        where one.{column}::text in (select btrim({part}) from {staged}) group by 1 having count(*) > 1) twice
    where btrim(row.{part}) = twice.value returning row.id, {key}, row.{part}
"""
PLACED = """
    update {staged} row set geom = case when st_dimension(one.geom) > 0 then st_multi(st_force2d(one.geom))
        when st_numgeometries(one.geom) = 1 then st_geometryn(st_force2d(one.geom), 1)
        else st_force2d(one.geom) end
    from {layer} one where one.{column}::text = btrim(row.{part})
"""
NOWHERE = "delete from {staged} row where geom is null returning row.id, {key}, coalesce(btrim(row.{part}), '')"
