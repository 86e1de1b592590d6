"""What a member chooses for its files, and its teams; for its administrators."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Invalid, NotFound
from gis_core.members.organisations import get_administered_member
from gis_core.members.rights import Rights, Role
from gis_core.models import Member
from permits.acts.numbering import NumberPattern
from permits.models import Settings, Team
from permits.services.filing import instructors_of

READERS = (Role.PERMIT_INSTRUCTOR, Role.TOWN_HALL)
"""Who reads applicants where a member has not chosen (`arpent.reads_applicants`)."""
LONGEST_NAME = 80
MOST_YEARS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    series: str
    applicant_roles: Sequence[str]
    applicant_years: int
    public_register: bool
    act_pattern: str = ""


def settings_of(member: Member) -> Settings:
    """The member's settings, those of everybody where it has not chosen."""
    settings = Settings.objects.filter(member=member).first()
    return settings or Settings(member=member, applicant_roles=[str(role) for role in READERS])


def choose(slug: str, choice: Choice, rights: Rights) -> None:
    """Keep what a member chose: its series of numbers, who reads applicants, how many years, how acts are numbered.

    Raises Forbidden, NotFound, Invalid.
    """
    member = get_administered_member(rights=rights, slug=slug)
    if not (len(choice.series) == 1 and choice.series.isascii() and choice.series.isalnum()):
        raise Invalid(_("A series is one digit or capital letter."), parameter="series")
    if unknown := set(choice.applicant_roles) - set(Role.values):
        raise Invalid(_("“%(name)s” is no role.") % {"name": unknown.pop()}, parameter="applicant_roles")
    if not 0 <= choice.applicant_years <= MOST_YEARS:
        raise Invalid(_("0 to %(most)s years.") % {"most": MOST_YEARS}, parameter="applicant_years")
    given = asdict(choice) | {"series": choice.series.upper(), "applicant_roles": list(choice.applicant_roles)}
    given["act_pattern"] = NumberPattern.parse(choice.act_pattern).text if choice.act_pattern.strip() else ""
    Settings.objects.update_or_create(member=member, defaults=given)


# -- teams ------------------------------------------------------------------------------------------------------------


def team_of(slug: str, team_id: int, rights: Rights) -> Team:
    """A team of a member that the user administers. Raises Forbidden, NotFound."""
    member = get_administered_member(rights=rights, slug=slug)
    team = Team.objects.filter(member=member, pk=team_id).select_related("member").first()
    if team is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return team


def make_team(slug: str, name: str, rights: Rights) -> Team:
    """Make a team of a member that the user administers. Raises Forbidden, NotFound, Invalid, Conflict."""
    member = get_administered_member(rights=rights, slug=slug)
    team = Team(member=member)
    rename(team, name)
    return team


@transaction.atomic
def change_team(slug: str, team_id: int, name: str, people: Sequence[str], rights: Rights) -> None:
    """Rename a team and choose who is in it.

    Raises Forbidden, NotFound, Invalid (somebody who does not instruct there), Conflict (the name is taken).
    """
    team = team_of(slug, team_id, rights)
    allowed = {str(one.user_id): one.user_id for one in instructors_of(team.member)}
    if not set(people) <= allowed.keys():
        message = _("Somebody chosen does not instruct for %(member)s.")
        raise Invalid(message % {"member": team.member}, parameter="people")
    rename(team, name)
    team.people.set([allowed[one] for one in people])


def remove_team(slug: str, team_id: int, rights: Rights) -> None:
    """Its files stay with who instructs them. Raises Forbidden, NotFound."""
    team_of(slug, team_id, rights).delete()


def rename(team: Team, name: str) -> None:
    team.name = " ".join(name.split())[:LONGEST_NAME]
    if not team.name:
        raise Invalid(_("Give the team a name."), parameter="name")
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError as error:
        raise Conflict(_("There is a team of this name already."), parameter="name") from error
