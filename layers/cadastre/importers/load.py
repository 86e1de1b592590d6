"""Loading rows that were read: staged by COPY, put in place in one transaction, recorded as one history event."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext_noop
from psycopg import sql

from gis_core.database import clock as database_clock
from layers.cadastre.services import TABLES, Table, stage_rows, staging
from layers.catalogue.services import announce_changed_slugs, date_layers
from layers.features.services.origin import open_event
from layers.intake.import_loss import ScopeDifference, compare_counts
from layers.intake.params import Param, label_param, sentence_param
from layers.intake.report import MOST_ENTRIES, Difference
from layers.intake.rows import Remark
from layers.intake.source_imports import lock_tables

# The layers' own rows change with their data: their new version belongs to the same event.
COMMUNES = "gis_core_commune"
# What the staged rows change, commune by commune; `replace` does it.
COMPARED = """
    with before as (
        select t.insee, count(*) as known, count(*) filter (where not t.{key} = any(%(refused)s)
            and not exists (select from {staged} n where n.{key} = t.{key})) as gone
        from {table} t where t.insee = any(%(insee)s) group by t.insee),
    coming as (
        select n.insee, count(*) filter (where t.{key} is null) as new,
            count(*) filter (where t.{key} is not null
                and (({new_columns}) is distinct from ({old_columns}) or t.geom is distinct from {geom})) as changed
        from {staged} n left join {table} t on t.{key} = n.{key} group by n.insee)
    select insee, coalesce(known, 0), coalesce(new, 0), coalesce(changed, 0), coalesce(gone, 0)
    from before full join coming using (insee) order by insee
"""
COUNTS = """
    select insee, (select count(*) from {table} t where t.insee = one.insee),
        (select count(*) from {staged} n where n.insee = one.insee)
    from unnest(%(insee)s::text[]) one (insee) order by insee
"""


# The rows that are new, gone or changed: identifier, what, areas before and after (null without), how far the outline
# moved in metres; the first of each kind by identifier.
CHANGES = """
    with compared as (
        select coalesce(t.{key}, n.{key}) as identifier,
            case when n.{key} is null then 'gone' when t.{key} is null then 'born' else 'changed' end as what,
            {old_area} as area_before, {new_area} as area_after, t.geom as before, {geom} as after
        from (select * from {table} where insee = any(%(insee)s)) t full join {staged} n on n.{key} = t.{key}
        where (n.{key} is not null or not t.{key} = any(%(refused)s))
            and (t.{key} is null or n.{key} is null
                or ({new_columns}) is distinct from ({old_columns}) or t.geom is distinct from {geom})),
    ranked as (select *, row_number() over (partition by what order by identifier) as rank from compared)
    select identifier, what, area_before, area_after, coalesce(st_hausdorffdistance(before, after), 0)
    from ranked where rank <= %(most)s order by what, identifier
"""


@dataclass(slots=True)
class Staged:
    """What waits in one staging table: how many rows, of which communes, how recent, which identifiers were refused."""

    rows: int = 0
    insee: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    latest: date | None = None
    today: date = field(default_factory=database_clock.today)

    def note_dates(self, *dates: date | None) -> None:
        """Take note of a row's dates; those to come say nothing about the data."""
        known = [one for one in (*dates, self.latest) if one and one <= self.today]
        self.latest = max(known, default=None)


def stage(table: Table, rows: Iterable[Sequence[Any]], staged: Staged) -> int:
    """Stage rows of a table; returns how many."""
    count = stage_rows(table, rows)
    staged.rows += count
    return count


def put_in_place(
    staged: Mapping[str, Staged], detail: Mapping[str, Any], source: str, source_date: date | None = None
) -> None:
    """Replace what the tables hold for the staged communes; one event for the whole import, layers announced."""
    filled = {slug: TABLES[slug] for slug, one in staged.items() if one.rows}
    if not filled:
        return
    open_event([table.name for table in filled.values()], {**detail, "source": source})
    for slug, table in filled.items():
        replace(table, staged[slug])
        date_layers([slug], given=source_date, latest=staged[slug].latest)
    announce_changed_slugs(filled)


def compare(staged: Mapping[str, Staged]) -> list[ScopeDifference]:
    """What `put_in_place` would change of each table, by commune. Nobody else writes them until the transaction's end,
    so that it is still so when it is written.
    """
    filled = {slug: TABLES[slug] for slug, one in staged.items() if one.rows}
    lock_tables([table.name for table in filled.values()])
    return [one for slug, table in filled.items() for one in compare_table(table, staged[slug])]


def compare_table(table: Table, staged: Staged) -> list[ScopeDifference]:
    insee = sorted(staged.insee)
    if table.key is None:
        counts = run_statement(COUNTS, table, {"insee": insee})
        return [
            compare_counts(scope_of(table, code), before=before, after=after, commune=code)
            for code, before, after in counts
        ]
    compared = run_statement(COMPARED, table, {"insee": insee, "refused": sorted(staged.refused)})
    return [
        ScopeDifference(scope=scope_of(table, code), known=known, new=new, changed=changed, gone=gone, commune=code)
        for code, known, new, changed, gone in compared
    ]


