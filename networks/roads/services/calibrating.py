"""The axes of numbered roads, made of their sections and markers and kept for those who ask for places."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, Literal

import shapely
from django.contrib.gis.geos import LineString, Point
from django.db import transaction

from gis_core.database.statements import execute, fetch_all
from networks.roads.axis import REACH_M, Axis, Marker, Section, build
from networks.roads.models import RoadAxis, RoadAxisMark, RoadAxisPart, RoadMarker, RoadSection
from networks.roads.references import Road

TRAFFIC: Final[dict[str, Literal[-1, 0, 1]]] = {"forward": 1, "backward": -1}
REVERSED: Final[dict[str, Literal[-1, 0, 1]]] = {"forward": -1, "backward": 1}
OTHER: Final = {"D": "G", "G": "D"}
type Moved = Mapping[str, Mapping[int, int]]
"""By carriageway the markers that were put on another section than the nearest, with this one."""


def calibrate(route: str, department: str | None = None) -> list[Axis]:
    """Make the axes of a road anew, of all Départements without one; it has none without two markers on it. As the
    worker.
    """
    roads = roads_numbered(route) if department is None else [Road(route, department)]
    return [axis for road in roads for axis in calibrate_one(road)]


def roads_numbered(route: str) -> list[Road]:
    """In each Département that has one."""
    results = (model.objects.filter(route=route) for model in (RoadAxis, RoadMarker, RoadSection))
    return [
        Road(route, one)
        for one in sorted({one for rows in results for one in rows.values_list("department", flat=True).distinct()})
    ]


def with_department(road: Road) -> Road:
    """As people are told of it: with its Département where another one has a road of this number."""
    others = RoadMarker.objects.filter(route=road.route).exclude(department=road.department)
    return road if others.exists() else Road(road.route)


def calibrate_one(road: Road) -> list[Axis]:
    with transaction.atomic():
        execute("select pg_advisory_xact_lock(hashtextextended('arpent road ' || %s, 0))", [road.route])
        RoadAxis.objects.filter(**road._asdict()).delete()
        made = list(axes_of(road))
        for carriageway, axis in made:
            keep(road, carriageway, axis)
        if not made and RoadMarker.objects.filter(**road._asdict()).exists():
            # Kept so that it is not tried again before it changes.
            RoadAxis.objects.create(**road._asdict(), carriageway="U", length_m=0, faults={"unmeasured": True})
    return [axis for _carriageway, axis in made]


STALE: Final = """
    select route, department from road_axis where stale
    union
    select m.route, m.department from road_marker m
    where not exists (select from road_axis a where a.route = m.route and a.department = m.department)
        and exists (select from road_section s where s.route = m.route and s.department = m.department)
    group by m.route, m.department having count(distinct m.number) > 1
    order by 1, 2
