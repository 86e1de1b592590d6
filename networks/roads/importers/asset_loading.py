"""Rows of assets into the database: those of a reference that is there already are updated. One transaction."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.errors import Invalid
from gis_core.models import Member
from layers.catalogue.services import announce_changed_slugs
from layers.catalogue.tables import bulk
from layers.imports.sources import Tell
from networks.core.importers.faults import Fault
from networks.roads.importers.asset_rows import AssetRow, Delivered
from networks.roads.models import AssetDelivery, RoadAsset, RoadStretch
from networks.roads.services.locking import share_roads

MODELS: Final[dict[str, type[RoadAsset] | type[RoadStretch]]] = {
    "road-assets": RoadAsset,
    "road-stretches": RoadStretch,
}
BATCH: Final = 2_000
SAME_M: Final = 0.01


def load_assets(made: AssetDelivery, delivered: Delivered, tell: Tell) -> dict[str, Any]:
    """Raises Invalid where nothing can come in."""
    counts = {"created": 0, "updated": 0, "same": 0, "refused": delivered.read - len(delivered.rows)}
    if not delivered.rows:
        raise Invalid(_("Nothing of these files can come in: see what is told of them."), report=counts)
    share_roads()
    for table, model in MODELS.items():
        rows = once([one for one in delivered.rows if one.table == table], delivered.faults, counts)
        if rows:
            open_event(model._meta.db_table, made)
            write(made, model, rows, counts, tell)
    announce_changed_slugs(MODELS)
    return counts


def once(rows: Sequence[AssetRow], faults: list[Fault], counts: dict[str, int]) -> list[AssetRow]:
    """Each reference once: the first row has it, the others are told."""
    seen: dict[str, int] = {}
    kept = []
    for one in rows:
        reference = one.values.get("reference")
        if reference is not None and reference in seen:
            words = _("The reference “%(reference)s” is that of row %(row)s already: left out.")
            told = words % {"reference": reference, "row": seen[reference]}
            faults.append(Fault(file=one.file, row=one.row, message=told))
            counts["refused"] += 1
            continue
        if reference is not None:
            seen[reference] = one.row
        kept.append(one)
    return kept


def open_event(table: str, made: AssetDelivery) -> None:
    """One event of the history for all that this import changes in a table."""
    detail = json.dumps({"from": "import", "label": made.title, "asset_delivery": made.pk})
    with connection.cursor() as cursor:
        cursor.execute("select arpent.open_event('import', %s::regclass, %s::jsonb)", [table, detail])


def write(made: AssetDelivery, model: Any, rows: Sequence[AssetRow], counts: dict[str, int], tell: Tell) -> None:
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        known = {**by_reference(made.owner, model, some), **by_place(made.owner, model, some)}
        fresh, changed, names = [], [], set()
        for one in some:
            there = known.get((one.file, one.row))
            if there is None:
                fresh.append(model(owner=made.owner, import_id=made.pk, geom=geometry(one), **one.values))
            elif differing := put(there, one):
                there.import_id = made.pk
                changed.append(there)
                names |= {*differing, "import_id"}
            else:
                counts["same"] += 1
        with bulk():
            model.objects.bulk_create(fresh)
        if changed:
            model.objects.bulk_update(changed, sorted(names), batch_size=500)
        counts["created"] += len(fresh)
        counts["updated"] += len(changed)
        tell((start + len(some)) / len(rows), _("Writing the assets"))


def by_reference(owner: Member, model: Any, rows: Sequence[AssetRow]) -> dict[tuple[str, int], Any]:
    asked = {one.values["reference"]: one for one in rows if one.values.get("reference")}
    found = model.objects.filter(owner=owner, reference__in=list(asked))
    return {(asked[one.reference].file, asked[one.reference].row): one for one in found}


NEAR: Final = """
    with asked as materialized (
        select rank, kind, code, st_setsrid(st_geomfromwkb(place), 2154) as geom
        from unnest(%(ranks)s::int[], %(kinds)s::text[], %(codes)s::text[], %(places)s::bytea[])
            given(rank, kind, code, place)
    ), boxed as materialized (select *, st_expand(geom, %(within)s) as box from asked)
    select distinct on (b.rank) b.rank, t.id from boxed b join {table} t on t.geom && b.box
        and t.owner_id + 0 = %(owner)s and t.reference is null and t.kind = b.kind and {same}
        and st_dwithin(t.geom, b.geom, %(within)s)
    order by b.rank, st_distance(t.geom, b.geom), t.id + 0
"""
SAME: Final = {
    RoadAsset: "coalesce(t.code, '') = b.code",
    RoadStretch: "st_hausdorffdistance(t.geom, b.geom) <= %(within)s",
}


def by_place(owner: Member, model: Any, rows: Sequence[AssetRow]) -> dict[tuple[str, int], Any]:
    """Objects without a reference are known again by their place, their kind and their code."""
    asked = [one for one in rows if not one.values.get("reference")]
    given = {
        "ranks": list(range(len(asked))),
        "kinds": [one.values["kind"] for one in asked],
        "codes": [one.values.get("code") or "" for one in asked],
        "places": [one.geom.wkb for one in asked],
        "within": SAME_M,
        "owner": owner.pk,
    }
    pairs = list(nearest(model, given)) if asked else []
    there = model.objects.in_bulk([pk for _rank, pk in pairs])
    taken: set[int] = set()
    found = {}
    for rank, pk in pairs:
        if pk not in taken:
            taken.add(pk)
            found[asked[rank].file, asked[rank].row] = there[pk]
    return found


def nearest(model: Any, given: dict[str, Any]) -> Iterator[tuple[int, int]]:
    statement = sql.SQL(NEAR).format(table=sql.Identifier(model._meta.db_table), same=sql.SQL(SAME[model]))
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        yield from cursor.fetchall()


def geometry(row: AssetRow) -> GEOSGeometry:
    found = GEOSGeometry(memoryview(row.geom.wkb))
    found.srid = 2154
    return found


def put(there: Any, row: AssetRow) -> set[str]:
    """Give an object what its row says; the names of what changed. Fields that the file leaves out stay."""
    differing = set()
    for name, value in row.values.items():
        if getattr(there, name) != value:
            setattr(there, name, value)
            differing.add(name)
    geom = geometry(row)
    if there.geom.num_coords != geom.num_coords or not there.geom.equals_exact(geom, SAME_M):
        there.geom = geom
        differing.add("geom")
    return differing
