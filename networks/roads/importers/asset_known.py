"""Which assets of a member the rows of a file are: by reference, as the file or as our people write it, else by place.

An object without a reference is known by its kind, its code and its place: first by what its source said of it the last
time, then by what lies within a few metres, nearest first, each object once. So is one whose file has gained references
since, or lost them. Set-based: a file may have 100,000 rows.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection
from psycopg import sql

from gis_core.models import Member
from networks.roads.importers.asset_rows import AssetRow
from networks.roads.importers.delivered import places_of
from networks.roads.models import RoadAsset, RoadStretch

MOVED_M: Final = 3.0
NEIGHBOURS: Final = 8


@dataclass(slots=True)
class Known:
    """Ids of assets by the rank of their row; rows whose reference our people gave to the object of another row."""

    ids: dict[int, int] = field(default_factory=dict)
    barred: set[int] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)

    def claim(self, pairs: Iterable[tuple[int, int]]) -> None:
        """The first that asks has an object, and one object is enough."""
        for rank, pk in pairs:
            if rank not in self.ids and pk not in self.taken:
                self.ids[rank] = pk
                self.taken.add(pk)


def known_of(owner: Member, model: type[RoadAsset] | type[RoadStretch], rows: Sequence[AssetRow]) -> Known:
    known = Known()
    named = [rank for rank, one in enumerate(rows) if one.values.get("reference")]
    if named:
        pairs = list(asked(NAMED, model, owner, rows, named))
        known.claim(pairs)
        known.barred = {rank for rank, _pk in pairs} - set(known.ids)
    if others := left(rows, known):
        known.claim(asked(SAID, model, owner, rows, others))
    if moved := left(rows, known):
        stand(model, owner, known)
        known.claim(asked(NEAR, model, owner, rows, moved))
    return known


def left(rows: Sequence[AssetRow], known: Known) -> list[int]:
    return [rank for rank in range(len(rows)) if rank not in known.ids and rank not in known.barred]


GIVEN: Final = """
    with given as materialized (select * from unnest(%(ranks)s::int[], %(references)s::text[], %(kinds)s::text[],
        %(codes)s::text[], %(places)s::text[]) g(rank, reference, kind, code, place))
"""
NAMED: Final = """
    select rank, id from (
        select g.rank, t.id, 1 as turn from given g join {table} t on t.delivered ->> 'reference' = g.reference
            where t.owner_id = %(owner)s
        union all
        select g.rank, t.id, 2 from given g join {table} t on t.reference = g.reference where t.owner_id = %(owner)s) f
    order by turn, rank, id
"""
# Of several alike in one place the first is the first, and so on.
SAID: Final = """
    , asked as (select *, row_number() over (partition by place, kind, code order by rank) as nth from given),
    said as (
        select id, place, kind, code, row_number() over (partition by place, kind, code order by id) as nth
        from (select id, delivered ->> 'place' as place, delivered ->> 'kind' as kind,
                coalesce(delivered ->> 'code', '') as code from {table}
            where owner_id = %(owner)s and delivered is not null and delivered ->> 'reference' is null) t)
    select rank, id from asked join said using (place, kind, code, nth)
"""
STANDING: Final = """
    create temporary table standing_asset on commit drop as
    select t.id, t.kind, {code} as code, coalesce(t.delivered ->> 'kind', t.kind) as said_kind,
        case when t.delivered is null then {code} else coalesce(t.delivered ->> 'code', '') end as said_code,
        case when t.delivered is null then t.reference else t.delivered ->> 'reference' end is not null as named, p.geom
    from {table} t cross join lateral (
        select t.geom union select st_geomfromtext(t.delivered ->> 'place', 2154) where t.delivered is not null) p
    where t.owner_id = %(owner)s and t.id not in (select unnest(%(taken)s::bigint[]))
"""
# A row with a reference is none of the objects that have another one; a row without is one without, where one is near.
NEAR: Final = """
    , asked as materialized (select rank, reference, kind, code, geom, st_expand(geom, %(within)s) as box
        from given, lateral st_geomfromtext(place, 2154) geom)
    select a.rank, f.id from asked a cross join lateral (
        select s.id, s.named, {apart} as metres from standing_asset s where s.geom && a.box and {apart} <= %(within)s
            and not (s.named and a.reference is not null)
            and ((s.kind, s.code) = (a.kind, a.code) or (s.said_kind, s.said_code) = (a.kind, a.code))
        order by s.named, metres, s.id limit %(neighbours)s) f
    order by f.named, f.metres, a.rank, f.id
"""
APART: Final = {RoadAsset: "st_distance(s.geom, a.geom)", RoadStretch: "st_hausdorffdistance(s.geom, a.geom)"}
CODE: Final = {RoadAsset: "coalesce(t.code, '')", RoadStretch: "''::text"}


def asked(
    question: str, model: Any, owner: Member, rows: Sequence[AssetRow], ranks: Sequence[int]
) -> Iterator[tuple[int, int]]:
    given: dict[str, Any] = {
        "ranks": list(ranks),
        "references": [rows[rank].values.get("reference") for rank in ranks],
        "kinds": [rows[rank].values["kind"] for rank in ranks],
        "codes": [rows[rank].values.get("code") or "" for rank in ranks],
        "places": places_of([rows[rank].geom for rank in ranks]),
        "owner": owner.pk,
        "within": MOVED_M,
        "neighbours": NEIGHBOURS,
    }
    with connection.cursor() as cursor:
        cursor.execute(of_table(GIVEN + question, model), given)
        yield from cursor.fetchall()


def stand(model: Any, owner: Member, known: Known) -> None:
    """Where the objects are that no row has yet, and where their source had them."""
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists standing_asset")
        cursor.execute(of_table(STANDING, model), {"owner": owner.pk, "taken": sorted(known.taken)})
        cursor.execute("create index on standing_asset using gist (geom)")
        cursor.execute("analyze standing_asset")


def of_table(statement: str, model: Any) -> sql.Composed:
    return sql.SQL(statement).format(
        table=sql.Identifier(model._meta.db_table), code=sql.SQL(CODE[model]), apart=sql.SQL(APART[model])
    )
