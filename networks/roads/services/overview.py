"""The numbered roads that there are."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_core.database.statements import fetch_all
from layers.features.display import display_number
from networks.roads.models import RoadAxis
from networks.roads.references import Road

MOST = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A carriageway of a numbered road: its markers, its kilometres, what its calibration found amiss, in words."""

    name: str
    slug: str
    carriageway: str
    kilometres: float
    markers: int
    first: int | None
    last: int | None
    amiss: list[str]
    stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeRoad:
    """Where a numbered road of one Département lies, a section in its middle, and its first and last marker."""

    department: str
    bbox_4326: tuple[float, float, float, float]
    section: int
    first: int | None
    last: int | None


WHOLE = """
    with here as materialized (select id, geom, department from road_section where route = %(route)s),
    whole as (select department, st_setsrid(st_extent(geom)::geometry, 2154) as box from here group by department),
    marked as (select department, min(number) as first, max(number) as last from road_marker
        where route = %(route)s group by department)
    select w.department, st_xmin(seen), st_ymin(seen), st_xmax(seen), st_ymax(seen),
        (select h.id from here h where h.department = w.department
            order by h.geom <-> st_centroid(w.box), h.id limit 1),
        m.first, m.last
    from whole w left join marked m on m.department = w.department, st_transform(w.box, 4326) as seen
    order by w.department
"""


def whole_roads(route: str) -> list[WholeRoad]:
    """One for each Département that has a road of this number, among the sections that the asker sees."""
    rows = fetch_all(WHOLE, {"route": route})
    return [
        WholeRoad(department=department, bbox_4326=tuple(box), section=section, first=first, last=last)
        for department, *box, section, first, last in rows
    ]


def routes() -> list[Route]:
    """By number, at most 2,000."""
    rows = RoadAxis.objects.annotate(
        markers=Count("marks"), first=Min("marks__number"), last=Max("marks__number")
    ).order_by("route", "department", "carriageway")[:MOST]
    numbers = Counter(route for route, _department in {(one.route, one.department) for one in rows})
    return [
        Route(
            name=str(Road(one.route, one.department if numbers[one.route] > 1 else "")),
            slug=Road(one.route, one.department).slug,
            carriageway=one.carriageway,
            kilometres=one.length_m / 1000,
            markers=one.markers,
            first=one.first,
            last=one.last,
            amiss=describe_faults(one.faults),
            stale=one.stale,
        )
        for one in rows
    ]


def describe_faults(faults: Mapping[str, Any], label_of: Callable[[Sequence[int]], str] | None = None) -> list[str]:
    """What a calibration found, in words, counted; `label_of` tells of which markers, by their ids."""
    parts = []

    def which(ids: Sequence[int]) -> str:
        return f" ({label_of(ids)})" if label_of else ""

    if faults.get("unmeasured"):
        parts.append(_("fewer than two of its markers stand on its sections"))
    if count := len(ids := faults.get("astray", ())):
        message = ngettext("%(count)s marker more than 50 m from the road",
                         "%(count)s markers more than 50 m from the road", count)  # fmt: skip
        parts.append(message % {"count": count} + which(ids))
    if count := len(ids := faults.get("doubled", ())):
        message = ngettext("%(count)s marker whose number another one has",
                         "%(count)s markers whose number another one has", count)  # fmt: skip
        parts.append(message % {"count": count} + which(ids))
    if count := len(ids := [marker for marker, _section in faults.get("moved", ())]):
        message = ngettext("%(count)s marker put on another section than the nearest",
                         "%(count)s markers put on another section than the nearest", count)  # fmt: skip
        parts.append(message % {"count": count} + which(ids))
    if gaps := faults.get("gaps", ()):
        message = ngettext("%(count)s gap (%(metres)s m)", "%(count)s gaps (%(metres)s m in all)", len(gaps))
        parts.append(message % {"count": len(gaps), "metres": display_number(sum(one[1] for one in gaps), 0)})
    if count := len(faults.get("twice", ())):
        message = ngettext("%(count)s section that is run over twice (a marker stands wrongly)",
                         "%(count)s sections that are run over twice (a marker stands wrongly)", count)  # fmt: skip
        parts.append(message % {"count": count})
    if count := len(faults.get("aside", ())):
        message = ngettext("%(count)s section that is not measured", "%(count)s sections that are not measured", count)
        parts.append(message % {"count": count})
    return parts
