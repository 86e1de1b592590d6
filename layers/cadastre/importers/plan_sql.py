"""What one sheet changes in the tables of the cadastre, in SQL: staged by COPY, compared, written where it differs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db import connection
from django.utils.translation import gettext_noop
from psycopg import sql

from gis_core.database.statements import execute, fetch_all
from layers.cadastre.importers.edigeo import CommuneOutline, Content, PlanRow
from layers.cadastre.services import SHEET_TABLES, Table
from layers.intake.import_loss import ScopeDifference, compare_counts
from layers.intake.params import Param, label_param, sentence_param

# Where a kind of the plan goes; the commune goes into the territory.
SLUGS = {
    "SUBDSECT": "cadastral-sheets",
    "SECTION": "sections",
    "PARCELLE": "parcels",
    "BATIMENT": "buildings",
    "LIEUDIT": "named-places",
    "TRONFLUV": "water",
    "ZONCOMMUNI": "plan-roads",
    "TRONROUTE": "plan-road-areas",
}
# Metres below which an outline has not moved: Etalab rounds to about a centimetre.
SHIFT_M = 0.05
CREATE = "create temporary table if not exists {staged} ({typed}, geom geometry not null) on commit delete rows"

# The rows that a sheet replaces: its own, and those without a sheet that lie on it. A parcel may have been on another.
OWN = "select id from {table} where sheet = %(sheet)s"
ADOPTED = (
    " union select id from {table} where sheet = '' and insee = %(insee)s and geom && %(outline)s::geometry"
    " and st_intersects(st_pointonsurface(geom), %(outline)s::geometry)"
)
BY_IDU = "select id from {table} where idu = any(%(idus)s)"
SAME_SECTION = " and prefix = %(prefix)s and section = %(section)s"
OLD = dict.fromkeys(SHEET_TABLES, OWN) | {
    "cadastral-sheets": BY_IDU,
    "sections": BY_IDU,
    "parcels": f"{OWN} union {BY_IDU}{ADOPTED}{SAME_SECTION}",
    "buildings": OWN + ADOPTED,
}
REFUSED = " and not t.{key} = any(%(refused)s)"
# `same` is a row of the base that is the staged one in every column.
SAME = "({new_columns}) is not distinct from ({old_columns}) and n.geom = t.geom"
DIFFERS = """
    exists (select from {staged} n where not exists (select from {table} t where t.id = any(%(old)s) and {same}))
    or exists (select from {table} t where t.id = any(%(old)s){unless_refused}
        and not exists (select from {staged} n where {same}))
"""
PARCEL_CHANGES = """
    with old as materialized (select idu, area_m2, geom from {table} where id = any(%(old)s)),
    compared as (
        select idu, o.idu is null as born, n.idu is null as gone, o.area_m2 as before, n.area_m2 as after,
            case when o.geom = n.geom then 0 else coalesce(st_hausdorffdistance(o.geom, n.geom), 0) end as shift
        from old o full join {staged} n using (idu))
    select idu, case when born then 'born' when gone then 'gone' else 'changed' end, before, after, shift
    from compared where born or gone and not idu = any(%(refused)s)
        or not born and not gone and (before is distinct from after or shift >= %(shift)s)
    order by idu
"""
GONE = """
    delete from {table} t where t.id = any(%(old)s){unless_refused}
    and not exists (select from {staged} n where n.{key} = t.{key})
"""
PUT = """
    insert into {table} as t ({columns}, geom) select {columns}, geom from {staged}
    on conflict ({key}) do update set {assignments}, geom = excluded.geom
    where ({old_columns}, t.geom) is distinct from ({excluded}, excluded.geom)
"""
GONE_WITHOUT_KEY = """
    delete from {table} t where t.id = any(%(old)s) and not exists (select from {staged} n where {same})
"""
PUT_WITHOUT_KEY = """
    insert into {table} ({columns}, geom) select {columns}, geom from {staged} n
    where not exists (select from {table} t where t.id = any(%(old)s) and {same})
"""
# (new, changed, gone) of a table whose rows have a key; of one without, (staged, on another sheet by now).
COMPARED = """
    (select array[
        (select count(*) from {staged} n where not exists (select from {table} t where t.{key} = n.{key})),
        (select count(*) from {staged} n join {table} t using ({key}) where not ({same})),
        (select count(*) from {table} t where t.id = any(%(old)s){unless_refused}
            and not exists (select from {staged} n where n.{key} = t.{key}))])
