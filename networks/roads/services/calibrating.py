"""The axes of numbered roads, made of their sections and markers and kept for those who ask for places."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, Literal

import shapely
from django.contrib.gis.geos import LineString, Point
from django.db import connection, transaction

from networks.roads.axis import Axis, Marker, Section, build
from networks.roads.models import RoadAxis, RoadAxisMark, RoadAxisPart, RoadMarker, RoadSection

TRAFFIC: Final[dict[str, Literal[-1, 0, 1]]] = {"forward": 1, "backward": -1}
OTHER: Final = {"D": "G", "G": "D"}


def calibrate(route: str) -> list[Axis]:
    """Make the axes of a road anew; it has none without two markers on it. As the worker."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended('arpent road ' || %s, 0))", [route])
        RoadAxis.objects.filter(route=route).delete()
        made = list(axes_of(route))
        for carriageway, axis in made:
            keep(route, carriageway, axis)
        if not made and RoadMarker.objects.filter(route=route).exists():
            # Kept so that it is not tried again before it changes.
            RoadAxis.objects.create(route=route, carriageway="U", length_m=0, faults={"unmeasured": True})
    return [axis for _carriageway, axis in made]


def calibrate_stale() -> list[str]:
    """Every road that has markers and no axis, or one that is stale."""
    routes = stale_routes()
    for route in routes:
        calibrate(route)
    return routes


STALE: Final = """
    select route from road_axis where stale
    union
    select m.route from road_marker m
    where not exists (select from road_axis a where a.route = m.route)
        and exists (select from road_section s where s.route = m.route)
    group by m.route having count(distinct m.number) > 1
    order by 1
"""


def stale_routes() -> list[str]:
    """Roads to measure: changed since, or with markers and sections and no axis yet."""
    with connection.cursor() as cursor:
        cursor.execute(STALE)
        return [route for (route,) in cursor.fetchall()]


def axes_of(route: str) -> Iterator[tuple[str, Axis]]:
    """One of a single carriageway; of a road with two, one for each: where it has one they run over the same."""
    markers = list(RoadMarker.objects.filter(route=route).only("carriageway", "number", "geom").order_by("pk"))
    return axes_over(route, markers)


def axes_with(route: str, placed: Iterable[tuple[int, str, tuple[float, float]]]) -> dict[str, Axis]:
    """The axes that a road would have with these markers: number, carriageway, place."""
    markers = [
        RoadMarker(pk=rank, number=number, carriageway=side, geom=Point(*place, srid=2154))
        for rank, (number, side, place) in enumerate(placed)
    ]
    return dict(axes_over(route, markers))


def axes_over(route: str, markers: Sequence[RoadMarker]) -> Iterator[tuple[str, Axis]]:
    sections = list(RoadSection.objects.filter(route=route).only("carriageway", "traffic_way", "geom").order_by("pk"))
    sides = ("D", "G") if any(one.carriageway != "U" for one in sections) else ("U",)
    for side in sides:
        own = [one for one in sections if one.carriageway in ("U", side)]
        axis = build([section_of(one) for one in own], list(markers_for(markers, side)))
        if axis.parts:
            yield side, axis


def section_of(row: RoadSection) -> Section:
    return Section(id=row.pk, line=shapely.from_wkb(bytes(row.geom.wkb)), traffic=TRAFFIC.get(row.traffic_way, 0))


def markers_for(rows: Iterable[RoadMarker], side: str) -> Iterator[Marker]:
    """Those of a carriageway; of a number that it has none of, the one opposite. A road whose sections are not told
    apart has those of both sides.
    """
    mine: dict[int, RoadMarker] = {}
    for wanted in (OTHER.get(side, "G"), "U" if side != "U" else "D", side):
        mine |= {one.number: one for one in rows if one.carriageway == wanted}
    for one in mine.values():
        yield Marker(id=one.pk, number=one.number, place=shapely.from_wkb(bytes(one.geom.wkb)))


def keep(route: str, carriageway: str, axis: Axis) -> None:
    faults: dict[str, Any] = {
        "astray": axis.astray,
        "doubled": axis.doubled,
        "aside": axis.aside,
        "twice": axis.twice,
        "gaps": [[round(one.at_m, 1), round(one.metres, 1)] for one in axis.gaps],
    }
    made = RoadAxis.objects.create(
        route=route,
        carriageway=carriageway,
        length_m=axis.parts[-1].end_m - axis.parts[0].start_m,
        faults={name: told for name, told in faults.items() if told},
    )
    RoadAxisPart.objects.bulk_create(
        RoadAxisPart(axis=made, section_id=one.section, start_m=one.start_m, end_m=one.end_m,
                     geom=LineString(shapely.get_coordinates(one.line), srid=2154))
        for one in axis.parts
    )  # fmt: skip
    following = [*axis.marks[1:], None]
    RoadAxisMark.objects.bulk_create(
        RoadAxisMark(axis=made, marker_id=one.marker, number=one.number, at_m=one.at_m,
                     next_number=after.number if after else None, next_m=after.at_m if after else None)
        for one, after in zip(axis.marks, following, strict=True)
    )  # fmt: skip
    assert all(one.at_m <= other.at_m for one, other in pairwise(axis.marks))
