"""Loading the addresses of the BAN: those of the communes that the files hold are replaced, in one transaction.

The shortest importer of reference data: the one to begin from for points in a CSV.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gis_core.database import clock as database_clock
from gis_core.database.statements import execute, fetch_all
from gis_core.errors import Invalid
from gis_core.files.reader import RestrictedReader
from layers.cadastre.importers import ban
from layers.catalogue.services import announce_changed_slugs, date_layers
from layers.features.search_terms import search_text
from layers.features.services.origin import open_event
from layers.intake.delivered import files_in
from layers.intake.import_loss import ScopeDifference
from layers.intake.params import sentence_param
from layers.intake.reference_source import Order
from layers.intake.report import FileReport, ImportReport
from layers.intake.rows import FileRefused, Refused, Remark
from layers.intake.source_imports import lock_tables
from layers.intake.surfaces import FRANCE_2154

TABLE = "cadastre_address"
SUFFIXES = (".csv", ".gz")

STAGED = """
    drop table if exists staged_ban, ban_words;
    create temporary table staged_ban (file int default 0, rank bigint, id text, numero text, rep text, nom_voie text,
        code_postal text, code_insee text, nom_commune text, cad_parcelles text, geom geometry(Point, 2154))
    on commit drop
"""
COPY = """
    copy staged_ban (rank, id, numero, rep, nom_voie, code_postal, code_insee, nom_commune, cad_parcelles, geom)
    from stdin
"""
# Each takes its rows out: (rank, id, name of the column, value or x, y).
UNUSABLE = {
    "numero": "numero is null or numero !~ '^[0-9]{1,6}$'",
    "nom_voie": "nullif(nom_voie, '') is null or length(nom_voie) > 120",
    "code_insee": "code_insee is null or code_insee !~ '^([0-9]{2}|2[AB])[0-9]{3}$'",
    "code_postal": "code_postal is null or code_postal !~ '^[0-9]{5}$'",
    "nom_commune": "nullif(nom_commune, '') is null or length(nom_commune) > 100",
    "rep": "length(rep) > 10",
    "id": "nullif(id, '') is null or length(id) > 60",
}
TAKE_OUT = "delete from staged_ban where file = %(file)s and ({condition}) returning rank, id, {shown}"
TWICE = """
    delete from staged_ban late using staged_ban early
    where late.file = %(file)s and early.id = late.id and (early.file, early.rank) < (late.file, late.rank)
    returning late.rank, late.id, early.rank, early.file
"""
OUTSIDE = "geom is null or not geom && st_makeenvelope(%(west)s, %(south)s, %(east)s, %(north)s, 2154)"
PARCEL = "^([0-9]{2}|2[AB])[0-9]{6}[0-9A-Z]{2}[0-9]{4}$"
ODD_PARCELS = """
    select rank, id, cad_parcelles from staged_ban where file = %(file)s and exists (
        select from unnest(string_to_array(cad_parcelles, '|')) one where one <> '' and one !~ %(parcel)s) order by rank
"""
PLACED = """
    create temporary table ban_words on commit drop as
    select distinct nom_voie, code_postal, nom_commune, null::text as words from staged_ban
"""
COMPARED = """
    with codes as (select distinct code_insee as insee from staged_ban),
    before as (
        select t.insee, count(*) as known, count(*) filter (where not exists (
            select from staged_ban n where n.id = t.ban_id)) as gone
        from cadastre_address t join codes using (insee) group by t.insee),
    coming as (
        select n.code_insee as insee, count(*) filter (where t.ban_id is null) as new,
            count(*) filter (where (t.insee, t.number, t.suffix, t.road_name, t.postcode, t.commune_name)
                is distinct from (n.code_insee, n.numero::int, coalesce(n.rep, ''), n.nom_voie, n.code_postal,
                n.nom_commune) and t.ban_id is not null or t.geom <> n.geom) as changed
        from staged_ban n left join cadastre_address t on t.ban_id = n.id group by n.code_insee)
    select insee, coalesce(known, 0), coalesce(new, 0), coalesce(changed, 0), coalesce(gone, 0)
    from before full join coming using (insee) order by insee
"""
INSERT = """
    insert into cadastre_address (insee, number, suffix, road_name, postcode, commune_name, label, search_text,
        parcel_idu, parcels, ban_id, geom)
    select a.code_insee, a.numero::int, coalesce(a.rep, ''), a.nom_voie, a.code_postal, a.nom_commune,
        a.numero::int || coalesce(' ' || nullif(a.rep, ''), '') || ' ' || a.nom_voie,
        ' ' || a.numero::int || coalesce(' ' || nullif(lower(a.rep), ''), '') || w.words,
        coalesce(p.idus[1], ''), case when cardinality(p.idus) > 1 then p.idus else '{}' end, a.id, a.geom
    from staged_ban a
    join ban_words w using (nom_voie, code_postal, nom_commune)
    cross join lateral (select array(select one from unnest(string_to_array(a.cad_parcelles, '|')) one
        where one ~ %(parcel)s) as idus) p
    order by a.code_insee, a.nom_voie, a.numero::int, a.rep