"""
COMPARED_WITHOUT_KEY = """
    (select array[staged, case when staged < cardinality(%(old)s::bigint[]) then (
        select count(*) from {table} t where t.id = any(%(old)s) and exists (
            select from {table} o where o.insee = t.insee and o.geom && t.geom and o.geom = t.geom
                and o.id <> t.id and not o.sheet in ('', t.sheet))) else 0 end]
    from (select count(*) as staged from {staged}) counted)
"""
COUNT_OF_SHEET = "(select count(*) from {table} where sheet = %(sheet)s)"
COUNT_BY_IDU = "(select count(*) from {table} where idu = any(%(idus)s))"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A sheet's content staged beside what the base holds: `old` are ids by table, `changed` the tables that differ.

    `values` are what the statements about the sheet name.
    """

    old: Mapping[str, Sequence[int]]
    changed: Sequence[str]
    values: Mapping[str, Any]


def make_staging() -> None:
    """Make the temporary tables, which stay through an import."""
    for slug in SHEET_TABLES:
        execute(compose(CREATE, slug))


def compare(content: Content) -> Comparison:
    """Stage the rows of a sheet and find the tables that they change. Runs in the transaction that writes them."""
    held = stage(content.rows)
    values = statement_values(content)
    old = by_table({slug: f"array({statement})" for slug, statement in OLD.items()}, values)
    values |= {f"old_{slug}": ids for slug, ids in old.items()}
    differs = by_table({slug: DIFFERS for slug, ids in old.items() if ids}, values)
    return Comparison(old, [slug for slug in SHEET_TABLES if differs.get(slug, slug in held)], values)


def stage(rows: Sequence[PlanRow]) -> Collection[str]:
    """Fill the temporary tables with the rows of one sheet; which of them have some."""
    by_slug: dict[str, list[PlanRow]] = {}
    for row in rows:
        by_slug.setdefault(row.slug, []).append(row)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("; ").join(compose("delete from {staged}", slug) for slug in SHEET_TABLES))
        for slug, some in by_slug.items():
            with cursor.copy(compose("copy {staged} ({columns}, geom) from stdin", slug)) as copy:
                for row in some:
                    copy.write_row((*row.values, row.ewkb))
    return by_slug.keys()


def parcel_changes(compared: Comparison) -> list[tuple[str, str, int | None, int | None, float]]:
    """(idu, born / gone / changed, area before and after, how far the outline moved in metres) of parcels."""
    return fetch_all(compose(PARCEL_CHANGES, "parcels"), compared.values)


def differences(compared: Comparison, idu: str, insee: str) -> list[ScopeDifference]:
    """What a sheet of a commune changes of each table that holds some of it."""
    statements = {
        slug: COMPARED if SHEET_TABLES[slug].key else COMPARED_WITHOUT_KEY
        for slug, ids in compared.old.items()
        if ids and slug in compared.changed
    }
    rows = by_table(statements, compared.values)
    return [
        difference_of(len(ids), rows.get(slug), scope_of(slug, idu), insee) for slug, ids in compared.old.items() if ids
    ]


def scope_of(slug: str, idu: str) -> Param:
    what = label_param(SHEET_TABLES[slug].label)
    return sentence_param(gettext_noop("%(what)s of the sheet %(idu)s"), what=what, idu=idu)


def difference_of(known: int, counts: Sequence[int] | None, scope: Param, insee: str) -> ScopeDifference:
    if counts is None:
        return ScopeDifference(scope=scope, known=known, commune=insee)
    if len(counts) == 2:
        staged, moved = counts
        return compare_counts(scope, before=known - moved, after=staged, commune=insee)
    new, changed, gone = counts
    return ScopeDifference(scope=scope, known=known, new=new, changed=changed, gone=gone, commune=insee)


def write_sheet(compared: Comparison) -> None:
    """Bring the tables that differ up to the sheet; rows that did not change are left alone."""
    for slug in compared.changed:
        keyed = SHEET_TABLES[slug].key is not None
        if compared.old[slug]:
            execute(compose(GONE if keyed else GONE_WITHOUT_KEY, slug), compared.values)
        execute(compose(PUT if keyed else PUT_WITHOUT_KEY, slug), compared.values)


