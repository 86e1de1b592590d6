"""Where a member's territory lies."""

from django.contrib.gis.db.models import Extent
from django.contrib.gis.geos import Polygon
from django.db.models import QuerySet

from gis_core.models import Commune, Member

# Metropolitan France, for a platform without any commune yet.
WHOLE_4326 = (-5.2, 41.3, 9.6, 51.1)
DECIMALS = 7


def with_extent(members: QuerySet[Member]) -> QuerySet[Member]:
    """The members with the extent of their territory (`extent_2154`), in one query however many they are."""
    return members.annotate(extent_2154=Extent("communes__geom"))


def extent_4326(*members: Member | None) -> list[float]:
    """[west, south, east, north] of the members' communes; of all communes where they have none (an agency may be no
    territory of its own) or none are given; France's on an empty platform."""
    given = [member for member in members if member]
    bbox_2154 = getattr(given[0], "extent_2154", None) if len(given) == 1 else None
    if bbox_2154 is None:
        communes = Commune.objects.filter(territories__member__in=given) if given else Commune.objects.all()
        bbox_2154 = communes.order_by().aggregate(extent=Extent("geom"))["extent"]
    if bbox_2154 is None and given:
        bbox_2154 = Commune.objects.order_by().aggregate(extent=Extent("geom"))["extent"]
    if bbox_2154 is None:
        return list(WHOLE_4326)
    box = Polygon.from_bbox(bbox_2154)
    box.srid = 2154
    box.transform(4326)
    return [round(value, DECIMALS) for value in box.extent]
