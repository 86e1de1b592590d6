"""Loading the Etalab cadastre: any number of files of any kind, one transaction, one event."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Invalid
from gis_core.files.reader import RestrictedReader
from layers.cadastre.importers import etalab
from layers.cadastre.importers.load import COMMUNES, Staged, compare, list_changes, put_in_place, stage, upsert_communes
from layers.cadastre.services import TABLES
from layers.catalogue.services import announce_changed_slugs, date_layers
from layers.features.search_terms import search_text
from layers.features.services.origin import open_event
from layers.intake.delivered import files_in
from layers.intake.import_loss import ScopeDifference
from layers.intake.reference_source import Order
from layers.intake.report import FileReport, ImportReport
from layers.intake.rows import FileRefused, Refused

SUFFIXES = (".json", ".geojson", ".gz")
PROGRESS_EVERY = 500


@dataclass(slots=True)
class Loading:
    """The state of one import: what is staged by table, communes to upsert, identifiers seen in earlier files."""

    order: Order
    report: ImportReport
    staged: dict[str, Staged] = field(default_factory=lambda: {slug: Staged() for slug in TABLES})
    communes: dict[str, etalab.CommuneRow] = field(default_factory=dict)
    seen: set[tuple[str, str]] = field(default_factory=set)


def import_etalab(order: Order) -> ImportReport:
    """Read and load the files; the report says what became of each row. Nothing is loaded by halves."""
    member = order.member.slug if order.member else None
    report = ImportReport("etalab", member=member, started_at=database_clock.now())
    with RestrictedReader() as reader, transaction.atomic():
        loading = Loading(order, report)
        for path in files(order.paths, report):
            load_file(loading, reader, path)
        report.ended_at = database_clock.now()
        compared = compare(loading.staged)
        list_changes_by_file(loading, compared)
        report.check_loss(compared, order.accepted_loss)
        if order.dry_run:
            report.keep_nothing()
        else:
            finish(loading)
    report.ended_at = database_clock.now()
    return report


def list_changes_by_file(loading: Loading, compared: Sequence[ScopeDifference]) -> None:
    """Put what each layer creates, changes and loses into the report of the last file of its kind."""
    for slug, staged in loading.staged.items():
        last = next((file for file in reversed(loading.report.files) if file.kind == slug and file.loaded), None)
        if last is not None and staged.rows:
            last.difference = list_changes(slug, staged, compared)


def files(paths: Sequence[Path], report: ImportReport) -> Iterator[Path]:
    """The files named, and those with a fitting name in the folders named."""
    for path in paths:
        if path.is_dir():
            yield from (file for file in files_in(path, report) if file.suffix in SUFFIXES)
        else:
            yield path


def load_file(loading: Loading, reader: RestrictedReader, path: Path) -> None:
    """Stage one file's rows, or say why the file as a whole is refused."""
    report = loading.report.file(path.name)
    kept = set(loading.seen)
    try:
        with transaction.atomic():
            opened = etalab.open_etalab(reader, path)
            report.kind = opened.kind
            for note in opened.notes:
                report.add_remark(note)
            stage_file(loading, opened, report)
    except Invalid as error:
        loading.seen = kept
        report.file_refused(error)


def stage_file(loading: Loading, opened: etalab.EtalabFile, report: FileReport) -> None:
    rows = usable(loading, opened, report)
    match opened.kind:
        case etalab.Kind.COMMUNES:
            loading.communes |= {row.insee: row for row in rows if isinstance(row, etalab.CommuneRow)}
        case etalab.Kind.UNKNOWN:
            list(rows)
        case kind:
            staged = Staged()
            stage(TABLES[kind.value], (columns_of(row, staged) for row in rows), staged)
            merge(loading.staged[kind.value], staged, {one.identifier for one in report.refused})
    if not report.loaded and not report.refused_rows:
        raise FileRefused("no_features")


def merge(whole: Staged, part: Staged, refused: set[str | None]) -> None:
    whole.rows += part.rows
    whole.insee |= part.insee
    whole.note_dates(part.latest)
    whole.refused |= {identifier for identifier in refused if identifier}


def usable(loading: Loading, opened: etalab.EtalabFile, report: FileReport) -> Iterator[etalab.Row]:
    """The rows that come in; every other one goes into the report."""
    for number, row in enumerate(opened.rows, start=1):
        if number % PROGRESS_EVERY == 0:
            loading.order.progress(number / max(opened.features, number), _("Reading %(file)s") % {"file": report.name})
        refused = row if isinstance(row, Refused) else refuse_row(loading, row)
        if refused:
            report.row_refused(refused)
        elif not isinstance(row, Refused):
            report.row_loaded(row.index, row.identifier, row.repairs)
            yield row


def refuse_row(loading: Loading, row: etalab.Row) -> Refused | None:
    """Why a well-formed row may not come in: another member's commune, or already here from another file."""
    territory = loading.order.territory
    if territory is not None and row.insee not in territory:
        return Refused(row.index, row.identifier, "outside_territory", {"insee": row.insee})
    if row.identifier is not None:
        mark = (type(row).__name__, row.identifier)
        if mark in loading.seen:
            return Refused(row.index, row.identifier, "duplicate_in_import", {"identifier": row.identifier})
        loading.seen.add(mark)
    return None


def columns_of(row: etalab.Row, staged: Staged) -> tuple[Any, ...]:
    """The row's values in the order of its table's columns, then its geometry."""
    staged.insee.add(row.insee)
    staged.note_dates(row.created_date, row.updated_date)
    dates = (row.created_date, row.updated_date, row.geom.wkb)
    match row:
        case etalab.SectionRow():
            return row.idu, row.insee, row.prefix, row.code, *dates
        case etalab.ParcelRow():
            reference = row.idu, row.insee, row.prefix, row.section, row.number, row.label
            return *reference, row.area_m2, row.surveyed, *dates
        case etalab.BuildingRow():
            return row.insee, row.kind, row.name, *dates
    raise TypeError(type(row))


def finish(loading: Loading) -> None:
    """Put everything in place."""
    loading.order.progress(None, _("Putting the data in place"))
    report = loading.report
    detail = {
        "files": [file.name for file in report.files],
        "loaded": report.loaded,
        "refused": report.refused,
        "member": report.member,
        "insee": sorted({code for one in loading.staged.values() for code in one.insee} | set(loading.communes))[:500],
    }
    given = loading.order.source_date
    report.source_date = given or latest(loading)
    put_in_place(loading.staged, detail, "etalab", given)
    if loading.communes:
        open_event([COMMUNES], {**detail, "source": "etalab"})
        upsert_communes(
            (row.insee, row.name, search_text(row.name), None, given or row.updated_date, row.geom.wkb)
            for row in loading.communes.values()
        )
        date_layers(["communes"], given=given, latest=latest_commune(loading))
        announce_changed_slugs(["communes"])


def latest_commune(loading: Loading) -> date | None:
    """The latest date of the communes' outlines."""
    outlines = Staged()
    for row in loading.communes.values():
        outlines.note_dates(row.created_date, row.updated_date)
    return outlines.latest


def latest(loading: Loading) -> date | None:
    """The latest date in all the files."""
    dates = [*(one.latest for one in loading.staged.values()), latest_commune(loading)]
    return max((one for one in dates if one), default=None)
