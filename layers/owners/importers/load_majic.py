"""Loading MAJIC: any number of files, one transaction, one event. The latest year and the one before are kept."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from psycopg import sql

from gis_core.database import clock as database_clock
from gis_core.database.statements import execute, fetch_all
from gis_core.errors import Invalid
from gis_core.files.reader import Limits, RestrictedReader
from layers.features.services.origin import open_event
from layers.intake.delivered import files_in
from layers.intake.import_loss import ScopeDifference, compare_counts
from layers.intake.params import sentence_param
from layers.intake.reference_source import Order
from layers.intake.report import FileReport, ImportReport
from layers.intake.rows import FileRefused, Refused, Remark
from layers.intake.source_imports import call, keep_nothing, lock_tables
from layers.owners.importers import majic

# The columns that each kind of line gives, after those that every staged line has: all text but the area.
STAGED = {
    "holdings": ("idu", "account", "area_m2", "address"),
    "subdivisions": ("idu", "subdivision"),
    "exemptions": ("idu", "subdivision", "rank", "code", "first_year", "last_year"),
    "places": ("invar", "idu", "place"),
    "premises": ("invar", "account"),
    "owners": (
        *("account", "rank", "person", "right_code", "share_code", "kind", "group_code", "denomination", "title"),
        *("name", "first_names", "legal_form", "siren", "address", "born", "birthplace"),
    ),
}
EVERY = ("file", "line", "year", "insee")
TYPES = {"file": "int", "line": "int", "year": "smallint", "area_m2": "bigint"}
# What makes a second line a repetition of the first.
KEYS = {
    "holdings": ("idu",),
    "subdivisions": ("idu", "subdivision"),
    "exemptions": ("idu", "subdivision", "rank"),
    "places": ("invar", "insee"),
    "premises": ("invar", "insee"),
    "owners": ("account", "rank", "person"),
}
TABLES = ("owners_holding", "owners_premises", "owners_owner", "owners_birth", "owners_exemption")
# Each table: the staged lines that replace its rows of the same years and communes, and the rows that they make.
FILLED = {
    "owners_holding": (
        "holdings",
        "insert into owners_holding (year, insee, idu, account, area_m2, address, subdivisions)"
        " select year, insee, idu, account, area_m2, address,"
        " (select count(*) from staged_subdivisions s where s.idu = h.idu and s.year = h.year) from staged_holdings h",
    ),
    "owners_exemption": (
        "holdings",
        "insert into owners_exemption (year, insee, idu, subdivision, rank, code, first_year, last_year)"
        " select year, insee, idu, subdivision, rank, code, first_year, last_year from staged_exemptions",
    ),
    "owners_premises": (
        "premises",
        'insert into owners_premises (year, insee, invar, idu, account, "where")'
        " select p.year, p.insee, p.invar, l.idu, p.account, l.place"
        " from staged_premises p join staged_places l using (year, insee, invar)",
    ),
    "owners_owner": (
        "owners",
        "insert into owners_owner (year, insee, account, rank, person, right_code, share_code, kind, group_code,"
        " denomination, title, name, first_names, legal_form, siren, address)"
        " select year, insee, account, rank, person, right_code, share_code, kind, group_code,"
        " denomination, title, name, first_names, legal_form, siren, address from staged_owners",
    ),
    "owners_birth": (
        "owners",
        "insert into owners_birth (year, insee, account, rank, person, born, birthplace)"
        " select year, insee, account, rank, person, born, birthplace from staged_owners"
        " where born <> '' or birthplace <> ''",
    ),
}
# Lines that come in but lead nowhere, or from nowhere: told, none of them left out.
DOUBTS = {
    "majic_ghost": "select h.file, h.line, h.idu from staged_holdings h where not exists"
    " (select from cadastre_parcel p where p.idu = h.idu) and exists"
    " (select from cadastre_parcel p where p.insee = h.insee)",
    "majic_no_plan": "select distinct on (h.insee) h.file, h.line, h.insee from staged_holdings h where not exists"
    " (select from cadastre_parcel p where p.insee = h.insee) order by h.insee, h.file, h.line",
    "majic_no_owner": "select h.file, h.line, h.account from staged_holdings h where not exists"
    " (select from staged_owners o where o.account = h.account and o.year = h.year) and not exists"
    " (select from owners_owner o where o.account = h.account and o.year = h.year)",
}
LEFT_OUT = {
    "majic_no_place": "delete from staged_premises p where not exists (select from staged_places l"
    " where l.invar = p.invar and l.insee = p.insee and l.year = p.year) returning p.file, p.line, p.invar",
    "majic_no_parcel": "delete from staged_exemptions e where not exists (select from staged_holdings h"
    " where h.idu = e.idu and h.year = e.year) returning e.file, e.line, e.idu",
}
REPLACED = (
    "delete from {} old using (select distinct year, insee from {}) new"
    " where old.year = new.year and old.insee = new.insee"
)
# What is compared before it is replaced: the table, the staged lines, the key of a row in both, what of it changes.
COMPARED = {
    "owners_holding": ("holdings", ("idu",), ("account", "area_m2", "address")),
    "owners_premises": ("premises", ("invar",), ("account",)),
    "owners_owner": (
        "owners",
        ("account", "rank", "person"),
        ("right_code", "share_code", "denomination", "name", "first_names", "siren", "address"),
    ),
}
# Of a commune that has no row of the delivered year yet, the number of those of the latest year before it counts.
DIFFERENCE = """
    with scopes as (select year, insee, count(*) as coming from {staged} group by year, insee),
    same as (
        select s.year, s.insee, count(*) as known,
            count(*) filter (where n.year is null) as gone,
            count(*) filter (where ({new}) is distinct from ({old}) and n.year is not null) as changed
        from scopes s join {table} t using (year, insee)
        left join {staged} n on (n.year, n.insee, {new_key}) = (t.year, t.insee, {old_key})
        group by s.year, s.insee)
    select s.year, s.insee, s.coming, same.known, same.changed, same.gone, (
        select count(*) from {table} t where t.insee = s.insee and t.year = (
            select max(b.year) from {table} b where b.insee = s.insee and b.year < s.year))
    from scopes s left join same using (year, insee) order by s.year, s.insee
