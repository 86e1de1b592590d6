"""Public easements (SUP) of the CNIG standard: easements, acts, managers, what makes them and where they weigh."""

from collections.abc import Iterator, Sequence

from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext_noop

from gis_core.database import clock as database_clock
from layers.intake.reference_source import Order
from layers.intake.report import FileReport, ImportReport
from layers.planning import cnig, standard
from layers.planning.cnig import Known, Row
from layers.planning.importers import comparing, delivery
from layers.planning.importers.delivery import DeliveredTable, Folder, refuse_delivery
from layers.planning.importers.flow import Kind, Work, import_deliveries
from layers.planning.importers.staging import (
    KINDS,
    Made,
    day_or_none,
    fetch_rows,
    load_table,
    read_table,
    run_statement,
)
from layers.planning.models import (
    Easement,
    EasementAct,
    EasementFootprint,
    EasementGenerator,
    EasementLink,
    EasementSet,
)
from layers.planning.services import files
from layers.planning.sources import SUP_LAYERS

TABLES = (
    "planning_easementset",
    "planning_easement",
    "planning_easementact",
    "planning_easementlink",
    "planning_easementgenerator",
    "planning_easementfootprint",
)
FOOTPRINT_NAMES = tuple(one.name for one in standard.FOOTPRINTS)
GENERATOR_NAMES = tuple(one.name for one in standard.GENERATORS)
ORDER = ("GESTIONNAIRE_SUP", "SERVITUDE", "ACTE_SUP", "SERVITUDE_ACTE_SUP", *GENERATOR_NAMES, *FOOTPRINT_NAMES)
GENERATOR_COLUMNS = ("easement_id", "idgen", "category", "name", "type", "kind")
FOOTPRINT_COLUMNS = ("easement_id", "idass", "category", "name", "type", "kind")
BATCH = 1000


def import_sup(order: Order) -> ImportReport:
    """Read and load sets of easements; the set of the same manager, category and territory is replaced."""
    return import_deliveries(order, Kind("sup", TABLES, SUP_LAYERS, load_set))


def load_set(work: Work, folder: Folder, file: FileReport) -> None:
    """One set of easements. Raises FindingRefused when a rule refuses it as a whole."""
    usable, unexpected = delivery.find_tables(folder, standard.sup_table, work.reader, work.report)
    kept, not_pdf, others = delivery.split_documents(folder)
    names = frozenset(item.path.name.lower() for item in kept)
    refuse_delivery(cnig.findings(delivery_facts(folder, usable, names, [*unexpected, *others], not_pdf)), file)
    known = Known(documents=names)
    former = content_of(EasementSet.objects.filter(code=code_of(folder)).first())
    whole = begin(work, folder)
    tables = sorted(usable, key=lambda one: ORDER.index(one.table.name))
    easements = load_easements(work, tables, whole, known)
    by_name = load_acts(work, tables, whole, known, easements)
    bare = load_places(work, tables, known, easements)
    if not any(one.report.loaded for one in tables if one.table in standard.FOOTPRINTS):
        refuse_delivery(
            iter([cnig.Finding(0, None, "fichier-obligatoire", {"name": " / ".join(FOOTPRINT_NAMES)})]), file
        )
    refuse_delivery(cnig.findings(missing(work, whole, by_name, bare)), file)
    whole.folder, whole.files = files.store_documents((str(item.path), item.source) for item in kept)
    whole.save()
    work.compare(file, whole.code, former, content_of(whole))
    work.note_date(whole.dated)


def content_of(whole: EasementSet | None) -> dict[str, list[comparing.Row]]:
    """The rows and acts of a set of easements, by what they are; {} of none."""
    if whole is None:
        return {}
    footprints = EasementFootprint.objects.filter(easement__delivery=whole)
    generators = EasementGenerator.objects.filter(easement__delivery=whole)
    return {
        gettext_noop("easements"): comparing.rows_by_key(whole.easements.all(), ("idsup",)),
        gettext_noop("generators of easements"): comparing.rows_by_key(generators, ("idgen", "easement__idsup")),
        gettext_noop("footprints of easements"): comparing.rows_by_key(footprints, ("idass", "easement__idsup")),
        gettext_noop("acts"): comparing.rows_by_key(whole.acts.all(), ("idacte",)),
        gettext_noop("written pieces"): comparing.document_rows(whole.files),
    }


