"""Which objects of a member the rows of a file are: by key, as the file or as our people write it, else by place.

An object without a key is known by what is alike of it (`FeatureTable.alike`) and its place: first by what its source
said of it the last time, then by what lies within a few metres, nearest first, each object once. So is one whose file
has gained keys since, or lost them. Set-based: a file may have 100,000 rows.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from psycopg import sql

from gis_core.database.statements import execute, fetch_all
from gis_core.models import Member
from layers.intake.feature_table.merging import places_of
from layers.intake.feature_table.rows import FeatureRow
from layers.intake.feature_table.source import FeatureTable

MOVED_M: Final = 3.0
NEIGHBOURS: Final = 8
BETWEEN: Final = "\x1f"
"""Between the values that make two objects alike: `chr(31)`."""


@dataclass(slots=True)
class Matches:
    """Ids of objects by the rank of their row; rows whose key our people gave to the object of another row."""

    ids: dict[int, int] = field(default_factory=dict)
    barred: set[int] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)

    def claim(self, pairs: Iterable[tuple[int, int]]) -> None:
        """The first that asks has an object, and one object is enough."""
        for rank, pk in pairs:
            if rank not in self.ids and pk not in self.taken:
                self.ids[rank] = pk
                self.taken.add(pk)

    def list_unmatched(self, rows: Sequence[FeatureRow]) -> list[int]:
        """The ranks of rows that no object has yet."""
        return [rank for rank in range(len(rows)) if rank not in self.ids and rank not in self.barred]


def match_rows(owner: Member, table: FeatureTable, rows: Sequence[FeatureRow]) -> Matches:
    """The object of each row that has one already."""
    matches = Matches()
    with_key = [rank for rank, one in enumerate(rows) if one.values.get(table.key)]
    if with_key:
        pairs = list(pairs_of(BY_KEY, table, owner, rows, with_key))
        matches.claim(pairs)
        matches.barred = {rank for rank, _pk in pairs} - set(matches.ids)
    if others := matches.list_unmatched(rows):
        matches.claim(pairs_of(AS_DELIVERED, table, owner, rows, others))
    if moved := matches.list_unmatched(rows):
        place_others(table, owner, matches)
        matches.claim(pairs_of(NEAR, table, owner, rows, moved))
    return matches


GIVEN: Final = """
    with given as materialized (select * from unnest(%(ranks)s::int[], %(keys)s::text[], %(alike)s::text[],
        %(places)s::text[]) g(rank, key, alike, place))
"""
BY_KEY: Final = """
    select rank, id from (
        select g.rank, t.id, 1 as turn from given g join {table} t on t.delivered ->> {name} = g.key
            where t.owner_id = %(owner)s
        union all
        select g.rank, t.id, 2 from given g join {table} t on t.{key} = g.key where t.owner_id = %(owner)s) f
    order by turn, rank, id
"""
# Of several alike in one place the first is the first, and so on.
AS_DELIVERED: Final = """
    , asked as (select *, row_number() over (partition by place, alike order by rank) as nth from given),
    said as (
        select id, place, alike, row_number() over (partition by place, alike order by id) as nth
        from (select id, delivered ->> 'place' as place, {alike_delivered} as alike from {table} t
            where owner_id = %(owner)s and delivered is not null and delivered ->> {name} is null) t)
    select rank, id from asked join said using (place, alike, nth)
"""
OTHERS: Final = """
    create temporary table unmatched_feature on commit drop as
    select t.id, {alike} as alike,
        case when t.delivered is null then {alike} else {alike_delivered} end as alike_delivered,
        case when t.delivered is null then t.{key} else t.delivered ->> {name} end is not null as named, p.geom
    from {table} t cross join lateral (
        select t.geom union select st_geomfromtext(t.delivered ->> 'place', 2154) where t.delivered is not null) p
    where t.owner_id = %(owner)s and t.id not in (select unnest(%(taken)s::bigint[]))
"""
# A row with a key is none of the objects that have another one; a row without is one without, where one is near.
NEAR: Final = """
    , asked as materialized (select rank, key, alike, geom, st_expand(geom, %(within)s) as box
        from given, lateral st_geomfromtext(place, 2154) geom)
    select a.rank, f.id from asked a cross join lateral (
        select s.id, s.named, {apart} as metres from unmatched_feature s
        where s.geom && a.box and {apart} <= %(within)s and not (s.named and a.key is not null)
            and (s.alike = a.alike or s.alike_delivered = a.alike)
        order by s.named, metres, s.id limit %(neighbours)s) f
    order by f.named, f.metres, a.rank, f.id
"""
APART: Final = {"point": "st_distance(s.geom, a.geom)", "line": "st_hausdorffdistance(s.geom, a.geom)"}


def pairs_of(
    question: str, table: FeatureTable, owner: Member, rows: Sequence[FeatureRow], ranks: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Ranks of rows with ids of objects, the best ones first."""
    given: dict[str, Any] = {
        "ranks": list(ranks),
        "keys": [rows[rank].values.get(table.key) for rank in ranks],
        "alike": [alike_in(table, rows[rank]) for rank in ranks],
        "places": places_of([rows[rank].geom for rank in ranks]),
        "owner": owner.pk,
        "within": MOVED_M,
        "neighbours": NEIGHBOURS,
    }
    yield from fetch_all(of_table(GIVEN + question, table), given)


def alike_in(table: FeatureTable, row: FeatureRow) -> str:
    return BETWEEN.join(str(row.values.get(name) or "") for name in table.alike)


def place_others(table: FeatureTable, owner: Member, matches: Matches) -> None:
    """Where the objects are that no row has yet, and where their source had them."""
    execute("drop table if exists unmatched_feature")
    execute(of_table(OTHERS, table), {"owner": owner.pk, "taken": sorted(matches.taken)})
    execute("create index on unmatched_feature using gist (geom)")
    execute("analyze unmatched_feature")


def of_table(statement: str, table: FeatureTable) -> sql.Composed:
    return sql.SQL(statement).format(
        table=sql.Identifier(table.model_class._meta.db_table),
        key=sql.Identifier(table.key),
        name=sql.Literal(table.key),
        alike=concat_values([sql.SQL("t.{}::text").format(sql.Identifier(one)) for one in table.alike]),
        alike_delivered=concat_values([sql.SQL("t.delivered ->> {}").format(sql.Literal(one)) for one in table.alike]),
        apart=sql.SQL(APART[table.geometry]),
    )


def concat_values(values: Sequence[sql.Composable]) -> sql.Composable:
    """As `alike_in` has them of a row."""
    filled: list[sql.Composable] = [sql.SQL("coalesce({}, '')").format(one) for one in values]
    return sql.SQL(" || chr(31) || ").join(filled or [sql.Literal("")])
