"""The numbered roads that there are."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Min

from networks.roads.models import RoadAxis
from networks.roads.references import shown_route

MOST = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A carriageway of a numbered road: its markers, its kilometres, what its calibration found amiss."""

    name: str
    carriageway: str
    kilometres: float
    markers: int
    first: int | None
    last: int | None
    faults: dict[str, Any]
    stale: bool


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
            faults=one.faults,
            stale=one.stale,
        )
        for one in found
    ]
