"""Many assets placed by references at once, as the rows of a file give them: a few questions for all of them.

Each gets what `placing.place_asset` gives for it alone: where it stands, or why it cannot. Roads that changed and are
yet to be measured anew are not measured for a file.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from django.contrib.gis.geos import GEOSGeometry

from gis_core.database.statements import fetch_all
from gis_core.errors import ArpentError, Invalid, NotFound
from networks.roads.axis_places import SLACK_M
from networks.roads.references import Reference, Road
from networks.roads.services.placing import Beside, leftward_of, measuring_conflict, points, stretches
from networks.roads.services.referring import beyond_end, beyond_next, is_stale, not_there, road_among

BATCH: Final = 5_000
MARKERS: Final = """
    select m.route, m.department, array_agg(distinct m.number)
    from road_marker m where m.route = any(%(routes)s) group by 1, 2 order by 1, 2
"""
# As `referring.MARK`, END and PLACE do for one.
SPOTS: Final = """
    with asked as materialized (
        select * from unnest(%(routes)s::text[], %(departments)s::text[], %(numbers)s::int[], %(metres)s::float8[],
            %(sides)s::text[]) with ordinality g(route, department, number, metres, side, rank)
    ), mark as materialized (
        select distinct on (q.rank) q.rank, q.metres, a.id as axis, m.at_m, m.next_number, m.next_m,
            (select max(p.end_m) from road_axis_part p where p.axis_id = a.id) as end_m
        from asked q join road_axis a on a.route = q.route and a.department = q.department
            join road_axis_mark m on m.axis_id = a.id and m.number = q.number
        where a.carriageway <> 'G' or q.side in ('', 'G')
        order by q.rank, a.carriageway::text = q.side desc, array_position('{U,D,G}', a.carriageway::text)
    )
    select k.rank, k.at_m, k.next_number, k.next_m, k.end_m, f.section_id, st_x(f.place), st_y(f.place)
    from mark k, least(k.at_m + k.metres, k.end_m) as at, lateral (
        select p.section_id, st_lineinterpolatepoint(p.geom,
            greatest(0, least(1, (at - p.start_m) / nullif(p.end_m - p.start_m, 0)))) as place
        from road_axis_part p where p.axis_id = k.axis and p.end_m >= at
            and (k.metres > 0 or p.end_m > at + 0.000001 or p.end_m = k.end_m)
        order by p.end_m limit 1) f
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearLocation:
    """Where one is to stand: from `start`, of a stretch to `end`."""

    start: Reference
    end: Reference | None = None
    side: Beside = "on"
    distance_m: float = 0.0


class OnAxis(NamedTuple):
    section: int
    x: float
    y: float


type Placed = GEOSGeometry | ArpentError


def place_rows(what: str, query: Sequence[LinearLocation]) -> list[Placed]:
    """In their order: where each stands, or why it cannot."""
    results: list[Placed] = []
    for start in range(0, len(query), BATCH):
        results += place_batch(what, query[start : start + BATCH])
    return results


def place_batch(what: str, query: Sequence[LinearLocation]) -> list[Placed]:
    spots = spots_of({one for row in query for one in (row.start, row.end) if one is not None})
    results: dict[int, Placed] = {}
    ready: dict[int, tuple[OnAxis, OnAxis, float]] = {}
    for rank, row in enumerate(query):
        first, last = spots[row.start], spots[row.end or row.start]
        try:
            leftward = leftward_of(row.side, row.distance_m)
        except Invalid as refused:
            results[rank] = refused
            continue
        if isinstance(first, ArpentError) or isinstance(last, ArpentError):
            results[rank] = first if isinstance(first, ArpentError) else last  # type: ignore[assignment]
        else:
            ready[rank] = first, last, leftward
    if what == "point":
        placed = points([(first, leftward) for first, _last, leftward in ready.values()])
    else:
        placed = stretches(list(ready.values()))
    results |= dict(zip(ready, placed, strict=True))
    return [results[rank] for rank in range(len(query))]


def spots_of(references: Iterable[Reference]) -> dict[Reference, OnAxis | ArpentError]:
    """Where references are on the axes that are kept, or why nowhere."""
    results: dict[Reference, OnAxis | ArpentError] = {}
    roads = roads_of(references, results)
    stale = {road for road in set(roads.values()) if is_stale(road)}
    results |= {one: measuring_conflict() for one, road in roads.items() if road in stale}
    rest = [(one, road) for one, road in roads.items() if road not in stale]
    given = {
        "routes": [road.route for _one, road in rest],
        "departments": [road.department for _one, road in rest],
        "numbers": [one.marker for one, _road in rest],
        "metres": [one.metres for one, _road in rest],
        "sides": [one.side or "" for one, _road in rest],
    }
    rows = {row[0]: row[1:] for row in fetch_all(SPOTS, given)}
    missing: dict[tuple[Road, int], NotFound] = {}
    for rank, (one, road) in enumerate(rest, start=1):
        if rank in rows:
            results[one] = spot_of(one, *rows[rank])
            continue
        if (road, one.marker) not in missing:
            missing[road, one.marker] = not_there(one, road)
        results[one] = missing[road, one.marker]
    return results


def spot_of(
    reference: Reference, start: float, next_number: int | None, next_m: float | None, end: float, *where: float
) -> OnAxis | Invalid:
    at = start + reference.metres
    if next_m is not None and next_number is not None and at > next_m + SLACK_M:
        return beyond_next(reference, next_number, next_m - start)
    if at > end + SLACK_M:
        return beyond_end(reference, end - start)
    section, x, y = where
    return OnAxis(int(section), x, y)


def roads_of(references: Iterable[Reference], refused: dict[Reference, OnAxis | ArpentError]) -> dict[Reference, Road]:
    """The road of each; of which Département it is cannot be told of some."""
    results: dict[Reference, Road] = {}
    known = markers_of({one.route for one in references})
    for one in references:
        of_number = known[one.route]
        here = [department for department, numbers in of_number.items() if one.marker in numbers]
        try:
            results[one], _is_certain = road_among(one, [name for name in here if name] or here, list(of_number))
        except (Invalid, NotFound) as error:
            refused[one] = error
    return results


def markers_of(routes: Iterable[str]) -> Mapping[str, dict[str, set[int]]]:
    """By number and Département of roads, those of their markers."""
    results: dict[str, dict[str, set[int]]] = defaultdict(dict)
    for route, department, numbers in fetch_all(MARKERS, {"routes": list(routes)}):
        results[route][department] = set(numbers)
    return results
