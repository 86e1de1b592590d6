"""Where a member's territory lies."""

from django.contrib.gis.db.models import Extent
from django.contrib.gis.geos import Polygon

from gis_core.models import Commune, Member

# Metropolitan France, for a platform without any commune yet.
WHOLE_4326 = (-5.2, 41.3, 9.6, 51.1)
DECIMALS = 7


def extent_4326(member: Member | None = None) -> list[float]:
    """[west, south, east, north] of a member's communes, or of all communes; France's when there are none."""
    communes = Commune.objects.order_by()
    if member is not None:
        communes = communes.filter(territories__member=member)
    bbox_2154 = communes.aggregate(extent=Extent("geom"))["extent"]
    if bbox_2154 is None:
        return list(WHOLE_4326)
    box = Polygon.from_bbox(bbox_2154)
    box.srid = 2154
    box.transform(4326)
    return [round(value, DECIMALS) for value in box.extent]