"""
BATCH = 20_000
LIMITS = Limits(file_bytes=8 << 30, cpu_seconds=1800)


@dataclass(slots=True)
class Loading:
    """The state of one import: lines that wait for COPY by table, the year of each file (by its number), the first
    year that may be kept.
    """

    order: Order
    report: ImportReport
    waiting: defaultdict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))
    years: dict[int, int] = field(default_factory=dict)
    first_year: int = 0


def import_majic(order: Order) -> ImportReport:
    """Read and load the files; the report says what became of each line, and names nobody."""
    member = order.member.slug if order.member else None
    report = ImportReport("majic", member=member, source_date=order.source_date, started_at=database_clock.now())
    with RestrictedReader(LIMITS) as reader, transaction.atomic():
        loading = Loading(order, report)
        prepare()
        for path in files(order.paths, report):
            load_file(loading, reader, path)
        if report.loaded:
            settle(loading)
        report.ended_at = database_clock.now()
        report.check_loss(compare() if report.loaded else (), order.accepted_loss)
        if report.loaded and not order.dry_run:
            put_in_place(loading)
        execute(sql.SQL("drop table {}").format(sql.SQL(", ").join(map(staging_table, STAGED))))
        if order.dry_run:
            report.keep_nothing()
    report.ended_at = database_clock.now()
    return report


def files(paths: Sequence[Path], report: ImportReport) -> Iterator[Path]:
    """The files named, and those with a fitting name in the folders named."""
    for path in paths:
        if path.is_dir():
            parts = tuple(part for part, _kind in majic.FILE_KINDS)
            yield from (file for file in files_in(path, report) if matches_parts(file, parts))
        else:
            yield path


def matches_parts(file: Path, parts: Sequence[str]) -> bool:
    return any(part in file.name.upper() for part in parts)


def prepare() -> None:
    """The temporary tables that lines wait in."""
    for table, columns in STAGED.items():
        typed = [
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(TYPES.get(name, "text")))
            for name in (*EVERY, *columns)
        ]
        execute(
            sql.SQL("create temporary table {} ({}) on commit drop").format(
                staging_table(table), sql.SQL(", ").join(typed)
            )
        )


def staging_table(table: str) -> sql.Identifier:
    return sql.Identifier(f"staged_{table}")


def load_file(loading: Loading, reader: RestrictedReader, path: Path) -> None:
    """Stage one file's lines, or say why the file as a whole is refused."""
    report = loading.report.file(path.name)
    loading.waiting.clear()
    try:
        with transaction.atomic():
            kind = majic.kind_of(path)
            report.kind = kind or "majic"
            if not kind:
                report.add_remark(Remark("majic_not_read", {"name": path.name}))
                return
            opened = majic.open_majic(reader, path, kind)
            stage_file(loading, opened, report)
            if not report.loaded and not report.refused_rows:
                raise FileRefused("majic_empty")
            loading.years[len(loading.report.files) - 1] = opened.year
    except Invalid as error:
        report.file_refused(error)


