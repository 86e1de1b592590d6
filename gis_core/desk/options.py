"""What filters of several lists offer: members, communes, years."""

from django.db.models import QuerySet

from gis_core.database import clock as database_clock
from gis_core.members.rights import Rights
from gis_core.models import Commune, Member

YEARS_BACK = 20


def member_options(rights: Rights) -> list[tuple[str, str]]:
    """Slug and name of each member that the user sees."""
    return list(Member.objects.visible_to(rights).order_by("name").values_list("slug", "name"))


def communes_of(rights: Rights) -> QuerySet[Commune]:
    """The communes of the user's members and town halls; for the agency, those of all members."""
    if rights.agency:
        return Commune.objects.filter(territories__isnull=False).distinct()
    own = Commune.objects.filter(territories__member__in=rights.members()).values("insee")
    return Commune.objects.filter(insee__in=own) | Commune.objects.filter(insee__in=list(rights.town_insee))


def member_commune_options(_rights: Rights) -> list[tuple[str, str]]:
    """INSEE code and name of each commune of a member, whoever asks."""
    communes = Commune.objects.filter(territories__isnull=False).distinct().order_by("name")
    return list(communes.values_list("insee", "name"))


def commune_options(rights: Rights) -> list[tuple[str, str]]:
    """INSEE code and name of each commune of `communes_of`."""
    return list(communes_of(rights).order_by("name").values_list("insee", "name"))


def year_options(years: int = YEARS_BACK) -> list[tuple[str, str]]:
    """This year and those before it."""
    this_year = database_clock.today().year
    return [(str(year), str(year)) for year in range(this_year, this_year - years, -1)]
