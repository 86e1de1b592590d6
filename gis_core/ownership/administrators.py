"""Who administers members and the agency, before and after accounts and roles are erased."""

from __future__ import annotations

from dataclasses import dataclass

from gis_core.database.statements import fetch_all
from gis_core.errors import Conflict
from gis_core.models import Member


@dataclass(frozen=True, slots=True)
class Administrator:
    """A role by which somebody can administer a member, or the agency too; `stays` where it has no last day."""

    user: int
    member: int
    agency: bool
    stays: bool


def administrators() -> set[Administrator]:
    return {
        Administrator(*row)
        for row in fetch_all(
            "select m.user_id, m.member_id, m.role = 'agency_administrator', m.last_date is null"
            " from gis_core_membership m join gis_core_user u on u.id = m.user_id"
            " where m.role in ('agency_administrator', 'gis_administrator')"
            " and arpent.in_force(m.accepted_at, m.last_date) and u.is_active and u.kind = 'person'"
        )
    }


def check_administrators_stay(former: set[Administrator]) -> None:
    """Whom an administrator leaves has another one, without a last day. Raises Conflict."""
    now = administrators()
    gone, stay = former - now, [one for one in now if one.stays]
    if any(one.agency for one in gone) and not any(one.agency for one in stay):
        raise Conflict("C'est le dernier administrateur de l'agence : donnez d'abord ce rôle à quelqu'un d'autre.")
    if left := {one.member for one in gone} - {one.member for one in stay}:
        names = ", ".join(Member.objects.filter(pk__in=left).order_by("name").values_list("name", flat=True))
        raise Conflict(f"C'est le dernier administrateur de {names} : donnez d'abord ce rôle à quelqu'un d'autre.")
