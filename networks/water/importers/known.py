"""What a member's network has already of a draft: by reference, and around it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext_noop
from psycopg import sql

from gis_core.models import Member
from layers.intake.import_loss import ScopeDifference
from layers.intake.params import label_param
from layers.intake.services.loading import rows
from networks.water.families import FamilyName
from networks.water.importers.checking import MODELS, rows_in
from networks.water.importers.draft import Draft
from networks.water.importers.topology_building import HANGS_M, There


@dataclass(slots=True)
class Known:
    """References of a draft that objects of the member have, by kind of object: {reference: (id, import)}."""

    by_kind: dict[str, dict[str, tuple[int, int | None]]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(len(rows) for rows in self.by_kind.values())

    def imports(self) -> set[int]:
        return {brought for rows in self.by_kind.values() for _pk, brought in rows.values() if brought is not None}

    def without_import(self) -> int:
        return sum(brought is None for rows in self.by_kind.values() for _pk, brought in rows.values())


def compare_replaced(
    drafts: Sequence[tuple[Draft, int]], owner: Member, replaced: Sequence[int]
) -> list[ScopeDifference]:
    """What replacing these imports changes, by kind of object: by reference, and of those without one by their number.

    Each draft comes with its number of pipes that will have no reference. Plain junctions are made, not delivered: they
    are not compared.
    """
    differences, coming = [], {(draft.family, what): of for draft, _parts in drafts for what, of in rows_in(draft)}
    bare = {draft.family: parts for draft, parts in drafts}
    for (family, what), scope in scopes().items():
        given = coming.get((family, what), ())
        references = sorted({str(row.values["reference"]) for row in given if row.values.get("reference")})
        ((known, gone, without),) = rows(
            REPLACED,
            table_identifier(family, what),
            owner=owner.pk,
            imports=list(replaced),
            references=references,
            junctions=what == "nodes",
        )
        new_without = bare.get(family, 0) if what == "pipes" else len(given) - len(references)
        fewer = 0 if what == "nodes" else max(0, without - new_without)
        new = max(0, len(references) - (known - without - gone))
        differences.append(ScopeDifference(scope=label_param(scope), known=known, new=new, gone=gone + fewer))
    return differences


REPLACED = """
    select count(*), count(*) filter (where reference is not null and reference <> all(%(references)s::text[])),
        count(*) filter (where reference is null)
    from {} where owner_id = %(owner)s and import_id = any(%(imports)s)
        and not (%(junctions)s and reference is null)
"""


def scopes() -> dict[tuple[FamilyName, str], str]:
    """Every table that an import replaces, with its label in English."""
    return {
        ("water", "pipes"): gettext_noop("pipes of drinking water"),
        ("water", "nodes"): gettext_noop("nodes of drinking water"),
        ("water", "connections"): gettext_noop("water connections"),
        ("water", "repairs"): gettext_noop("repairs"),
        ("sewer", "pipes"): gettext_noop("sewers"),
        ("sewer", "nodes"): gettext_noop("nodes of sewer networks"),
        ("sewer", "connections"): gettext_noop("sewer connections"),
    }


def table_identifier(family: FamilyName, what: str) -> sql.Identifier:
    return sql.Identifier(MODELS[family][what]._meta.db_table)


def read_known(draft: Draft, owner: Member) -> Known:
    """The objects of the member with the references of the draft."""
    known = Known()
    for what, coming in rows_in(draft):
        references = sorted({str(row.values["reference"]) for row in coming if row.values.get("reference")})
        if not references:
            continue
        taken = rows(
            "select reference, id, import_id from {} where owner_id = %(owner)s and reference = any(%(references)s)",
            table_identifier(draft.family, what),
            owner=owner.pk,
            references=references,
        )
        known.by_kind[what] = {reference: (pk, brought) for reference, pk, brought in taken}
    return known


def there(draft: Draft, owner: Member, without: Sequence[int]) -> There:
    """The member's network around a draft, but for what these imports brought and nobody else's pipe needs."""
    box = box_of(draft)
    around = There()
    if box is None:
        return around
    parameters: dict[str, Any] = dict(zip(("west", "south", "east", "north"), map(float, box), strict=True))
    parameters |= {"owner": owner.pk, "without": list(without)}
    pipes = rows(
        "select id, st_asbinary(geom), start_node_id, end_node_id, service_state = 'en_service' from {}"
        " where owner_id = %(owner)s and geom && st_makeenvelope(%(west)s, %(south)s, %(east)s, %(north)s, 2154)"
        " and (import_id is null or import_id <> all(%(without)s)) order by id",
        table_identifier(draft.family, "pipes"),
        **parameters,
    )
    nodes = rows(
        "select n.id, st_asbinary(n.geom), n.kind, n.reference from {nodes} n where n.owner_id = %(owner)s"
        " and n.geom && st_makeenvelope(%(west)s, %(south)s, %(east)s, %(north)s, 2154)"
        " and (n.import_id is null or n.import_id <> all(%(without)s) or exists (select from {pipes} p"
        " where n.id in (p.start_node_id, p.end_node_id) and (p.import_id is null or p.import_id <> all(%(without)s))))"
        " order by n.id",
        nodes=table_identifier(draft.family, "nodes"),
        pipes=table_identifier(draft.family, "pipes"),
        **parameters,
    )
    around.pipe_ids = [one[0] for one in pipes]
    around.pipe_lines = list(shapely.from_wkb([bytes(one[1]) for one in pipes]))
    around.pipe_ends = [(one[2], one[3]) for one in pipes]
    around.pipe_serves = [one[4] for one in pipes]
    around.node_ids = [one[0] for one in nodes]
    around.node_points = list(shapely.from_wkb([bytes(one[1]) for one in nodes]))
    around.node_kinds = [one[2] for one in nodes]
    around.node_references = [one[3] for one in nodes]
    return around


def box_of(draft: Draft) -> Any:
    shapes: Iterable[Any] = [row.geom for _what, rows in rows_in(draft) for row in rows]
    held = np.array(list(shapes), dtype=object)
    if not len(held):
        return None
    return shapely.total_bounds(held) + np.array([-HANGS_M, -HANGS_M, HANGS_M, HANGS_M])
