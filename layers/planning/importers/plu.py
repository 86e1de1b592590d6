"""Planning documents of the CNIG standards: PLU, PLUi, communal map, POS, PSMV."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_noop

from gis_core.files.reader import ReadRefused
from gis_core.models import Commune
from layers.intake.reference_source import Order
from layers.intake.report import FileReport, ImportReport
from layers.planning import cnig, standard
from layers.planning.cnig import Finding, Header, Known, Row
from layers.planning.importers import comparing, delivery
from layers.planning.importers.delivery import DeliveredTable, Folder, Item, refuse_delivery
from layers.planning.importers.flow import Kind, Work, import_deliveries
from layers.planning.importers.staging import KINDS, Made, address, day_or_none, load_table, read_table, subcode
from layers.planning.models import Document, Zone
from layers.planning.services import files, versions

ZONES = ("ZONE_URBA", "SECTEUR_CC")
TABLES = ("planning_document", "planning_zone", "planning_prescription", "planning_information")
OF_DOCUMENT = ("nomfic", "urlfic", "idurba", "datvalid")
ZONE_COLUMNS = ("document_id", "libelle", "libelong", "typezone", "formdomi", "destination", *OF_DOCUMENT)
DETAIL_COLUMNS = ("document_id", "libelle", "txt", "nature", "kind", *OF_DOCUMENT)


def import_plu(order: Order) -> ImportReport:
    """Read and load planning documents: a new date of approval adds a version, the same IDURBA replaces its rows."""
    return import_deliveries(order, Kind("plu", TABLES, versions.LAYERS, load_document))


def load_document(work: Work, folder: Folder, file: FileReport) -> None:
    """One document. Raises FindingRefused when a rule refuses it as a whole."""
    tables, unexpected = delivery.find_tables(folder, standard.plu_table, work.reader, work.report)
    kept, not_pdf, others = delivery.split_documents(folder)
    names = frozenset(item.path.name.lower() for item in kept)
    refuse_delivery(cnig.findings(delivery_facts(folder, tables, names, [*unexpected, *others], not_pdf)), file)
    known = Known(documents=names)
    headers, communes = (
        read_document_rows(work, tables, "DOC_URBA", known),
        read_document_rows(work, tables, "DOC_URBA_COM", known),
    )
    refuse_delivery(iter(no_rows(headers)), file)
    if any(row["TYPEDOC"].upper() == "SCOT" for row in headers):
        refuse_delivery(iter([Finding(0, None, "scot", {})]), file)
    row, header = header_of(folder, headers, communes, work.order.territory)
    refuse_delivery(cnig.findings(header), file)
    before = content_of(Document.objects.filter(idurba__iexact=header.idurba).first())
    document = replace(header, row, folder)
    load_tables(work, tables, document, known)
    came_in = sum(one.report.loaded for one in tables if one.table.name in ZONES)
    refuse_delivery(iter(() if came_in else (Finding(0, None, "fichier-obligatoire", {"name": "ZONE_URBA"}),)), file)
    document.folder, document.files = files.store_documents((str(item.path), item.source) for item in kept)
    note_pages(work, document, kept)
    document.save()
    (commune,) = header.communes if len(header.communes) == 1 else ("",)
    work.compare(file, document.idurba, before, content_of(document), commune=commune)
    work.note_date(document.approved_date)


def note_pages(work: Work, document: Document, kept: Sequence[Item]) -> None:
    """Note on which page the outline of a regulation begins each zone that names it without a page.

    A PDF that cannot be opened has no outline.
    """
    zones = defaultdict[str, set[str]](set)
    for nomfic, zone in Zone.objects.filter(document=document).values_list("nomfic", "libelle").distinct():
        if cnig.page_number(nomfic) is None:
            zones[cnig.piece_name(nomfic).lower()].add(zone)
    by_path = {str(item.path): item for item in kept if item.path.name.lower() in zones}
    for one in document.files:
        item = by_path.get(one["path"])
        if item is not None:
            with suppress(ReadRefused):
                outline = work.reader.document(work.reader.admit(item.source, link=True)).outline
                one["pages"] = pages_of_zones(outline, zones[item.path.name.lower()])


def pages_of_zones(outline: Sequence[tuple[str, int]], zones: Iterable[str]) -> dict[str, int]:
    """The page of the first entry that names each zone as a word: “Zone UA” for UA, not “UAa”, nor “zone A” for a."""
    pages = {}
    for zone in filter(None, zones):
        as_word = re.compile(rf"(?<!\w){re.escape(zone)}(?!\w)")
        page = next((page for title, page in outline if as_word.search(title)), None)
        if page is not None:
            pages[zone] = page
    return pages


def content_of(document: Document | None) -> dict[str, list[comparing.Row]]:
    """The rows and written pieces of a document, by what they are; {} of none."""
    if document is None:
        return {}
    detail = ("libelle", "txt", "kind")
    return {
        gettext_noop("zones"): comparing.rows_by_key(document.zones.all(), ("libelle",)),
        gettext_noop("prescriptions"): comparing.rows_by_key(
            document.prescriptions.all(), ("typepsc", "stypepsc", *detail)
        ),
        gettext_noop("information"): comparing.rows_by_key(
            document.information.all(), ("typeinf", "stypeinf", *detail)
        ),
        gettext_noop("written pieces"): comparing.document_rows(document.files),
    }


def delivery_facts(
    folder: Folder,
    tables: Sequence[DeliveredTable],
    documents: frozenset[str],
    unexpected: Sequence[str],
    not_pdf: Sequence[str],
) -> cnig.Delivery:
    return cnig.Delivery(
        name=folder.name,
        pattern=standard.PLU_FOLDER,
        tables=frozenset(one.table.name for one in tables),
        wanted=(("DOC_URBA",), ZONES),
        recommended=(("DOC_URBA_COM",),),
        documents=documents,
        unexpected=tuple(unexpected),
        not_pdf=tuple(not_pdf),
        metadata=any(item.suffix == ".xml" for item in folder.items),
        twice=tuple(tables_given_twice(tables)),
        is_scot=bool(standard.SCOT_FOLDER.fullmatch(folder.name))
        or any(standard.is_of_scot(item.path.stem) for item in folder.items),
    )


def tables_given_twice(tables: Sequence[DeliveredTable]) -> Iterator[str]:
    """Each table that several files give, with their names."""
    files: dict[str, list[str]] = {}
    for one in tables:
        files.setdefault(one.table.name, []).append(one.report.name)
    yield from (f"{table} ({', '.join(names)})" for table, names in files.items() if len(names) > 1)


def read_document_rows(work: Work, tables: Sequence[DeliveredTable], name: str, known: Known) -> list[Row]:
    return [row for one in tables if one.table.name == name for row in read_table(work.loading(one, known, "IDURBA"))]


def no_rows(headers: Sequence[Row]) -> Sequence[Finding]:
    return () if headers else (Finding(0, None, "fichier-obligatoire", {"name": "DOC_URBA"}),)


def header_of(
    folder: Folder, headers: Sequence[Row], communes: Sequence[Row], territory: frozenset[str] | None
) -> tuple[Row, Header]:
    """The row of DOC_URBA that is meant, and what the rules look at in it."""
    meant = standard.PLU_FOLDER.fullmatch(folder.name)
    wanted = (meant["code"], meant["date"]) if meant else None
    ours = [
        row for row in headers if (parts := standard.idurba_parts(row["IDURBA"])) and (parts[0], parts[2]) == wanted
    ]
    row = ours[0] if ours else headers[0]
    parts = standard.idurba_parts(row["IDURBA"]) or (meant and (meant["code"], "", meant["date"])) or ("", "", "")
    communes_of_document = {one["INSEE"] for one in communes if one["IDURBA"].upper() in ("", row["IDURBA"].upper())}
    insee = frozenset(communes_of_document or ({parts[0]} if len(parts[0]) == 5 else ()))
    meant_rows = ours or headers
    approved = day_or_none(row["DATAPPRO"]) or day_or_none(parts[2])
    header = Header(
        idurba=row["IDURBA"],
        kind=row["TYPEDOC"],
        state=row["ETAT"],
        procedure=row["NOMPROC"],
        approved=approved,
        approved_text=row["DATAPPRO"],
        ended=day_or_none(row["DATEFIN"]),
        siren=row["SIREN"],
        rows=len(headers),
        ours=len(ours),
        agree=all(one.values == meant_rows[0].values for one in meant_rows),
        folder_code=meant["code"] if meant else parts[0],
        unknown=unknown_communes(insee),
        communes=insee,
        same_day=tuple(versions_of(approved, insee, row)),
        strangers=frozenset() if territory is None else insee - territory,
    )
    return row, header


def unknown_communes(insee: frozenset[str]) -> frozenset[str]:
    """Those INSEE codes that are of no commune of the base."""
    return insee - set(Commune.objects.filter(insee__in=insee).values_list("insee", flat=True))


def versions_of(approved: date | None, communes: frozenset[str], row: Row) -> Iterator[str]:
    """Other documents of the same day that this one ends or that end it, see `services.versions`."""
    if row["ETAT"] in standard.NOT_YET:
        return
    insee = sorted(communes)
    within_each_other = Q(communes__contained_by=insee) | Q(communes__contains=insee)
    others = Document.objects.filter(within_each_other, approved_date=approved)
    for one in others.exclude(idurba__iexact=row["IDURBA"]).exclude(state__in=standard.NOT_YET).order_by("idurba"):
        if (one.kind == "PSMV") == (row["TYPEDOC"].upper() == "PSMV"):
            yield one.idurba


def replace(header: Header, row: Row, folder: Folder) -> Document:
    """A document without rows, in place of the one of the same IDURBA; its pieces go once that is certain."""
    for former in Document.objects.filter(idurba__iexact=header.idurba):
        files.forget(former.folder)
        former.delete()
    parts = standard.idurba_parts(header.idurba) or ("", "", "")
    return Document.objects.create(
        idurba=header.idurba,
        kind=standard.KINDS[header.kind.upper()],
        territory=parts[0] or header.siren[:9] or min(header.communes),
        communes=sorted(header.communes),
        state=header.state,
        procedure=header.procedure[:10],
        approved_date=header.approved,
        ended_date=header.ended,
        regulation=row["NOMREG"],
        regulation_url=address(row["URLREG"]),
        site_url=address(row["SITEWEB"]),
        reference=f"{row['TYPEREF']} {row['DATEREF']}".strip()[:20],
        folder=f"{header.idurba}"[:32],
    )


def load_tables(work: Work, tables: Sequence[DeliveredTable], document: Document, known: Known) -> None:
    of_document = Known(idurba=document.idurba, documents=known.documents)
    for one in tables:
        loading = work.loading(one, of_document, "LIBELLE")
        if one.table.name in ZONES:
            load_table(loading, "planning_zone", ZONE_COLUMNS, lambda row: zone(row, document))
        elif one.table in standard.PRESCRIPTIONS:
            columns = (*DETAIL_COLUMNS, "typepsc", "stypepsc")
            load_table(loading, "planning_prescription", columns, lambda row: detail(row, document, "PSC"))
        elif one.table in standard.INFORMATION:
            columns = (*DETAIL_COLUMNS, "typeinf", "stypeinf")
            load_table(loading, "planning_information", columns, lambda row: detail(row, document, "INF"))


def zone(row: Row, document: Document) -> Made:
    """The values of ZONE_COLUMNS."""
    kind = cnig.zone_of(row["TYPEZONE"] or row["TYPESECT"])
    texts = (row["LIBELLE"], row["LIBELONG"], kind, row["FORMDOMI"][:10], row["DESTOUI"])
    return document.pk, *texts, *of_document(row, document)


def detail(row: Row, document: Document, kind: str) -> Made:
    """The values of DETAIL_COLUMNS, then the codes of a prescription (PSC) or an information (INF)."""
    shape = KINDS[str(row.table.letter)].value
    texts = (row["LIBELLE"], row["TXT"], row["NATURE"], shape)
    codes = (row[f"TYPE{kind}"], subcode(row[f"STYPE{kind}"]))
    return document.pk, *texts, *of_document(row, document), *codes


def of_document(row: Mapping[str, Any] | Row, document: Document) -> Made:
    return row["NOMFIC"], address(row["URLFIC"]), document.idurba, day_or_none(row["DATVALID"])
