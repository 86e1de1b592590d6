"""Loading communes and, for the agency, the EPCI as members with their territories."""

from collections.abc import Iterable
from dataclasses import replace

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gis_core.database import clock as database_clock
from gis_core.errors import Invalid
from gis_core.files.reader import RestrictedReader
from gis_core.models import Member, Territory
from layers.cadastre.importers import communes
from layers.cadastre.importers.load import COMMUNES, upsert_communes
from layers.catalogue.services import announce_changed_slugs, date_layers
from layers.features.search_terms import search_text
from layers.features.services.origin import open_event
from layers.intake.import_loss import ScopeDifference, total_of
from layers.intake.params import sentence_param
from layers.intake.reference_source import Order
from layers.intake.report import FileReport, ImportReport
from layers.intake.rows import Refused
from layers.intake.source_imports import lock_tables

SLUG_LENGTH = 50


def import_communes(order: Order) -> ImportReport:
    """Read the three files and load them in one transaction; a missing or unreadable file refuses all."""
    member = order.member.slug if order.member else None
    report = ImportReport("communes", member=member, source_date=order.source_date, started_at=database_clock.now())
    with RestrictedReader() as reader:
        order.progress(None, _("Reading the files"))
        try:
            folder = communes.read_folder(reader, order.paths, report)
        except Invalid as error:
            report.file(", ".join(path.name for path in order.paths)).file_refused(error)
        else:
            load_folder(order, folder, report)
    report.ended_at = database_clock.now()
    return report


@transaction.atomic
def load_folder(order: Order, folder: communes.CommunesFolder, report: ImportReport) -> None:
    """Everything that may come in, as one event."""
    order.progress(None, _("Putting the data in place"))
    boundaries = add_to_report(report, folder.communes, "communes")
    official = add_to_report(report, folder.official, "official")
    rows = [row for row in folder.communes.rows if may_come_in(order, row, boundaries)]
    for row in rows:
        boundaries.row_loaded(row.index, row.identifier, row.repairs)
    report.check_loss(compare(order, folder.epci), order.accepted_loss)
    if rows:
        counts = {"communes": len(rows), "refused": report.refused, "member": report.member}
        open_event([COMMUNES], {"source": "communes", "files": [boundaries.name, official.name], **counts})
        upsert_communes(
            (row.insee, row.name, search_text(row.name), row.population, order.source_date, row.geom.wkb)
            for row in rows
        )
        date_layers(["communes"], given=order.source_date, latest=None)
        announce_changed_slugs(["communes"])
    load_members(order, folder.epci, add_to_report(report, folder.epci, "epci"))
    if order.dry_run:
        report.keep_nothing()


def compare(order: Order, read: communes.FileRows[communes.EpciRow]) -> list[ScopeDifference]:
    """Communes that the territories of members gain and lose: nothing else of this import takes anything away."""
    if order.territory is not None:
        return []
    lock_tables([Territory._meta.db_table])
    wanted = {row.siren: set(row.communes) for row in read.rows}
    present: dict[str, set[str]] = {siren: set() for siren in wanted}
    for siren, insee in Territory.objects.filter(member__siren__in=wanted).values_list("member__siren", "commune_id"):
        present[siren].add(str(insee))
    return [difference_of(row.name, present[row.siren], wanted[row.siren]) for row in read.rows]


def difference_of(member: str, present: set[str], wanted: set[str]) -> ScopeDifference:
    """What becomes of the territory of a member, given by INSEE codes."""
    scope = sentence_param(gettext_noop("communes of %(member)s"), member=member)
    parts = [
        ScopeDifference(
            scope=scope,
            commune=insee,
            known=int(insee in present),
            new=int(insee not in present),
            gone=int(insee not in wanted),
        )
        for insee in sorted(present | wanted)
    ]
    return replace(total_of(parts, scope), parts=tuple(parts))


def add_to_report(
    report: ImportReport,
    read: communes.FileRows[communes.CommuneRow]
    | communes.FileRows[communes.Official]
    | communes.FileRows[communes.EpciRow],
    kind: str,
) -> FileReport:
    """Start a file's report with what its reading refused and told."""
    file = report.file(read.name, kind)
    for refused in read.refused:
        file.row_refused(refused)
    for remark in read.remarks:
        file.add_remark(remark.remark, remark.index, remark.identifier)
    return file


def may_come_in(order: Order, row: communes.CommuneRow, report: FileReport) -> bool:
    if order.territory is None or row.insee in order.territory:
        return True
    report.row_refused(Refused(row.index, row.identifier, "outside_territory", {"insee": row.insee}))
    return False


def load_members(order: Order, read: communes.FileRows[communes.EpciRow], report: FileReport) -> None:
    """Each EPCI becomes a member, or gets its official name and communes; refused to anybody but the agency."""
    for row in read.rows:
        if order.territory is not None:
            report.row_refused(Refused(row.index, row.identifier, "members_by_agency"))
            continue
        member = member_of(row)
        set_territory(member, row.communes)
        report.row_loaded(row.index, row.identifier)


def member_of(row: communes.EpciRow) -> Member:
    """The member with this SIREN, under its official name."""
    member = Member.objects.filter(siren=row.siren).first()
    if member is None:
        return Member.objects.create(slug=free_slug(row), name=row.name, siren=row.siren, kind=Member.Kind.EPCI)
    if member.name != row.name:
        Member.objects.filter(pk=member.pk).update(name=row.name)
    return member


def free_slug(row: communes.EpciRow) -> str:
    slug = slugify(row.name)[:SLUG_LENGTH].strip("-")
    return slug if slug and not Member.objects.filter(slug=slug).exists() else f"epci-{row.siren}"


def set_territory(member: Member, insee: Iterable[str]) -> None:
    """The member's communes become these; rows that stay keep their id."""
    wanted = set(insee)
    present = set(member.territories.values_list("commune_id", flat=True))
    member.territories.filter(commune_id__in=present - wanted).delete()
    Territory.objects.bulk_create(Territory(member=member, commune_id=code) for code in sorted(wanted - present))
