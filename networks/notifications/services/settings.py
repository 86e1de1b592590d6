"""What a member chooses for its notices; for its administrators."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.members.organisations import get_administered_member
from gis_core.members.rights import Rights, Role
from gis_core.models import Member
from networks.notifications.models import Settings

READERS = (Role.NETWORK_TECHNICIAN, Role.GIS_ADMINISTRATOR)
"""Who reads contacts where a member has not chosen (`arpent.reads_contacts`)."""
MOST_YEARS, MOST_MONTHS = 20, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    reader_roles: Sequence[str]
    basis: str
    contact_years: int
    message_months: int


def settings_of(member: Member) -> Settings:
    """The member's settings, those of everybody where it has not chosen."""
    return settings_by_member([member])[member.pk]


def settings_by_member(members: Collection[Member]) -> dict[int, Settings]:
    """The settings of several members by member id, in one query."""
    kept = Settings.objects.in_bulk([one.pk for one in members], field_name="member_id")
    usual = [str(role) for role in READERS]
    return {one.pk: kept.get(one.pk) or Settings(member=one, reader_roles=usual) for one in members}


def choose(slug: str, choice: Choice, rights: Rights) -> None:
    """Keep what a member chose about its contacts: who reads them, legal basis, how long.

    Raises Forbidden, NotFound, Invalid.
    """
    member = get_administered_member(rights=rights, slug=slug)
    if unknown := set(choice.reader_roles) - set(Role.values):
        raise Invalid(_("“%(name)s” is no role.") % {"name": unknown.pop()}, parameter="reader_roles")
    if choice.basis not in Settings.Basis.values:
        raise Invalid(_("Choose a legal basis."), parameter="basis")
    for name, most in (("contact_years", MOST_YEARS), ("message_months", MOST_MONTHS)):
        if not 1 <= getattr(choice, name) <= most:
            raise Invalid(_("1 to %(most)s.") % {"most": most}, parameter=name)
    given = asdict(choice) | {"reader_roles": list(choice.reader_roles)}
    Settings.objects.update_or_create(member=member, defaults=given)
