"""What a person says of a side of a terrain, kept for their member."""

from datetime import date

import shapely
from django.contrib.gis.geos import LineString
from django.db import transaction
from django.utils.translation import gettext as _
from shapely.geometry import Point

from gis_core.errors import Forbidden, Invalid
from gis_core.members.rights import Rights
from gis_core.models import Member, User
from simulation.engine.sides import Kind, Side, lies_on
from simulation.models import SideCorrection
from simulation.services.keeping import INSTRUCTORS
from simulation.services.places import Place, place_of

REACH_M = 1.0
"""How far from a side a place may be to mean it."""


def may_correct(place: Place, rights: Rights) -> bool:
    """Whether the user may say what the sides of a terrain are."""
    return member_correcting(place, rights) is not None


def member_correcting(place: Place, rights: Rights) -> Member | None:
    """The member of whose territory the terrain is and for which the user enters rules; the first of several."""
    rows = Member.objects.visible_to(rights).filter(communes__insee__in=place.ground.insee).distinct()
    theirs = (one for one in rows.order_by("name") if rights.has_role(one.pk, INSTRUCTORS))
    return next(theirs, None)


def correct_parcel_side(
    idu: str, point: tuple[float, float], kind: Kind | None, day: date, *, user: User, rights: Rights
) -> Place:
    """Say what the side of a parcel at a place (x, y in EPSG:2154) is; None: as it is derived. The place as it is then.

    Raises NotFound (the parcel), Invalid (no side lies there) and Forbidden.
    """
    place = place_of([idu], day, rights)
    member = member_correcting(place, rights)
    if member is None:
        raise Forbidden(_("Your role does not let you say what the sides of a terrain are here."))
    side = side_at(place, Point(point))
    with transaction.atomic():
        drop_corrections(side, rights)
        if kind is not None and kind != (side.derived or side.kind):
            SideCorrection.objects.create(
                owner=member, insee=idu[:5], kind=kind.value, geom=geometry_of(side), changed_by=user
            )
    return place_of([idu], day, rights)


def side_at(place: Place, point: Point) -> Side:
    """The nearest side. Raises Invalid where none is near."""
    sides = place.plot.sides.sides
    side = min(sides, key=lambda one: one.line.distance(point), default=None)
    if side is None or side.line.distance(point) > REACH_M:
        raise Invalid(_("No side of this parcel lies there."), parameter="point")
    return side


def drop_corrections(side: Side, rights: Rights) -> None:
    """What was said of this side before, as far as the user may change it."""
    near = SideCorrection.objects.visible_to(rights).filter(geom__bboverlaps=geometry_of(side))
    theirs = [one for one in near if rights.has_role(one.owner_id, INSTRUCTORS)]
    again = [one.pk for one in theirs if lies_on(side, shapely.from_wkb(bytes(one.geom.wkb)))]
    SideCorrection.objects.filter(pk__in=again).delete()


def geometry_of(side: Side) -> LineString:
    return LineString(list(side.line.coords), srid=2154)