def refuse_old_years(loading: Loading) -> int:
    """Files of a year that may not be kept any more come in no longer; returns the first year that may."""
    latest = max(latest_year(), *loading.years.values())
    for number, year in loading.years.items():
        if year < latest - 1:
            loading.report.files[number].file_refused(FileRefused("majic_too_old", year=year, latest=latest))
            for table in STAGED:
                execute(sql.SQL("delete from {} where file = {}").format(staging_table(table), sql.Literal(number)))
    return latest - 1


def latest_year() -> int:
    """The latest year of the register that is there, 0 where there is none."""
    ((latest,),) = call(
        "select greatest((select max(year) from owners_holding), (select max(year) from owners_owner),"
        " (select max(year) from owners_premises))"
    )
    return int(latest or 0)


def stage_file(loading: Loading, opened: majic.MajicFile, report: FileReport) -> None:
    number = len(loading.report.files) - 1
    for position, line in enumerate(opened.lines, start=1):
        match line:
            case majic.Line():
                stage_line(loading, line, number, opened.year, report)
            case Refused():
                report.row_refused(line)
            case Remark():
                report.add_remark(line, line.params.get("line"))
        if position % BATCH == 0:
            copy(loading)
            loading.order.progress(None, _("Reading %(file)s") % {"file": report.name})
    copy(loading)
    if opened.unended:
        raise FileRefused("majic_file_cut", line=opened.unended)
    for kind, count in sorted(opened.unused.items()):
        report.add_remark(Remark("majic_unused", {"kind": kind, "count": count}))


def stage_line(loading: Loading, line: majic.Line, number: int, year: int, report: FileReport) -> None:
    territory = loading.order.territory
    if territory is not None and line.insee not in territory:
        report.row_refused(Refused(line.number, None, "outside_territory", {"insee": line.insee}))
        return
    report.loaded += 1
    loading.waiting[line.table].append((number, line.number, year, line.insee, *line.values))


def copy(loading: Loading) -> None:
    """COPY what waits into the temporary tables."""
    for table, rows in loading.waiting.items():
        names = sql.SQL(", ").join(map(sql.Identifier, (*EVERY, *STAGED[table])))
        with (
            connection.cursor() as cursor,
            cursor.copy(sql.SQL("copy {} ({}) from stdin").format(staging_table(table), names)) as target,
        ):
            for row in rows:
                target.write_row(row)
    loading.waiting.clear()


def settle(loading: Loading) -> None:
    """Look at what was staged as a whole: what may not come in is left out. From here on nobody else writes the
    tables: two imports at once agree on the years that may be kept.
    """
    loading.order.progress(None, _("Comparing with what is there"))
    lock_tables(TABLES)
    loading.first_year = refuse_old_years(loading)
    for table, key in KEYS.items():
        execute(
            sql.SQL("create index on {} ({}, year)").format(
                staging_table(table), sql.SQL(", ").join(map(sql.Identifier, key))
            )
        )
        execute(sql.SQL("analyze {}").format(staging_table(table)))
        leave_out(loading, "duplicate_in_import", repetitions(table, key))
    for code, statement in LEFT_OUT.items():
        leave_out(loading, code, sql.SQL(statement))
    for code, statement in DOUBTS.items():
        doubt(loading, code, sql.SQL(statement))


