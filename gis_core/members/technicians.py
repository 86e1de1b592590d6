"""Who works on networks."""

from typing import Final

from gis_core.members.rights import Rights, Role
from gis_core.models import Member

TECHNICIANS: Final = frozenset({Role.NETWORK_TECHNICIAN, Role.GIS_ADMINISTRATOR})
"""Who changes a member's networks, and acts for it (the agency's administrator may all)."""


def works_on_networks(rights: Rights) -> bool:
    """Whether the user edits the networks of some member."""
    return rights.agency or not TECHNICIANS.isdisjoint(rights.roles.values())


def members_working(rights: Rights) -> list[Member]:
    """The members whose networks the user edits, by name."""
    members = Member.objects.all()
    if not rights.agency:
        members = members.filter(pk__in=[member for member, role in rights.roles.items() if role in TECHNICIANS])
    return list(members.order_by("name"))