"""


@dataclass(slots=True)
class Loading:
    """The state of one import."""

    order: Order
    report: ImportReport

    def report_progress(self, share: float | None, message: str) -> None:
        self.order.progress(share, message)


def import_ban(order: Order) -> ImportReport:
    """Read the files and replace the addresses of their communes; nothing is loaded by halves."""
    member = order.member.slug if order.member else None
    report = ImportReport("ban", member=member, source_date=order.source_date, started_at=database_clock.now())
    with RestrictedReader() as reader, transaction.atomic():
        loading = Loading(order, report)
        execute(STAGED)
        for number, path in enumerate(files(order.paths, report), start=1):
            load_file(loading, reader, path, number)
        report.ended_at = database_clock.now()
        report.check_loss(compare() if report.loaded else (), order.accepted_loss)
        if order.dry_run:
            report.keep_nothing()
        elif report.loaded:
            put_in_place(loading)
    report.ended_at = database_clock.now()
    return report


def files(paths: Sequence[Path], report: ImportReport) -> Iterator[Path]:
    """The files named, and those with a fitting name in the folders named."""
    for path in paths:
        if path.is_dir():
            yield from (file for file in files_in(path, report) if file.suffix in SUFFIXES)
        else:
            yield path


def load_file(loading: Loading, reader: RestrictedReader, path: Path, number: int) -> None:
    """Stage one file's addresses, or say why the file as a whole is refused."""
    report = loading.report.file(path.name, "addresses")
    try:
        with transaction.atomic():
            stage(loading, reader, path, report)
            execute("update staged_ban set file = %(file)s where file = 0", {"file": number})
            take_out(loading, report, number)
            ((report.loaded,),) = fetch_all("select count(*) from staged_ban where file = %(file)s", {"file": number})
            if not report.loaded and not report.refused_rows:
                raise FileRefused("no_features")
    except Invalid as error:
        mixed = error.extra.get("code") == "wrong_encoding"
        report.file_refused(FileRefused("ban_mixed_encoding") if mixed else error)


def stage(loading: Loading, reader: RestrictedReader, path: Path, report: FileReport) -> None:
    """COPY the lines of a file as they are."""
    opened = ban.open_ban(reader, path)
    if opened.encoding:
        report.add_remark(Remark("ban_encoding", {"name": opened.encoding.upper()}))
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for chunk in opened.chunks:
            copy.write(chunk.lines)
            for problem in chunk.problems:
                report.row_refused(Refused.by_reader(problem))
            share = min(chunk.last / max(opened.lines, 1), 1.0)
            loading.report_progress(share, _("Reading %(file)s") % {"file": path.name})


def take_out(loading: Loading, report: FileReport, number: int) -> None:
    """Take out, and name, the lines that cannot be used."""
    for name, condition in UNUSABLE.items():
        for rank, key, value in fetch_all(
            TAKE_OUT.format(condition=condition, shown=f"left({name}, 60)"), {"file": number}
        ):
            report.row_refused(Refused(rank, key, "ban_value", {"name": name, "value": value or "—"}))
    outside = TAKE_OUT.format(condition=OUTSIDE, shown="round(st_x(geom)), round(st_y(geom))")
    west, south, east, north = FRANCE_2154
    for rank, key, x, y in fetch_all(
        outside, {"file": number, "west": west, "south": south, "east": east, "north": north}
    ):
        report.row_refused(Refused(rank, key, "ban_place", {"x": x, "y": y}))
    if loading.order.territory is not None:
        foreign = TAKE_OUT.format(condition="not code_insee = any(%(territory)s)", shown="code_insee")
        for rank, key, insee in fetch_all(foreign, {"file": number, "territory": sorted(loading.order.territory)}):
            report.row_refused(Refused(rank, key, "outside_territory", {"insee": insee}))
    for rank, key, first, file in fetch_all(TWICE, {"file": number}):
        code = "duplicate_identifier" if file == number else "duplicate_in_import"
        report.row_refused(Refused(rank, key, code, {"identifier": key, "first": first}))
    for rank, key, value in fetch_all(ODD_PARCELS, {"file": number, "parcel": PARCEL}):
        report.add_remark(Remark("ban_parcels", {"value": value[:100]}), rank, key)


def compare() -> list[ScopeDifference]:
    """What the staged addresses change, by commune. Nobody else writes them until the transaction's end."""
    lock_tables([TABLE])
    execute("analyze staged_ban")
    scope = gettext_noop("addresses of %(insee)s")
    return [
        ScopeDifference(
            scope=sentence_param(scope, insee=insee), known=known, new=new, changed=changed, gone=gone, commune=insee
        )
        for insee, known, new, changed, gone in fetch_all(COMPARED)
    ]


def put_in_place(loading: Loading) -> None:
    """Replace the addresses of the communes; one event, the layer announced."""
    loading.report_progress(None, _("Putting the data in place"))
    report, given = loading.report, loading.order.source_date
    insee = [code for (code,) in fetch_all("select distinct code_insee from staged_ban order by 1")]
    counts = {"loaded": report.loaded, "refused": report.refused, "member": report.member, "insee": insee[:500]}
    open_event([TABLE], {"source": "ban", "files": [file.name for file in report.files], **counts})
    insert_search_texts()
    execute("delete from cadastre_address where insee = any(%(insee)s)", {"insee": insee})
    execute(INSERT, {"parcel": PARCEL})
    date_layers(["addresses"], given=given, latest=None)
    announce_changed_slugs(["addresses"])


def insert_search_texts() -> None:
    """What the search box matches, road by road: far fewer than addresses."""
    execute(PLACED)
    with connection.cursor() as cursor:
        cursor.execute("select nom_voie, code_postal, nom_commune from ban_words")
        places = cursor.fetchall()
        cursor.execute("truncate ban_words")
        with cursor.copy("copy ban_words (nom_voie, code_postal, nom_commune, words) from stdin") as copy:
            for place in places:
                copy.write_row((*place, search_text(*place)))
    execute("analyze ban_words")
