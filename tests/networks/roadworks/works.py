"""Roads of a member, and works on them; distances are from one corner."""

from datetime import date
from typing import Any

from django.contrib.gis.geos import LineString, MultiLineString, Point

from gis_core.models import Member
from networks.roads.models import RoadMarker, RoadSection
from networks.roads.services.calibrating import calibrate
from networks.roadworks.models import Work
from networks.roadworks.services import works
from tests import factories
from tests.networks.conftest import Network, Place, X, Y, along


def section(member: Member, *places: Place, **values: Any) -> RoadSection:
    with factories.as_worker():
        return RoadSection.objects.create(owner=member, geom=along(*places), **values)


def numbered_road(member: Member) -> None:
    """The D 2020 over 300 m eastward in three sections, the second digitised backwards; PR 12 at 10 m, 13 at 210 m."""
    for places in (((0, 50), (100, 50)), ((200, 50), (100, 50)), ((200, 50), (300, 50))):
        section(member, *places, route="D2020", name_left="Route d’Orléans", insee_left="45901", insee_right="45901")
    with factories.as_worker():
        for number, x in ((12, 10), (13, 210)):
            RoadMarker.objects.create(owner=member, route="D2020", number=number, geom=Point(X + x, Y + 52, srid=2154))
        calibrate("D2020")


def stretch(*places: Place) -> MultiLineString:
    return MultiLineString(LineString(along(*places).coords), srid=2154)


EVERYWHERE = ((0.0, 50.0), (100.0, 50.0))
FIRST, LAST = date(2026, 12, 7), date(2026, 12, 11)


def work(network: Network, *places: Place, who: str = "network_technician", **values: Any) -> Work:
    """Works on a stretch, planned for a week of December unless told otherwise."""
    given: dict[str, Any] = {"title": "Enrobés", "starts_on": FIRST, "ends_on": LAST, "state": "planned"}
    owner = network.other if who == "stranger" else network.member
    with network.as_(who):
        shape = stretch(*(places or EVERYWHERE))
        return works.make(owner=owner, rights=network.rights(who), geom=shape, **(given | values))