def compare() -> list[ScopeDifference]:
    """What the staged lines change, by kind, year and commune."""
    return [one for table in COMPARED for one in compare_table(table)]


def compare_table(table: str) -> Iterator[ScopeDifference]:
    source, key, values = COMPARED[table]
    scopes = {
        "owners_holding": gettext_noop("parcels of the register of %(insee)s, %(year)s"),
        "owners_premises": gettext_noop("premises of %(insee)s, %(year)s"),
        "owners_owner": gettext_noop("owners of %(insee)s, %(year)s"),
    }
    statement = sql.SQL(DIFFERENCE).format(
        table=sql.Identifier(table),
        staged=staging_table(source),
        new=qualify_columns("n", values),
        old=qualify_columns("t", values),
        new_key=qualify_columns("n", key),
        old_key=qualify_columns("t", key),
    )
    rows = fetch_all(statement)
    for year, insee, coming, known, changed, gone, before in rows:
        scope = sentence_param(scopes[table], insee=insee, year=year)
        if known:
            new = coming - (known - gone)
            yield ScopeDifference(scope=scope, known=known, new=new, changed=changed, gone=gone, commune=insee)
        else:
            yield compare_counts(scope, before=before, after=coming, commune=insee)


def qualify_columns(alias: str, names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(alias, name) for name in names)


def put_in_place(loading: Loading) -> None:
    """The rows of the delivered years and communes are replaced, as one event; years that may not be kept go."""
    loading.order.progress(None, _("Putting the data in place"))
    report = loading.report
    detail = {
        "files": [file.name for file in report.files],
        "loaded": report.loaded,
        "refused": report.refused,
        "member": report.member,
        "years": sorted(set(loading.years.values())),
    }
    open_event(TABLES, {**detail, "source": "majic"})
    replace()
    forget_before(loading.first_year)


def repetitions(table: str, key: Sequence[str]) -> sql.Composed:
    """Delete every line but the first that has the same key in the same year."""
    names = [sql.Identifier(name) for name in (*key, "year")]
    return sql.SQL(
        "delete from {table} again using"
        " (select ctid, row_number() over (partition by {names} order by file, line) as nth from {table}) numbered"
        " where again.ctid = numbered.ctid and nth > 1 returning again.file, again.line, again.{key}"
    ).format(table=staging_table(table), names=sql.SQL(", ").join(names), key=names[0])


def leave_out(loading: Loading, code: str, statement: sql.Composable) -> None:
    """Lines that a statement deletes from what was staged count as refused."""
    for file, line, identifier in locate_lines(statement):
        report = loading.report.files[file]
        report.loaded -= 1
        report.row_refused(Refused(line, identifier, code, {"identifier": identifier}))


def doubt(loading: Loading, code: str, statement: sql.Composable) -> None:
    for file, line, identifier in locate_lines(statement):
        loading.report.files[file].add_remark(Remark(code, {"identifier": identifier}), line, identifier)


def locate_lines(statement: sql.Composable) -> list[tuple[int, int, str]]:
    """(file, line, identifier) of the lines that a statement finds, in their order."""
    return sorted(fetch_all(statement))


def replace() -> None:
    """The rows of the staged years and communes make place for what was staged."""
    for table, (source, statement) in FILLED.items():
        execute(sql.SQL(REPLACED).format(sql.Identifier(table), staging_table(source)))
        execute(sql.SQL(statement))


def forget_before(year: int) -> None:
    """Years before this one go, also from what is kept of imports: they do not come back with one taken back."""
    with keep_nothing():
        for table in TABLES:
            execute(sql.SQL("delete from {} where year < {}").format(sql.Identifier(table), sql.Literal(year)))
    call("select arpent.forget_replaced_owners(%s)", year)


def forget_old_years() -> None:
    """Only the latest year and the one before may be kept."""
    forget_before(latest_year() - 1)
