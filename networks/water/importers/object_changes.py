"""What files of a network would change, object by object: new ones, those with other values or places, those gone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import batched
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis_core.models import Member
from layers.intake.object_changes import MOST_DOTS, ObjectChanges, changes_as_json
from layers.intake.services.loading import rows
from networks.water.importers.checking import Row, rows_in
from networks.water.importers.known import table_identifier
from networks.water.importers.load import cell

if TYPE_CHECKING:
    from networks.water.families import FamilyName
    from networks.water.importers.planning import Network

BATCH: Final = 5_000
"""Objects whose values are compared at a time with what is here."""
SAME_M: Final = 0.05

HERE: Final = """
    select id, to_jsonb(o) - '{{geom,geom_3857,more}}'::text[], st_asbinary(geom) from {} o where id = any(%(ids)s)
"""
GONE: Final = """
    select reference, st_x(place), st_y(place) from {} o, lateral st_pointonsurface(o.geom) place
    where owner_id = %(owner)s and import_id = any(%(imports)s) and reference is not null
        and reference <> all(%(references)s::text[])
    order by reference limit %(most)s
"""


def changes_of(networks: Sequence[Network], owner: Member, replaced: Sequence[int]) -> list[dict[str, Any]]:
    """As they are kept with a plan (`layers.intake.object_changes`); `replaced` are the imports that it stands for."""
    changes = [
        changes_in(network, what, coming, owner, replaced)
        for network in networks
        for what, coming in rows_in(network.draft)
        if (network.draft.family, what) != ("sewer", "repairs")
    ]
    return changes_as_json(*changes)


def changes_in(
    network: Network, what: str, coming: Sequence[Row], owner: Member, replaced: Sequence[int]
) -> ObjectChanges:
    """Those of one table."""
    family = network.draft.family
    changes, ids = ObjectChanges(f"{family}-{what}"), network.kept_ids.get(what, {})
    known: list[tuple[int, Row, tuple[float, float]]] = []
    for row, place in zip(coming, places_of(coming), strict=True):
        reference = str(row.values.get("reference") or "")
        if reference in ids:
            known.append((ids[reference], row, place))
        else:
            changes.add("new", reference or row.key, place=place)
    for some in batched(known, BATCH, strict=False):
        here = objects_here(family, what, [pk for pk, _row, _place in some])
        for pk, row, place in some:
            if pk in here:
                note_change(changes, row, here[pk], place)
    if replaced:
        references = sorted({str(row.values["reference"]) for row in coming if row.values.get("reference")})
        given: dict[str, Any] = {"owner": owner.pk, "imports": list(replaced), "references": references}
        for name, x, y in rows(GONE, table_identifier(family, what), most=MOST_DOTS, **given):
            changes.add("gone", name, place=(x, y))
    return changes


def note_change(
    changes: ObjectChanges, row: Row, here: tuple[Mapping[str, Any], Any], place: tuple[float, float]
) -> None:
    """Note a row whose values or place differ from those of its object."""
    known, shape = here
    values = [
        (name, known[name], value)
        for name in sorted(row.values.keys() & known.keys() - {"more", "reference"})
        if as_json_has(value := cell(name, row.values[name])) != known[name]
    ]
    apart = float(shapely.hausdorff_distance(shape, row.geom))
    if not values and apart <= SAME_M:
        return
    point = row.geom.geom_type == "Point"
    moved = apart if point and apart > SAME_M else None
    changes.add(
        "changed", str(row.values["reference"]), place=place, values=values, moved_m=moved,
        redrawn=not point and apart > SAME_M,
    )  # fmt: skip


def as_json_has(value: Any) -> Any:
    """A value as `to_jsonb` gives it."""
    return value.isoformat() if isinstance(value, date) else value


def objects_here(family: FamilyName, what: str, ids: Sequence[int]) -> dict[int, tuple[Mapping[str, Any], Any]]:
    """The values and the geometry (EPSG:2154) of these objects."""
    given = rows(HERE, table_identifier(family, what), ids=list(ids))
    return {pk: (json.loads(values), shapely.from_wkb(bytes(wkb))) for pk, values, wkb in given}


def places_of(coming: Sequence[Row]) -> list[tuple[float, float]]:
    """Where each row is: of a line, its middle."""
    if not coming:
        return []
    shapes = np.array([row.geom for row in coming], object)
    lines = shapely.get_type_id(shapes) == shapely.GeometryType.LINESTRING
    shapes[lines] = shapely.line_interpolate_point(shapes[lines], 0.5, normalized=True)
    return [(float(x), float(y)) for x, y in shapely.get_coordinates(shapes)]
