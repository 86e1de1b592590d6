"""What the three imports have in common: deliveries one by one in one transaction, one event, layers announced."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.contrib.gis.db.models import Union
from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.database.statements import execute
from gis_core.errors import Invalid
from gis_core.files.reader import RestrictedReader
from gis_core.models import Commune
from layers.catalogue.services import announce_changed_slugs, date_layers
from layers.features.services.origin import open_event
from layers.intake.import_loss import ScopeDifference
from layers.intake.reference_source import Order
from layers.intake.report import Difference, FileReport, ImportReport
from layers.planning.cnig import Known
from layers.planning.importers.comparing import Rows, compare
from layers.planning.importers.delivery import DeliveredTable, Folder, folders
from layers.planning.importers.staging import Loading
from layers.planning.services.versions import refresh


@dataclass(slots=True)
class Work:
    """One import: its order, reader and report; `area` (EPSG:2154) is the territory to keep to, None for no limit.

    `differences` are what the deliveries change that came in.
    """

    order: Order
    reader: RestrictedReader
    report: ImportReport
    area: GEOSGeometry | None
    latest: date | None = None
    differences: list[ScopeDifference] = field(default_factory=list)

    def compare(self, file: FileReport, name: str, before: Rows, after: Rows, *, commune: str = "") -> None:
        """Take note of what a delivery changes of a document, by what its rows are, and list the rows; `commune` is the
        INSEE code where the document is of one commune alone.
        """
        for kind, counts, changes in compare(name, commune, before, after):
            self.differences.append(counts)
            file.difference = file.difference or Difference()
            changes.list_in(file.difference, kind)

    def loading(self, table: DeliveredTable, known: Known, identifier: str = "") -> Loading:
        """A table on its way in."""
        return Loading(table, self.reader, known, self.order.progress, self.area, identifier)

    def note_date(self, day: date | None) -> None:
        """Take note of a date of the data."""
        if day and day <= database_clock.today():
            self.latest = max(day, self.latest or day)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of delivery: its source, the tables and layers that change, and how one delivery is loaded."""

    source: str
    tables: Sequence[str]
    layers: Sequence[str]
    load: Callable[[Work, Folder, FileReport], None]


def import_deliveries(order: Order, kind: Kind) -> ImportReport:
    """Load each delivery whole or not at all; the report says what became of each file and row."""
    member = order.member.slug if order.member else None
    report = ImportReport(kind.source, member=member, started_at=database_clock.now())
    with RestrictedReader() as reader, transaction.atomic():
        open_event(kind.tables, {"source": kind.source, "member": member})
        work = Work(order, reader, report, area_of(order.territory))
        for paths in groups(order.paths):
            load_paths(work, kind, paths)
        report.ended_at = database_clock.now()
        report.check_loss(work.differences if report.loaded else (), order.accepted_loss)
        if order.dry_run:
            report.keep_nothing()
        elif report.loaded:
            finish(work, kind)
        else:
            transaction.set_rollback(True)
    report.ended_at = database_clock.now()
    return report


def area_of(territory: frozenset[str] | None) -> GEOSGeometry | None:
    if territory is None:
        return None
    area: GEOSGeometry | None = Commune.objects.filter(insee__in=territory).aggregate(area=Union("geom"))["area"]
    return area or GEOSGeometry("SRID=2154;POLYGON EMPTY")


def groups(paths: Sequence[Path]) -> Iterator[Sequence[Path]]:
    """What makes one delivery: a folder, an archive, or all the single files together."""
    whole = [path for path in paths if path.is_dir() or path.suffix.lower() == ".zip"]
    yield from ([path] for path in whole)
    loose = [path for path in paths if path not in whole]
    if loose:
        yield loose


def load_paths(work: Work, kind: Kind, paths: Sequence[Path]) -> None:
    """One delivery in a savepoint; what refuses it as a whole is told of it, and nothing of it counts."""
    before, compared = len(work.report.files), len(work.differences)
    file = work.report.file(paths[0].name, kind.source)
    file.has_rows = False
    try:
        with transaction.atomic():
            for folder in folders(paths, work.reader, work.report):
                file.name = folder.name
                kind.load(work, folder, file)
    except Invalid as error:
        for one in work.report.files[before:]:
            one.nothing_came_in()
        del work.differences[compared:]
        file.file_refused(error)


def finish(work: Work, kind: Kind) -> None:
    """Compute what is in force, date and announce the layers, say in the event what came in."""
    work.order.progress(None, _("Putting the data in place"))
    report = work.report
    report.source_date = work.order.source_date or work.latest
    refresh()
    date_layers(kind.layers, given=work.order.source_date, latest=work.latest)
    announce_changed_slugs(kind.layers)
    detail = {"files": [one.name for one in report.files][:200], "loaded": report.loaded, "refused": report.refused}
    execute("select arpent.annotate_event(%s::regclass, %s::jsonb)", [kind.tables[0], json.dumps(detail)])
