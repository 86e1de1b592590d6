"""The numbered roads that there are."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from layers.features.display import display_number
from networks.roads.models import RoadAxis
from networks.roads.references import shown_route

MOST = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A carriageway of a numbered road: its markers, its kilometres, what its calibration found amiss, in words."""

    name: str
    carriageway: str
    kilometres: float
    markers: int
    first: int | None
    last: int | None
    amiss: list[str]
    stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeRoad:
    """Where a numbered road lies, a section in its middle, and its first and last marker."""

    bbox_4326: tuple[float, float, float, float]
    section: int
    first: int | None
    last: int | None


WHOLE = """
    with here as materialized (select id, geom from road_section where route = %(route)s),
    whole as (select st_setsrid(st_extent(geom)::geometry, 2154) as box from here),
    seen as (select st_transform(box, 4326) as box from whole)
    select st_xmin(box), st_ymin(box), st_xmax(box), st_ymax(box),
        (select h.id from here h, whole w order by h.geom <-> st_centroid(w.box), h.id limit 1),
        (select min(number) from road_marker where route = %(route)s),
        (select max(number) from road_marker where route = %(route)s)
    from seen where box is not null
"""


def whole_road(route: str) -> WholeRoad | None:
    """None for a number that no section bears."""
    with connection.cursor() as cursor:
        cursor.execute(WHOLE, {"route": route})
        row = cursor.fetchone()
    if row is None:
        return None
    west, south, east, north, section, first, last = row
    return WholeRoad(bbox_4326=(west, south, east, north), section=section, first=first, last=last)


def routes() -> list[Route]:
    """By number, at most 2,000."""
    found = RoadAxis.objects.annotate(
        markers=Count("marks"), first=Min("marks__number"), last=Max("marks__number")
    ).order_by("route", "carriageway")[:MOST]
    return [
        Route(
            name=shown_route(one.route),
            carriageway=one.carriageway,
            kilometres=one.length_m / 1000,
            markers=one.markers,
            first=one.first,
            last=one.last,
            amiss=fault_words(one.faults),
            stale=one.stale,
        )
        for one in found
    ]


def fault_words(faults: dict[str, Any]) -> list[str]:
    """What a calibration found, in words, counted."""
    told = []
    if faults.get("unmeasured"):
        told.append(_("fewer than two of its markers stand on its sections"))
    if count := len(faults.get("astray", ())):
        words = ngettext("%(count)s marker more than 50 m from the road",
                         "%(count)s markers more than 50 m from the road", count)  # fmt: skip
        told.append(words % {"count": count})
    if count := len(faults.get("doubled", ())):
        words = ngettext("%(count)s marker whose number another one has",
                         "%(count)s markers whose number another one has", count)  # fmt: skip
        told.append(words % {"count": count})
    if gaps := faults.get("gaps", ()):
        words = ngettext("%(count)s gap (%(metres)s m)", "%(count)s gaps (%(metres)s m in all)", len(gaps))
        told.append(words % {"count": len(gaps), "metres": display_number(sum(one[1] for one in gaps), 0)})
    if count := len(faults.get("twice", ())):
        words = ngettext("%(count)s section that is run over twice (a marker stands wrongly)",
                         "%(count)s sections that are run over twice (a marker stands wrongly)", count)  # fmt: skip
        told.append(words % {"count": count})
    if count := len(faults.get("aside", ())):
        words = ngettext("%(count)s section that is not measured", "%(count)s sections that are not measured", count)
        told.append(words % {"count": count})
    return told