def code_of(folder: Folder) -> str:
    """The set that a delivery is of: the name of its folder without its date."""
    meant = standard.SUP_FOLDER.fullmatch(folder.name)
    return (meant["set"] if meant else folder.name)[:120]


def delivery_facts(
    folder: Folder,
    tables: Sequence[DeliveredTable],
    documents: frozenset[str],
    unexpected: Sequence[str],
    not_pdf: Sequence[str],
) -> cnig.Delivery:
    return cnig.Delivery(
        name=folder.name,
        pattern=standard.SUP_FOLDER,
        tables=frozenset(one.table.name for one in tables),
        wanted=(("SERVITUDE",), FOOTPRINT_NAMES, GENERATOR_NAMES),
        recommended=(("ACTE_SUP",), ("SERVITUDE_ACTE_SUP",), ("GESTIONNAIRE_SUP",)),
        documents=documents,
        unexpected=tuple(unexpected),
        not_pdf=tuple(not_pdf),
        metadata=any(item.suffix == ".xml" for item in folder.items),
    )


def begin(work: Work, folder: Folder) -> EasementSet:
    """The set, emptied: all of it, or what lies in the territory that the import keeps to."""
    meant = standard.SUP_FOLDER.fullmatch(folder.name)
    code = code_of(folder)
    whole = EasementSet.objects.filter(code=code).first()
    if whole is None:
        whole = EasementSet.objects.create(code=code, folder=f"{code}"[-32:])
    else:
        files.forget(whole.folder)
        empty(work, whole)
    whole.dated = day_or_none(meant["date"]) if meant else None
    whole.imported_at = database_clock.now()
    return whole


def empty(work: Work, whole: EasementSet) -> None:
    if work.area is None:
        whole.easements.all().delete()
        whole.acts.all().delete()
        return
    inside = {"delivery": whole.pk, "area": work.area.hexewkb.decode()}
    gone = "select e.id from planning_easement e where e.delivery_id = %(delivery)s and exists (select from"
    gone += " planning_easementfootprint f where f.easement_id = e.id and st_intersects(f.geom, %(area)s::geometry))"
    ids = [pk for (pk,) in fetch_rows(gone, **inside)]
    Easement.objects.filter(pk__in=ids).delete()


def load_easements(work: Work, tables: Sequence[DeliveredTable], whole: EasementSet, known: Known) -> dict[str, int]:
    """The primary key of each easement by IDSUP."""
    managers = {
        row["IDGEST"]: row["NOMGEST"] for row in rows_by_name(work, tables, "GESTIONNAIRE_SUP", known, "IDGEST")
    }
    category = next((one for table in tables if (one := standard.category_in(table.stem))), "")
    made = [
        Easement(
            delivery=whole,
            idsup=row["IDSUP"],
            category=(row["CATEGORIE"] or category)[:10],
            name=row["NOMSUP"] or row["IDSUP"],
            long_name=row["NOMSUPLITT"],
            description=row["DESCRIPTIO"],
            manager=managers.get(row["IDGEST"], ""),
            updated_date=day_or_none(row["DATEMAJ"]),
        )
        for row in rows_by_name(work, tables, "SERVITUDE", known, "IDSUP")
    ]
    Easement.objects.bulk_create(
        made,
        BATCH,
        update_conflicts=True,
        unique_fields=["delivery", "idsup"],
        update_fields=["category", "name", "long_name", "description", "manager", "updated_date"],
    )
    return dict(whole.easements.values_list("idsup", "pk"))


def load_acts(
    work: Work, tables: Sequence[DeliveredTable], whole: EasementSet, known: Known, easements: dict[str, int]
) -> list[str]:
    """Acts, and their links to easements; the names of those whose file was found by their own name."""
    by_name: list[str] = []
    acts = [act_of(row, whole, known, by_name) for row in rows_by_name(work, tables, "ACTE_SUP", known, "IDACTE")]
    EasementAct.objects.bulk_create(
        acts,
        BATCH,
        update_conflicts=True,
        unique_fields=["delivery", "idacte"],
        update_fields=["name", "reference", "type", "decision", "decided_date", "published_date", "piece"],
    )
    ids = dict(whole.acts.values_list("idacte", "pk"))
    links = [
        EasementLink(easement_id=easements[row["IDSUP"]], act_id=ids[row["IDACTE"]])
        for row in rows_by_name(work, tables, "SERVITUDE_ACTE_SUP", known, "IDSUP")
    ]
    EasementLink.objects.bulk_create(links, BATCH, ignore_conflicts=True)
    run_statement(SINCE, delivery=whole.pk)
    return by_name