def list_changes(slug: str, staged: Staged, compared: Iterable[ScopeDifference]) -> Difference | None:
    """What the staged rows of a layer create, change and take away since the former vintage, which `compared` counts;
    None where nothing was there, or rows have no identifier.
    """
    table = TABLES[slug]
    scopes = [one for one in compared if one.scope == scope_of(table, one.commune or "")]
    if table.key is None or not any(one.known for one in scopes):
        return None
    changes = Difference()
    values = {"insee": sorted(staged.insee), "refused": sorted(staged.refused), "most": MOST_ENTRIES}
    for identifier, what, before, after, metres in run_statement(CHANGES, table, values):
        changes.take(what, identifier, remark_of_change(what, before, after, metres))
    changes.born, changes.gone = sum(one.new for one in scopes), sum(one.gone for one in scopes)
    changes.changed = sum(one.changed for one in scopes)
    changes.unchanged = sum(one.known for one in scopes) - changes.gone - changes.changed
    return changes


def remark_of_change(what: str, before: int | None, after: int | None, metres: float) -> Remark:
    """A change in words: areas in m², how far the outline moved in metres."""
    if before is None and after is None:
        return Remark(f"row_{what}", {"metres": round(metres, 2)} if what == "changed" else {})
    if what == "changed":
        return Remark("parcel_changed", {"before": before, "after": after, "metres": round(metres, 2)})
    return Remark("parcel_left" if what == "gone" else "parcel_born", {"area": before if what == "gone" else after})


def scope_of(table: Table, insee: str) -> Param:
    return sentence_param(gettext_noop("%(what)s of %(insee)s"), what=label_param(table.label), insee=insee)


def replace(table: Table, staged: Staged) -> None:
    """Put the staged rows in place of their communes' rows. A row with an identifier keeps its id."""
    insee = sorted(staged.insee)
    if table.key is None:
        run_statement("delete from {table} where insee = any(%s)", table, [insee])
        run_statement("insert into {table} ({columns}, geom) select {columns}, {geom} from {staged}", table, [])
    else:
        gone = "delete from {table} old where insee = any(%s) and not {key} = any(%s)"
        run_statement(
            gone + " and not exists (select from {staged} new where new.{key} = old.{key})",
            table,
            [insee, sorted(staged.refused)],
        )
        run_statement(
            "insert into {table} as t ({columns}, geom) select {columns}, {geom} from {staged}"
            " on conflict ({key}) do update set {assignments}, geom = excluded.geom"
            " where ({old_columns}, t.geom) is distinct from ({excluded}, excluded.geom)",
            table,
            [],
        )
    run_statement("truncate {staged}", table, [])


def run_statement(statement: str, table: Table, values: Any) -> list[tuple[Any, ...]]:
    """Run a statement written with `{table}`, `{staged}`, `{columns}`, `{key}`, `{geom}` …; what it answers."""
    names = [sql.Identifier(name) for name in table.columns]
    assignments = [sql.SQL("{} = excluded.{}").format(name, name) for name in names]
    composed = sql.SQL(statement).format(
        table=sql.Identifier(table.name),
        staged=staging(table),
        columns=sql.SQL(", ").join(names),
        new_columns=sql.SQL(", ").join(sql.SQL("n.{}").format(name) for name in names),
        old_columns=sql.SQL(", ").join(sql.SQL("t.{}").format(name) for name in names),
        excluded=sql.SQL(", ").join(sql.SQL("excluded.{}").format(name) for name in names),
        key=sql.Identifier(table.key or "id"),
        old_area=sql.SQL("t.area_m2" if "area_m2" in table.columns else "null::integer"),
        new_area=sql.SQL("n.area_m2" if "area_m2" in table.columns else "null::integer"),
        geom=sql.SQL("st_multi(st_setsrid(st_geomfromwkb(wkb), 2154))"),
        assignments=sql.SQL(", ").join(assignments),
    )
    with connection.cursor() as cursor:
        cursor.execute(composed, values)
        return list(cursor.fetchall()) if cursor.description else []


def upsert_communes(rows: Iterable[tuple[Any, ...]]) -> int:
    """Insert or update communes: (insee, name, search text, population or None, vintage or None, WKB); how many.

    A missing population or vintage keeps what was known.
    """
    count = 0
    with connection.cursor() as cursor:
        for count, row in enumerate(rows, start=1):  # noqa: B007
            cursor.execute(
                "insert into gis_core_commune (insee, name, search_text, population, source_date, geom)"
                " values (%s, %s, %s, %s, %s, st_multi(st_setsrid(st_geomfromwkb(%s), 2154)))"
                " on conflict (insee) do update set name = excluded.name, search_text = excluded.search_text,"
                " population = coalesce(excluded.population, gis_core_commune.population),"
                " source_date = coalesce(excluded.source_date, gis_core_commune.source_date), geom = excluded.geom",
                row,
            )
    return count
