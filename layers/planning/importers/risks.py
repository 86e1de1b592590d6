"""Risk prevention plans (PPRN, PPRT, PPRM) of the CNIG standard: procedure, state, zones of the regulation."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop

from gis_core.database import clock as database_clock
from layers.intake.reference_source import Order
from layers.intake.report import FileReport, ImportReport
from layers.planning import cnig, standard
from layers.planning.cnig import Known, Row
from layers.planning.importers import comparing, delivery
from layers.planning.importers.delivery import DeliveredTable, Folder, refuse_delivery
from layers.planning.importers.flow import Kind, Work, import_deliveries
from layers.planning.importers.staging import Made, address, day_or_none, load_table, read_table, subcode
from layers.planning.models import RiskPlan, RiskZone
from layers.planning.sources import RISK_LAYERS

TABLES = ("planning_riskplan", "planning_riskzone")
ZONE_NAMES = tuple(one.name for one in standard.RISK_ZONES)
ZONE_COLUMNS = ("plan_id", "idzone", "code", "name", "typereglement", "nature")


def import_risks(order: Order) -> ImportReport:
    """Read and load risk plans; the plan of the same procedure is replaced."""
    return import_deliveries(order, Kind("risks", TABLES, RISK_LAYERS, load_plans))


def load_plans(work: Work, folder: Folder, file: FileReport) -> None:
    """The plans of one delivery. Raises FindingRefused when a rule refuses it as a whole."""
    tables, unexpected = delivery.find_tables(folder, standard.ppr_table, work.reader, work.report)
    refuse_delivery(cnig.findings(delivery_facts(folder, tables, unexpected)), file)
    known = Known()
    procedures = read_plan_rows(work, tables, "PROCEDURE", known)
    codes = sorted({row["CODEPROCEDURE"] for row in procedures})
    before = {code: content_of(code) for code in codes}
    plans = {row["CODEPROCEDURE"]: begin(work, row) for row in procedures}
    for row in states(work, tables, known):
        plan = plans[row["CODEPROCEDURE"]]
        plan.state, plan.state_date = row["ETATPROCEDURE"][:40], day_or_none(row["DATEETAT"])
    for row in read_plan_rows(work, tables, "REFERENCEINTERNET", known):
        plans[row["CODEPROCEDURE"]].url = address(row["ADRESSE"])
    for plan in plans.values():
        plan.save()
        work.note_date(plan.state_date)
        facts = cnig.Risks(code=plan.code, state=plan.state, dated=plan.state_date)
        refuse_delivery(cnig.findings(facts), file)
    load_zones(work, tables, known, {code: plan.pk for code, plan in plans.items()})
    if not any(one.report.loaded for one in tables if one.table in standard.RISK_ZONES):
        refuse_delivery(iter([cnig.Finding(0, None, "fichier-obligatoire", {"name": " / ".join(ZONE_NAMES)})]), file)
    for code in codes:
        work.compare(file, code, before[code], content_of(code))


def content_of(code: str) -> dict[str, list[comparing.Row]]:
    """The zones of the plan of a procedure."""
    zones = RiskZone.objects.filter(plan__code=code)
    return {gettext_noop("zones of the regulation"): comparing.rows_by_key(zones, ("idzone", "code", "nature"))}


def delivery_facts(folder: Folder, tables: Sequence[DeliveredTable], unexpected: Sequence[str]) -> cnig.Delivery:
    return cnig.Delivery(
        name=folder.name,
        pattern=cnig.ANY_NAME,
        tables=frozenset(one.table.name for one in tables),
        wanted=(("PROCEDURE",), ZONE_NAMES),
        recommended=(("PERIMETRE_S",),),
        documents=frozenset(),
        unexpected=tuple(unexpected),
        documents_wanted=False,
    )


def read_plan_rows(work: Work, tables: Sequence[DeliveredTable], name: str, known: Known) -> list[Row]:
    return [
        row for one in tables if one.table.name == name for row in read_table(work.loading(one, known, "CODEPROCEDURE"))
    ]


def states(work: Work, tables: Sequence[DeliveredTable], known: Known) -> list[Row]:
    """The rows of the perimeter, of which only the state and its date are kept."""
    return read_plan_rows(work, tables, "PERIMETRE_S", known)


def begin(work: Work, row: Row) -> RiskPlan:
    """The plan, emptied: all of it, or what lies in the territory that the import keeps to."""
    plan, _made = RiskPlan.objects.update_or_create(
        code=row["CODEPROCEDURE"],
        defaults={
            "name": row["LIBELLEPROCEDURE"] or row["CODEPROCEDURE"],
            "type": row["TYPEPROCEDURE"][:20],
            "state": "",
            "state_date": None,
            "url": "",
            "imported_at": database_clock.now(),
        },
    )
    inside = plan.zones.all() if work.area is None else plan.zones.filter(geom__intersects=work.area)
    inside.delete()
    return plan


def load_zones(work: Work, tables: Sequence[DeliveredTable], known: Known, plans: dict[str, int]) -> None:
    natures = {f"ZONEREGLEMENTAIRE{name}_S": nature for name, nature in standard.RISK_NATURES.items()}

    def zone(row: Row) -> Made:
        texts = (row["IDZONEREGLEMENTAIRE"], row["CODEZONEREGLEMENT"], row["LIBELLEZONEREGLEMENT"])
        return plans[row["CODEPROCEDURE"]], *texts, subcode(row["TYPEREGLEMENT"]), natures[row.table.name]

    for one in tables:
        if one.table in standard.RISK_ZONES:
            load_table(work.loading(one, known, "CODEZONEREGLEMENT"), "planning_riskzone", ZONE_COLUMNS, zone)