SINCE = """
    update planning_easement e set since_date = (
        select min(a.decided_date) from planning_easementlink l join planning_easementact a on a.id = l.act_id
        where l.easement_id = e.id)
    where e.delivery_id = %(delivery)s
"""


def act_of(row: Row, whole: EasementSet, known: Known, by_name: list[str]) -> EasementAct:
    piece = cnig.piece_name(row["FICHIER"])
    if not piece and f"{row['NOMACTE']}.pdf".lower() in known.documents:
        piece = f"{row['NOMACTE']}.pdf"
        by_name.append(row["NOMACTE"])
    return EasementAct(
        delivery=whole,
        idacte=row["IDACTE"],
        name=row["NOMACTE"] or row["IDACTE"],
        reference="" if row["REFERENCE"] == "inconnu" else row["REFERENCE"],
        type=row["TYPEACTE"],
        decision=row["DECISION"],
        decided_date=day_or_none(row["DATEDECIS"]),
        published_date=day_or_none(row["DATEPUB"]),
        piece=piece,
    )


def rows_by_name(work: Work, tables: Sequence[DeliveredTable], name: str, known: Known, identifier: str) -> list[Row]:
    """The rows of a table without geometry that the rules let in."""
    return [row for one in tables if one.table.name == name for row in read_table(work.loading(one, known, identifier))]


def load_places(work: Work, tables: Sequence[DeliveredTable], known: Known, easements: dict[str, int]) -> list[str]:
    """Generators, then footprints, which refer to them; returns the generators that none refers to."""
    categories = dict(Easement.objects.filter(pk__in=easements.values()).values_list("pk", "category"))
    of_generator: dict[str, int] = {}
    placed: set[str] = set()

    def generator(row: Row) -> Made:
        easement = of_generator[row["IDGEN"]] = easements[row["IDSUP"]]
        texts = (row["IDGEN"], categories[easement], row["NOMGEN"], row["TYPEGEN"])
        return easement, *texts, KINDS[str(row.table.letter)].value

    def footprint(row: Row) -> Made:
        easement = of_generator[row["IDGEN"]]
        placed.add(row["IDGEN"])
        texts = (row["IDASS"], categories[easement], row["NOMASS"], row["TYPEASS"])
        return easement, *texts, KINDS[str(row.table.letter)].value

    for one in tables:
        if one.table in standard.GENERATORS:
            load_table(work.loading(one, known, "IDGEN"), "planning_easementgenerator", GENERATOR_COLUMNS, generator)
        elif one.table in standard.FOOTPRINTS:
            load_table(work.loading(one, known, "IDASS"), "planning_easementfootprint", FOOTPRINT_COLUMNS, footprint)
    return [one for one in of_generator if one not in placed]


def missing(work: Work, whole: EasementSet, by_name: Sequence[str], generators: Sequence[str]) -> cnig.Easements:
    """What the tables of a set lack; where the import keeps to a territory, easements without a footprint in it go."""
    bare = whole.easements.filter(footprints=None)
    if work.area is not None:
        bare.delete()
    return cnig.Easements(
        without_footprint=tuple(bare.order_by("pk").values_list("name", flat=True)),
        without_act=tuple(whole.easements.filter(acts=None).order_by("pk").values_list("name", flat=True)),
        generators=tuple(generators),
        by_name=tuple(by_name),
        elsewhere=tuple(find_elsewhere(whole)),
    )


def find_elsewhere(whole: EasementSet) -> Iterator[tuple[str, int]]:
    """Other sets that hold easements of the same category and IDSUP, with how many; by name."""
    own = Easement.objects.filter(delivery=whole, category=OuterRef("category"), idsup=OuterRef("idsup"))
    same = Easement.objects.exclude(delivery=whole).filter(Exists(own))
    counts = same.values("delivery__code").annotate(count=Count("pk")).order_by("delivery__code")
    yield from counts.values_list("delivery__code", "count")
