"""What is recorded of nodes that are inspected, hydrants and manholes alike: by whom, struck out where it was wrong."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.database import clock as database_clock
from gis_core.database.statements import execute
from gis_core.desk.journal import strike_out
from gis_core.errors import Forbidden, Invalid, NotFound
from gis_core.members.organisations import member_seen_by
from gis_core.members.rights import Rights
from gis_core.members.technicians import TECHNICIANS
from gis_core.models import Member
from layers.features.display import display_number
from networks.water.models import HydrantInspection, HydrantUnavailability, ManholeInspection

EARLIEST = date(1950, 1, 1)
LONGEST_NAME, LONGEST_REMARK = 120, 1000


def may_record(member_id: int, rights: Rights) -> bool:
    """Who records inspections of a member's nodes, and chooses the months between them."""
    return rights.has_role(member_id, TECHNICIANS)


def member_to_set(slug: str, rights: Rights) -> Member:
    """The member, for whoever may change its settings. Raises NotFound, Forbidden."""
    member = member_seen_by(rights=rights, slug=slug)
    if not may_record(member.pk, rights):
        raise Forbidden(_("Your role does not let you change these settings."))
    return member


def about(node: Any, rights: Rights) -> dict[str, Any]:
    """What every row about a node says of it, but for its id."""
    return {
        "owner_id": node.owner_id,
        "shared_with": node.shared_with,
        "reference": node.reference or "",
        "recorded_by_id": rights.user_id,
    }


def check_day(day: date, parameter: str) -> None:
    """Refuse a day that is still to come, or long before any network was inspected. Raises Invalid."""
    if day > database_clock.today():
        raise Invalid(_("This day is still to come: record what was done."), parameter=parameter)
    if day < EARLIEST:
        raise Invalid(_("Check the year."), parameter=parameter)


def check_between(value: float | None, least: float, most: float, parameter: str) -> None:
    """Refuse a number beyond its limits. Raises Invalid."""
    if value is not None and not least <= value <= most:
        limits = {"least": display_number(least, 2), "most": display_number(most, 0)}
        raise Invalid(_("Between %(least)s and %(most)s.") % limits, parameter=parameter)


def strike_inspection[Row: (HydrantInspection, ManholeInspection)](
    model: type[Row], pk: int, reason: str, rights: Rights, **node: int
) -> Row:
    """Strike out a wrong inspection of a node: it counts no more. Raises NotFound, Invalid, Conflict."""
    wrong = model.objects.select_for_update().filter(pk=pk, **node).first()
    if wrong is None:
        raise NotFound(_("There is no such inspection."))
    strike_out(
        wrong,
        reason,
        rights,
        struck_already=_("This inspection is struck out already."),
        unexplained=_("Say why it is struck out."),
        reason_field="strike_reason",
    )
    return wrong


REBIND = """
    update {table} kept set {column} = node.id from {nodes} node
    where kept.owner_id = %(owner)s and node.owner_id = kept.owner_id and node.kind = %(kind)s
      and kept.reference <> '' and node.reference = kept.reference
      and not exists (select from {nodes} former where former.id = kept.{column})
"""
RECORDED = (
    (HydrantInspection, "hydrant", "water_node"),
    (HydrantUnavailability, "hydrant", "water_node"),
    (ManholeInspection, "manhole", "sewer_node"),
)
"""What is recorded of nodes: the column that has the node's id is called as the kind of the node."""


def rebind(owner_id: int) -> int:
    """Give what was recorded of hydrants and manholes that are gone to those of the same reference, after an import
    that made the network anew; how many rows."""
    changed = 0
    for model, kind, nodes in RECORDED:
        names = {"table": model._meta.db_table, "column": kind, "nodes": nodes}
        statement = sql.SQL(REBIND).format(**{name: sql.Identifier(value) for name, value in names.items()})
        changed += execute(statement, {"owner": owner_id, "kind": kind})
    return changed
