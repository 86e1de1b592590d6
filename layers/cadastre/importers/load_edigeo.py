"""Loading the cadastral plan, each sheet in a transaction and an event of its own; a bad one leaves the others.

A sheet owns its rows: what it no longer holds goes, what did not change is not written again, a parcel keeps its id.
Rows without a sheet (Etalab) that lie on it are its own from then on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gis_core.database import clock as database_clock
from gis_core.database.statements import fetch_all, fetch_one
from gis_core.errors import Invalid
from gis_core.files.reader import Limits, PlanSheet, ReadRefused, RefusedSheet, RestrictedReader
from layers.cadastre.importers import edigeo, plan_sql
from layers.cadastre.importers.load import COMMUNES, Staged
from layers.cadastre.services import SHEET_TABLES
from layers.catalogue.services import announce_changed_slugs, date_layers
from layers.features.search_terms import search_text
from layers.features.services.origin import open_event
from layers.intake.import_loss import LossRefused, ScopeDifference, check_loss, describe_loss, total_of
from layers.intake.params import all_param, label_param, sentence_param
from layers.intake.reference_source import Order
from layers.intake.report import Difference, FileReport, ImportReport
from layers.intake.rows import FileRefused, Remark

# Deliveries in quarantine at a time: the reader takes up the next one while a sheet is loaded.
TOGETHER = 32
MOST_NAMES = 5

type Paths = tuple[Path, tuple[Path, ...]]
type Delivered = Paths | tuple[Path, FileRefused]


@dataclass(slots=True)
class HeldSheet:
    """A sheet that waits because of what it would take away: the file that holds it, and what it changes."""

    delivered: Delivered
    report: FileReport
    differences: list[ScopeDifference]

    @property
    def gone(self) -> int:
        return total_of(self.differences).gone


@dataclass(slots=True)
class Loading:
    """The state of one import: sheets and communes that came in, tables that they filled, the latest date.

    `held` are the sheets that wait. Once some are `let_in`, only they come in, each with the number that may go.
    """

    order: Order
    report: ImportReport
    sheets: dict[str, str] = field(default_factory=dict)
    communes: set[str] = field(default_factory=set)
    filled: set[str] = field(default_factory=set)
    dated: Staged = field(default_factory=Staged)
    held: dict[str, HeldSheet] = field(default_factory=dict)
    let_in: dict[str, int | None] | None = None
    paths: int = 0
    done: int = 0

    def report_progress(self, name: str) -> None:
        message = _("Sheets loaded: %(count)s (%(name)s)") % {"count": len(self.sheets), "name": name}
        self.order.progress(self.done / self.paths if self.paths > 1 else None, message)


def import_edigeo(order: Order) -> ImportReport:
    """Read and load every sheet of the files and folders; the report says what became of each."""
    member = order.member.slug if order.member else None
    report = ImportReport("edigeo", member=member, started_at=database_clock.now())
    loading = Loading(order, report)
    deliveries = list(edigeo.files(order.paths))
    loading.paths = len(deliveries)
    report.compared = []
    with RestrictedReader(Limits.for_plans()) as reader:
        try:
            plan_sql.make_staging()
            for some in batched(deliveries, TOGETHER, strict=False):
                load_some(loading, reader, some)
            load_held(loading, reader)
        finally:
            announce(loading)
    report.is_saved = bool(loading.sheets) and not order.dry_run
    report_missing(loading)
    report.source_date = order.source_date or loading.dated.latest
    report.ended_at = database_clock.now()
    return report


def load_held(loading: Loading, reader: RestrictedReader) -> None:
    """Look at the sheets that wait again: their parcels may be on one that came later. Then they come in where all that
    they would take away is what was accepted; else they are refused.
    """
    if loading.held and loading.sheets:
        load_again(loading, reader, {})
    if sum(one.gone for one in loading.held.values()) == loading.order.accepted_loss:
        load_again(loading, reader, {idu: one.gone for idu, one in loading.held.items()})
    waiting = [difference for one in loading.held.values() for difference in one.differences]
    loading.report.compared = [*(loading.report.compared or ()), *waiting]
    try:
        check_loss(waiting, None)
    except LossRefused as error:
        code = gettext_noop(
            "%(gone)s objects of %(known)s would go from sheets that therefore stay as they were (%(sheets)s). The "
            "others came in. Check these files; if the objects must go, confirm their number."
        )
        sheets = ", ".join(sorted(loading.held)[:MOST_NAMES]) + ("…" if len(loading.held) > MOST_NAMES else "")
        error.loss.update(accepted=loading.order.accepted_loss, code=code, sheets=sheets)
        error.message = describe_loss(error.loss)
        loading.report.loss = error


def load_again(loading: Loading, reader: RestrictedReader, accepted: Mapping[str, int]) -> None:
    """Load the sheets that wait, and only them, each with the number of objects that may go."""
    held, loading.held = loading.held, {}
    loading.let_in = {idu: accepted.get(idu) for idu in held}
    reports = [id(one.report) for one in held.values()]
    loading.report.files = [one for one in loading.report.files if id(one) not in reports]
    files = {one.delivered[0]: one.delivered for one in held.values()}
    for some in batched(files.values(), TOGETHER, strict=False):
        load_some(loading, reader, some)


def load_some(loading: Loading, reader: RestrictedReader, some: Sequence[Delivered]) -> None:
    """Admit some deliveries together, load their sheets, and let them go."""
    admitted: dict[str, Delivered] = {}
    for path, belonging in some:
        try:
            if isinstance(belonging, FileRefused):
                raise belonging
            admitted[reader.admit(path, *belonging)] = (path, belonging)
        except Invalid as error:
            loading.report.file(short_path(path)).file_refused(error)
            loading.done += 1
    last = None
    for name, sheet in reader.plans(list(admitted)):
        loading.done += last is not None and name != last
        last = name
        load_sheet(loading, admitted[name], sheet)
    loading.done += last is not None
    for name in admitted:
        reader.dismiss(name)


def load_sheet(loading: Loading, delivered: Delivered, sheet: PlanSheet | RefusedSheet) -> None:
    """One sheet in one transaction, or the reason why what the base holds of it stays as it was."""
    path = delivered[0]
    if loading.let_in is not None and isinstance(sheet, RefusedSheet):
        return
    label = path.name if path.suffix.lower() != ".thf" else short_path(path)
    inside = sheet.label if path.suffix.lower() != ".thf" else ""
    report = loading.report.file("/".join(part for part in (label, inside) if part), "sheet")
    try:
        if isinstance(sheet, RefusedSheet):
            raise ReadRefused(sheet.problem)
        content = edigeo.read_sheet(sheet, str(path), department_around)
        if loading.let_in is not None and content.idu not in loading.let_in:
            loading.report.files.remove(report)
            return
        may_come_in(loading, content, report.name)
        with transaction.atomic():
            put_in_place(loading, content, report)
            if loading.order.dry_run:
                transaction.set_rollback(True)
    except LossRefused as error:
        report.file_refused(FileRefused("sheet_loss", gone=error.loss["gone"], known=error.loss["known"]))
        loading.held[content.idu] = HeldSheet(delivered, report, error.extra["differences"])
    except Invalid as error:
        report.file_refused(error)
    else:
        loading.sheets[content.idu] = report.name
        loading.communes.update(one.insee for one in content.communes)
        loading.report_progress(content.idu)


def short_path(path: Path) -> str:
    """A file of an unpacked sheet, with its folder."""
    return f"{path.parent.name}/{path.name}"


def department_around(commune: str, place: tuple[float, float]) -> str | None:
    """The department of the known commune with these three digits around the place."""
    row = fetch_one(
        "select left(insee, 2) from gis_core_commune where right(insee, 3) = %s"
        " and st_intersects(geom, st_setsrid(st_makepoint(%s, %s), 2154)) order by 1 limit 1",
        [commune, *place],
    )
    return row[0] if row else None


def may_come_in(loading: Loading, content: edigeo.Content, name: str) -> None:
    """Refuse the sheet of a commune outside the member's territory, and a sheet that came in already.

    Raises FileRefused.
    """
    territory = loading.order.territory
    if territory is not None and content.insee not in territory:
        raise FileRefused("outside_territory", insee=content.insee)
    if content.idu in loading.sheets:
        raise FileRefused("edigeo_sheet_twice", idu=content.idu, first=loading.sheets[content.idu])


def put_in_place(loading: Loading, content: edigeo.Content, report: FileReport) -> None:
    """Write what changed, count what is there, say what the files held. Raises FileRefused where counts disagree."""
    for _kind, refused in content.refused:
        report.row_refused(refused)
    compared = plan_sql.compare(content)
    check_sheet(loading, content, compared)
    communes = [one for one in content.communes if one.insee not in loading.communes and plan_sql.outline_differs(one)]
    tables = [SHEET_TABLES[slug].name for slug in compared.changed] + [COMMUNES] * bool(communes)
    report.difference = difference(compared)
    if tables:
        open_event(tables, event_detail(loading, content, report))
    plan_sql.write_sheet(compared)
    for one in communes:
        plan_sql.upsert_outline(one, search_text(one.name), loading.order.source_date or one.updated_date)
    for row in content.rows:
        report.row_loaded(0, row.identifier, row.repairs)
        loading.dated.note_dates(*row.dates)
    loading.filled |= {row.slug for row in content.rows} | set(compared.changed) | ({"communes"} if communes else set())
    reconcile(content, compared, report)


def check_sheet(loading: Loading, content: edigeo.Content, compared: plan_sql.Comparison) -> None:
    """Add what the sheet changes to the report.

    Raises LossRefused with the `differences`, where it would take away more than may go.
    """
    differences = plan_sql.differences(compared, content.idu, content.insee)
    try:
        check_loss(differences, (loading.let_in or {}).get(content.idu))
    except LossRefused as error:
        error.extra["differences"] = differences
        raise
    assert loading.report.compared is not None
    loading.report.compared += differences


def event_detail(loading: Loading, content: edigeo.Content, report: FileReport) -> dict[str, Any]:
    counts = {"loaded": len(content.rows), "refused": report.refused_rows}
    about = {"sheet": content.idu, "insee": [content.insee], "member": loading.report.member}
    return {"source": "edigeo", "files": [report.name], **counts, **about}


def difference(compared: plan_sql.Comparison) -> Difference | None:
    """Parcels that were born, are gone, or changed area or outline; None where the base held none of the sheet."""
    before = len(compared.old["parcels"])
    if not before:
        return None
    changes = Difference()
    for idu, what, area_before, area_after, shift_m in plan_sql.parcel_changes(compared):
        if what == "changed":
            remark = Remark("parcel_changed", {"before": area_before, "after": area_after, "metres": round(shift_m, 2)})
        else:
            remark = Remark(f"parcel_{what}", {"area": area_before if what == "gone" else area_after})
        changes.take(what, idu, remark)
    changes.unchanged = before - changes.gone - changes.changed
    return changes


def reconcile(content: edigeo.Content, compared: plan_sql.Comparison, report: FileReport) -> None:
    """Every object of the files is in the base or among the refused ones."""
    base = plan_sql.counts(compared)
    refused = [kind for kind, _one in content.refused]
    counts = []
    for kind, slug in plan_sql.SLUGS.items():
        held = content.objects.get(kind, 0)
        missing = held - base[slug] - refused.count(kind) - refused.count(slug)
        if missing:
            raise FileRefused("edigeo_counts", kind=kind, held=held, base=base[slug])
        what = label_param(SHEET_TABLES[slug].label)
        counts += [sentence_param("%(what)s %(base)s/%(held)s", what=what, base=base[slug], held=held)] if held else []
    report.add_remark(Remark("edigeo_reconciled", {"counts": all_param(counts)}))
    if content.empty:
        report.add_remark(Remark("edigeo_empty", {"names": ", ".join(content.empty)}))
    others = {kind: count for kind, count in sorted(content.objects.items()) if kind not in edigeo.PARSERS}
    if others:
        kinds = ", ".join(f"{kind} {count}" for kind, count in others.items())
        report.add_remark(Remark("edigeo_unread", {"counts": kinds}))


def announce(loading: Loading) -> None:
    """The layers that were filled get their next version and date, once: their extent takes a reading of the table."""
    plan_sql.forget_staged()
    if not loading.filled or loading.order.dry_run:
        return
    with transaction.atomic():
        tables = [table.name for slug, table in SHEET_TABLES.items() if slug in loading.filled]
        open_event(tables or [COMMUNES], {"source": "edigeo", "sheets": len(loading.sheets)})
        date_layers(loading.filled, given=loading.order.source_date, latest=loading.dated.latest)
        announce_changed_slugs(loading.filled)


def report_missing(loading: Loading) -> None:
    """Sheets of these communes that the base holds and that did not come in: their rows stay."""
    for insee, idus in missing_sheets(loading.sheets | dict.fromkeys(loading.held, "")):
        report = loading.report.file(_("Commune %(insee)s") % {"insee": insee}, "commune")
        for idu in idus:
            report.add_remark(Remark("edigeo_sheet_stays", {"idu": idu}), identifier=idu)


def missing_sheets(came_in: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    rows = fetch_all(
        "select insee, array_agg(idu order by idu) from cadastre_sheet"
        " where insee = any(%s) and not idu = any(%s) group by insee order by insee",
        [sorted({idu[:5] for idu in came_in}), sorted(came_in)],
    )
    yield from rows