"""


def stale_roads() -> list[Road]:
    """Roads to measure: changed since, or with markers and sections and no axis yet."""
    return [Road(*row) for row in fetch_all(STALE)]


def leave_stale(roads: Collection[Road]) -> None:
    """These are measured within the next minutes."""
    execute(
        "select arpent.road_changed(route, department) from unnest(%s::text[], %s::text[]) as road(route, department)",
        [[one.route for one in roads], [one.department for one in roads]],
    )


def axes_of(road: Road, moved: Moved | None = None, first: str = "D") -> Iterator[tuple[str, Axis]]:
    """One of a single carriageway; of a road with two, one for each: where it has one they run over the same."""
    markers = list(RoadMarker.objects.filter(**road._asdict()).only("carriageway", "number", "geom").order_by("pk"))
    return axes_over(road, markers, moved, first)


def axes_now(road: Road, first: str = "D") -> Iterator[tuple[str, Axis]]:
    """Of a road that changed since it was measured, for a question, one carriageway before the other: markers stand
    where they were put then.
    """
    kept = RoadAxis.objects.filter(**road._asdict()).values_list("carriageway", "faults")
    return axes_of(road, {side: dict(faults.get("moved", ())) for side, faults in kept}, first)


def axes_with(road: Road, placed: Iterable[tuple[int, str, tuple[float, float]]]) -> dict[str, Axis]:
    """The axes that a road would have with these markers: number, carriageway, place."""
    markers = [
        RoadMarker(pk=rank, number=number, carriageway=side, geom=Point(*place, srid=2154))
        for rank, (number, side, place) in enumerate(placed)
    ]
    return dict(axes_over(road, markers))


def axes_over(
    road: Road, markers: Sequence[RoadMarker], moved: Moved | None = None, first: str = "D"
) -> Iterator[tuple[str, Axis]]:
    """With `moved`, nobody searches for better places of markers (`axis.build`)."""
    rows = RoadSection.objects.filter(**road._asdict())
    sections = list(rows.only("carriageway", "traffic_way", "geom").order_by("pk"))
    sides = ("D", "G") if any(one.carriageway != "U" for one in sections) else ("U",)
    doubled = find_passed_over(markers, sides)
    for side in sorted(sides, key=lambda side: side != first):
        own = [one for one in sections if one.carriageway in ("U", side)]
        put = None if moved is None else moved.get(side, {})
        axis = build([section_of(one, side) for one in own], list(markers_for(markers, side)), put)
        axis.doubled = doubled
        if axis.parts:
            yield side, axis


def section_of(row: RoadSection, side: str = "U") -> Section:
    """The left carriageway is driven against its markers: where its axis runs is against the traffic."""
    ways = REVERSED if side == "G" else TRAFFIC
    return Section(id=row.pk, line=shapely.from_wkb(bytes(row.geom.wkb)), traffic=ways.get(row.traffic_way, 0))


def markers_for(rows: Iterable[RoadMarker], side: str) -> Iterator[Marker]:
    """Those of a carriageway; of a number that it has none of, the one opposite. A road whose sections are not told
    apart has those of both sides.
    """
    for one in one_of_each_number(rows, side).values():
        yield Marker(id=one.pk, number=one.number, place=shapely.from_wkb(bytes(one.geom.wkb)))


def one_of_each_number(rows: Iterable[RoadMarker], side: str) -> dict[int, RoadMarker]:
    """One of each number."""
    known = list(rows)
    chosen: dict[int, RoadMarker] = {}
    for wanted in (OTHER.get(side, "G"), "U" if side != "U" else "D", side):
        chosen |= {one.number: one for one in known if one.carriageway == wanted}
    return chosen


def find_passed_over(rows: Sequence[RoadMarker], sides: Iterable[str]) -> list[int]:
    """Markers that no axis stands on, for another one has their number; of two that face each other across a single
    carriageway one is enough.
    """
    chosen = [one_of_each_number(rows, side) for side in sides]
    used = {one.pk for each in chosen for one in each.values()}
    return [one.pk for one in rows if one.pk not in used and not any(face(one, each[one.number]) for each in chosen)]


def face(one: RoadMarker, other: RoadMarker) -> bool:
    sides = {one.carriageway, other.carriageway}
    return sides == {"D", "G"} and bool(one.geom.distance(other.geom) <= REACH_M)


def faults_of(axis: Axis) -> dict[str, Any]:
    """As they are kept."""
    faults = {
        "astray": axis.astray,
        "doubled": axis.doubled,
        "moved": list(axis.moved.items()),
        "aside": axis.aside,
        "twice": axis.twice,
        "gaps": [[round(one.at_m, 1), round(one.metres, 1)] for one in axis.gaps],
    }
    return {name: described for name, described in faults.items() if described}


def keep(road: Road, carriageway: str, axis: Axis) -> None:
    made = RoadAxis.objects.create(
        **road._asdict(),
        carriageway=carriageway,
        length_m=axis.parts[-1].end_m - axis.parts[0].start_m,
        faults=faults_of(axis),
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
