"""Members as a user may see them."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gis_core.database.rows import first_of
from gis_core.errors import Forbidden
from gis_core.members.rights import ADMINISTRATORS, Rights
from gis_core.models import Member, Territory


def member_seen_by(*, rights: Rights, slug: str) -> Member:
    """One of the user's members; NotFound for any other, whether it exists or not."""
    return first_of(Member.objects.visible_to(rights).filter(slug=slug))


def get_administered_member(*, rights: Rights, slug: str) -> Member:
    """A member whose people the user manages; Forbidden where another role sees it, NotFound where none does."""
    member = member_seen_by(rights=rights, slug=slug)
    if not rights.has_role(member.pk, ADMINISTRATORS):
        raise Forbidden(_("Only an administrator of this member manages its people."))
    return member


def partners(rights: Rights) -> QuerySet[Member]:
    """Whom the user may share with: the members on the same communes; any for the agency."""
    if rights.agency:
        return Member.objects.order_by("name")
    communes = Territory.objects.filter(member_id__in=rights.list_administered_ids()).values("commune_id")
    return Member.objects.filter(territories__commune_id__in=communes).distinct().order_by("name")
