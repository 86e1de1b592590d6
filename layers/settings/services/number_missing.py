"""Objects that are there without a reference are given one, by the patterns of their member."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.database.statements import fetch_all
from gis_core.errors import NotFound
from gis_core.members.rights import Rights
from gis_core.models import Member
from layers.catalogue.models import Layer
from layers.features.points import EDITING
from layers.features.services.origin import Origin, event
from layers.features.services.write import announce_edited
from layers.settings.services.numbering import list_numbered_layers

MOST: Final = 5_000  # within the half minute that a statement of the web has
NUMBER_SQL: Final = """
    select pattern, count(*), (array_agg(reference order by place))[1],
        (array_agg(reference order by place desc))[1]
    from arpent.number_missing(%s, %s, %s, %s) with ordinality as numbered (pattern, reference, place)
    group by pattern order by min(place)
"""


@dataclass(frozen=True, slots=True)
class NumberedObjects:
    """How many objects a pattern numbers, and their first and last reference."""

    pattern: str
    count: int
    first: str
    last: str


def numbered_layer(slug: str, member: Member, rights: Rights) -> Layer:
    """A layer that people of this member number. Raises NotFound."""
    for layer in list_numbered_layers(member, rights):
        if layer.slug == slug:
            return layer
    raise NotFound(_("There is nothing at this address, or you may not see it."))


def count_missing(member: Member, layers: Sequence[Layer]) -> Mapping[int, int]:
    """By layer, how many objects of a member have no reference."""
    if not layers:
        return {}
    counts = [
        sql.SQL("select {}::bigint, count(*) from {} where owner_id = {} and coalesce({}, '') = ''").format(
            layer.pk, sql.Identifier(layer.table), member.pk, sql.Identifier(layer.key_column)
        )
        for layer in layers
    ]
    return dict(fetch_all(sql.SQL(" union all ").join(counts)))


@transaction.atomic
def number_missing(layer: Layer, member: Member, *, origin: Origin, dry_run: bool = False) -> list[NumberedObjects]:
    """Number the objects of a member that have no reference; a dry run does all of it and undoes it.

    By commune, then from north to south in bands of 500 m, from west to east; the first `MOST` of them. `layer` is one
    of `list_numbered_layers`.
    """
    editing = EDITING.find(layer.table)
    if editing and editing.lock:
        editing.lock(layer, missing_ids(layer, member))
    with event(layer, "edit", origin):
        unnumbered = list(editing.unnumbered) if editing else []
        rows = fetch_all(NUMBER_SQL, [layer.pk, member.pk, unnumbered, MOST])
        if rows:
            announce_edited(layer, None)
    if dry_run:
        transaction.set_rollback(True)
    return [NumberedObjects(*row) for row in rows]


def missing_ids(layer: Layer, member: Member) -> list[int]:
    """The objects of a member without a reference, all of one member: what is locked for them."""
    statement = sql.SQL("select id from {} where owner_id = %s and coalesce({}, '') = '' order by id").format(
        sql.Identifier(layer.table), sql.Identifier(layer.key_column)
    )
    return [pk for (pk,) in fetch_all(statement, [member.pk])]