def counts(compared: Comparison) -> Mapping[str, int]:
    """How many rows of the sheet the base holds by table, refused ones that stayed from before left out."""
    statements = {slug: COUNT_BY_IDU if table.key else COUNT_OF_SHEET for slug, table in SHEET_TABLES.items()}
    return by_table(statements, compared.values)


def outline_differs(outline: CommuneOutline) -> bool:
    """Whether the base has no such outline of the commune."""
    statement = (
        "select not exists (select from gis_core_commune"
        " where insee = %s and geom = st_setsrid(st_geomfromwkb(%s), 2154))"
    )
    return bool(fetch_all(sql.SQL(statement), [outline.insee, outline.wkb])[0][0])


def upsert_outline(outline: CommuneOutline, search_text: str, source_date: date | None) -> None:
    """A commune that is known keeps its name: the plan writes it in capitals without accents."""
    execute(
        "insert into gis_core_commune (insee, name, search_text, source_date, geom)"
        " values (%s, %s, %s, %s, st_multi(st_setsrid(st_geomfromwkb(%s), 2154)))"
        " on conflict (insee) do update set geom = excluded.geom,"
        " source_date = coalesce(excluded.source_date, gis_core_commune.source_date)",
        [outline.insee, outline.name or outline.insee, search_text, source_date, outline.wkb],
    )


def forget_staged() -> None:
    """Drop the temporary tables."""
    for table in SHEET_TABLES.values():
        execute(sql.SQL("drop table if exists {}").format(staging(table)))


def idus(content: Content, slug: str) -> list[str]:
    """Identifiers of the sheet's rows of a table."""
    return [row.identifier for row in content.rows if row.slug == slug and row.identifier]


def list_refused_idus(content: Content) -> list[str]:
    """Identifiers of parcels that cannot be used: what the base holds of them stays."""
    return [content.insee[:2] + one.identifier for _kind, one in content.refused if one.identifier]


def statement_values(content: Content) -> dict[str, Any]:
    """The values that the statements about a sheet name."""
    about = {"sheet": content.idu, "insee": content.insee, "prefix": content.idu[5:8], "section": content.idu[8:10]}
    idus_by_slug = {f"idus_{slug}": idus(content, slug) for slug in SHEET_TABLES}
    return about | idus_by_slug | {"outline": content.outline, "refused": list_refused_idus(content), "shift": SHIFT_M}


def staging(table: Table) -> sql.Identifier:
    return sql.Identifier(f"plan_{table.slug}")


@cache
def compose(statement: str, slug: str) -> sql.Composed:
    """A statement about one table, written with the names in braces; `old` and `idus` are those of the table."""
    table = SHEET_TABLES[slug]
    columns = [sql.Identifier(name) for name in table.columns]
    key = sql.Identifier(table.key or "id")
    typed = [sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(table.type_of(name))) for name in table.columns]
    unless_refused = sql.SQL(REFUSED).format(key=key) if table.key else sql.SQL("")
    new_columns = comma_separated(sql.SQL("n.{}").format(name) for name in columns)
    old_columns = comma_separated(sql.SQL("t.{}").format(name) for name in columns)
    for name in ("old", "idus"):
        statement = statement.replace(f"%({name})s", f"%({name}_{slug})s")
    return sql.SQL(statement).format(
        table=sql.Identifier(table.name),
        staged=staging(table),
        key=key,
        unless_refused=unless_refused,
        columns=comma_separated(columns),
        typed=comma_separated(typed),
        old_columns=old_columns,
        same=sql.SQL(SAME).format(new_columns=new_columns, old_columns=old_columns),
        excluded=comma_separated(sql.SQL("excluded.{}").format(name) for name in columns),
        assignments=comma_separated(sql.SQL("{} = excluded.{}").format(name, name) for name in columns),
    )


def comma_separated(parts: Iterable[sql.Composable]) -> sql.Composed:
    return sql.SQL(", ").join(parts)


def by_table(expressions: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    """What an expression about each table is worth, in one question."""
    if not expressions:
        return {}
    columns = comma_separated(compose(expression, slug) for slug, expression in expressions.items())
    return dict(zip(expressions, fetch_all(sql.SQL("select {}").format(columns), values)[0], strict=True))
