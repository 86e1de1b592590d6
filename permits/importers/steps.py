"""The steps of the import of a register, in the worker: as who asked for it, under the row policies."""

from typing import Any

from django.utils.translation import gettext as _

from gis_core.members.rights import ANONYMOUS, Rights, current_rights, under_policies
from gis_core.models import Member
from layers.intake.models import FileImport
from layers.intake.source import Plan, Progress, Report
from layers.intake.table import TableMapping
from layers.intake.tables import Table
from permits.importers.loading import Order, load, plan_import
from permits.models import Permit
from permits.procedure import INSTRUCTS

PREVIEWED_FILES = 8


def members_importing(rights: Rights) -> list[Member]:
    """The members for which the asker may import, by name."""
    members = Member.objects.all()
    if not rights.agency:
        members = members.filter(pk__in=[member for member, role in rights.roles.items() if role in INSTRUCTS])
    return list(members.order_by("name"))


def plan_register(made: FileImport, table: Table, mapping: TableMapping, progress: Progress) -> Plan:
    """What would come in: counts, the first files."""
    progress(None, _("Checking the rows"))
    with under_policies():
        plan = plan_import(order_for(made, table, mapping), PREVIEWED_FILES)
    first = [describe_file(permit) for _entry, permit, _events in plan.files[:PREVIEWED_FILES]]
    return Plan(plan={**plan.report.as_json(), "first": first}, findings=plan.report.findings)


def load_register(made: FileImport, table: Table, mapping: TableMapping, progress: Progress) -> Report:
    """Write the files that come in. Raises Invalid, Interrupted."""
    with under_policies():
        done = load(order_for(made, table, mapping), progress)
    return Report(report=done.as_json(), findings=done.findings)


def order_for(made: FileImport, table: Table, mapping: TableMapping) -> Order:
    rights = current_rights() or ANONYMOUS
    return Order(name=made.title, table=table, mapping=mapping, member=made.owner, rights=rights)


def describe_file(permit: Permit) -> dict[str, Any]:
    """A file that would come in, as the page shows it."""
    return {
        "number": str(permit),
        "kind": permit.kind,
        "filed": permit.filed_date.isoformat(),
        "state": permit.state,
        "tacit": permit.tacit,
        "parcels": [f"{idu[8:10]} {idu[10:]}" for idu in permit.idus],
        "description": permit.description,
    }
