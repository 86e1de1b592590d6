"""Assets placed by references: from `D 2020 PR 12+350`, metres beside the axis and a side to a geometry, and back.

Left and right are those of whoever goes with growing markers. The geometry is kept, as if it had been drawn.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, Final, Literal, Protocol

from django.contrib.gis.geos import GEOSGeometry, LineString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from psycopg import sql
from shapely.geometry import Point

from gis_core.database.statements import fetch_all
from gis_core.errors import ArpentError, Conflict, Invalid, NotFound
from gis_core.members.rights import Rights
from layers.catalogue.services import visible_layer
from layers.features.services.origin import Origin
from layers.features.services.write import Edit, apply_edits, check_editable
from layers.intake.findings import error_of
from networks.roads.axis_places import ImpossibleError, refer
from networks.roads.references import Reference, Road, Side
from networks.roads.services.assets import MODELS, SLUGS, one
from networks.roads.services.calibrating import axes_now, with_department
from networks.roads.services.referring import WITHIN_M, RoadPlace, locate, place_of, side_at, side_of

type Beside = Literal["on", "left", "right"]
WEB: Final = Origin("web", "")
FARTHEST_M: Final = 15.0
"""How far from the axis somebody places an asset by a reference: beyond, it would not be bound to the road
(`arpent.bind_asset`)."""
LONGEST_M: Final = 50_000.0
TOUCHING_M: Final = 1.0

BESIDE: Final = """
    select g.rank, st_asewkb(arpent.put_beside_line(part.geom, part.at_m, 0, g.leftward))
    from unnest(%(sections)s::bigint[], %(xs)s::float8[], %(ys)s::float8[], %(leftwards)s::float8[]) with ordinality
        g(section, x, y, leftward, rank), st_setsrid(st_makepoint(g.x, g.y), 2154) as place, lateral (
        select p.geom, st_linelocatepoint(p.geom, place) * st_length(p.geom) as at_m
        from road_axis_part p join road_axis a on a.id = p.axis_id and not a.stale
        where p.section_id = g.section order by st_distance(p.geom, place), p.id limit 1) part
"""
# Over the axis that has both places, the shortest where both carriageways do.
ALONG: Final = """
    with given as materialized (
        select * from unnest(%(sections)s::bigint[], %(xs)s::float8[], %(ys)s::float8[], %(lasts)s::bigint[],
            %(last_xs)s::float8[], %(last_ys)s::float8[], %(leftwards)s::float8[]) with ordinality
            g(section, x, y, last, last_x, last_y, leftward, pair)
    ), asked as materialized (
        select g.pair, e.rank, e.section, st_setsrid(st_makepoint(e.x, e.y), 2154) as place
        from given g, lateral (values (1, g.section, g.x, g.y), (2, g.last, g.last_x, g.last_y)) e(rank, section, x, y)
    ), ends as (
        select distinct on (q.pair, p.axis_id, q.rank) q.pair, p.axis_id,
            p.start_m + st_linelocatepoint(p.geom, q.place) * (p.end_m - p.start_m) as at_m
        from asked q join road_axis_part p on p.section_id = q.section
            join road_axis a on a.id = p.axis_id and not a.stale
        order by q.pair, p.axis_id, q.rank, st_distance(p.geom, q.place), p.start_m
    ), chosen as materialized (
        select distinct on (pair) * from (
            select pair, axis_id, min(at_m) as low, max(at_m) as high from ends group by pair, axis_id
            having count(*) = 2) both_on
        order by pair, high - low, axis_id
    ), pieces as (
        select c.pair, p.start_m, p.geom, p.end_m - p.start_m as length_m,
            greatest(p.start_m, c.low) - p.start_m as low, least(p.end_m, c.high) - p.start_m as high
        from chosen c join road_axis_part p on p.axis_id = c.axis_id and p.end_m > c.low and p.start_m < c.high
    ), way as (
        select pair, st_makeline(piece order by start_m) as geom, sum(st_length(piece)) as metres
        from pieces, st_linesubstring(geom, greatest(0, low / length_m), least(1, high / length_m)) as piece
        where length_m > 0 and high > low group by pair
    )
    select c.pair, c.high - c.low, st_length(w.geom) - w.metres,
        st_asewkb(case when g.leftward = 0 then w.geom
            else st_offsetcurve(w.geom, g.leftward, 'join=mitre mitre_limit=2') end)
    from chosen c join given g using (pair) left join way w using (pair)
"""
REFERENCES: Final = """
    with ends as materialized (
        select t.id, t.section_id, e.place, st_expand(e.place, %(within)s) as box from {table} t,
            lateral (values {places}) e(rank, place) where t.id = any(%(ids)s) and t.section_id is not null
    )
    select e.id, a.route, case when exists (
            select from road_marker o where o.route = a.route and o.department <> a.department)
        then a.department else '' end, s.carriageway, m.number, n.at_m - m.at_m, arpent.side_of(n.leftward), n.distance
    from ends e, lateral (
        select p.axis_id, p.section_id, st_distance(p.geom, e.place) as distance,
            p.start_m + share * (p.end_m - p.start_m) as at_m,
            (arpent.beside_line(p.geom, share * st_length(p.geom), e.place)).leftward
        from road_axis_part p join road_axis x on x.id = p.axis_id and not x.stale,
            st_linelocatepoint(p.geom, e.place) as share
        where p.geom && e.box and st_dwithin(p.geom, e.place, %(within)s)
            and p.axis_id in (select o.axis_id from road_axis_part o where o.section_id = e.section_id)
        order by st_distance(p.geom, e.place), p.id + 0 limit 1) n
        join road_axis a on a.id = n.axis_id join road_section s on s.id = n.section_id, lateral (
        select k.number, k.at_m from road_axis_mark k where k.axis_id = n.axis_id and k.at_m <= n.at_m + 0.000001
        order by k.at_m desc limit 1) m
    order by e.id, n.at_m
"""
# The ends of what lies on a road that changed since it was measured, road by road.
CHANGED: Final = """
    select s.route, s.department, t.id, s.id, st_x(e.place), st_y(e.place)
    from {table} t join road_section s on s.id = t.section_id, lateral (values {places}) e(rank, place)
    where t.id = any(%(ids)s) and s.route is not null and coalesce(
        (select bool_or(a.stale) from road_axis a where (a.route, a.department) = (s.route, s.department)),
        (select count(*) > 1 from road_marker m where (m.route, m.department) = (s.route, s.department)))
    order by s.route, s.department, t.id
"""
PLACES: Final = {
    "point": "(1, t.geom)",
    "troncon": "(1, st_startpoint(t.geom)), (2, st_endpoint(t.geom))",
}
MEASURED_NOW: Final = 3
"""Roads that are measured while one waits."""
ON_M: Final = 0.05
"""As in `arpent.side_of`."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an asset, or an end of a stretch, lies on a road: on which side of the axis, as markers grow."""

    reference: Reference
    lies: str
    distance_m: float


def references_of(what: str, ids: Sequence[int]) -> Mapping[int, list[Place]]:
    """By id where assets lie on an axis of their section, stretches with both ends, as markers grow. A road that
    changed since it was measured is measured for the question, three at most. None of what has no section or lies
    before the first marker.
    """
    results: dict[int, list[Place]] = {}
    for pk, route, department, carriageway, number, metres, lies, distance in values_for(REFERENCES, what, ids):
        road = Road(route, department)
        results.setdefault(pk, []).append(Place(on_road(road, number, metres, side_of(carriageway)), lies, distance))
    rows = values_for(CHANGED, what, [pk for pk in ids if pk not in results])
    by_road = groupby(rows, key=lambda row: Road(row[0], row[1]))
    for road, ends in islice(by_road, MEASURED_NOW):
        results |= places_now(road, [end[2:] for end in ends])
    whole = 2 if what == "troncon" else 1
    return {pk: places for pk, places in results.items() if len(places) == whole}


def values_for(question: str, what: str, ids: Sequence[int]) -> list[tuple[Any, ...]]:
    if not ids:
        return []
    statement = sql.SQL(question).format(
        table=sql.Identifier(MODELS[what]._meta.db_table), places=sql.SQL(PLACES[what])
    )
    return fetch_all(statement, {"ids": list(ids), "within": WITHIN_M})


def places_now(road: Road, ends: Iterable[tuple[Any, ...]]) -> dict[int, list[Place]]:
    """By id where these lie (id, section, x, y) on the axes of a road as it is now."""
    axes, numbered = list(axes_now(road)), with_department(road)
    results: dict[int, list[tuple[float, Place]]] = {}
    for pk, section, x, y in ends:
        place = Point(x, y)
        own = [(side, axis) for side, axis in axes if any(part.section == section for part in axis.parts)]
        for side, axis in own[:1]:
            with suppress(ImpossibleError):
                one = refer(axis, place, WITHIN_M)
                lies = "on" if one.distance_m <= ON_M else "left" if one.left else "right"
                reference = on_road(numbered, one.number, one.metres, side_at(side, one.section))
                results.setdefault(pk, []).append((one.at_m, Place(reference, lies, one.distance_m)))
    return {pk: [one for _at, one in sorted(places, key=itemgetter(0))] for pk, places in results.items()}


def on_road(road: Road, marker: int, metres: float, side: Side) -> Reference:
    return Reference(**road._asdict(), marker=marker, metres=max(0.0, metres), side=side)


# -- from references to a geometry ------------------------------------------------------------------------------------


def place_asset(
    what: str, *, start: str | Reference, end: str | Reference = "", side: Beside = "on", distance_m: float = 0.0
) -> GEOSGeometry:
    """Where an asset of these references stands (EPSG:2154). Raises Invalid, NotFound, Conflict, each at its field."""
    leftward = leftward_of(side, distance_m)
    first = place_of_reference(start, "start")
    if what == "point":
        (result,) = points([(first, leftward)])
    else:
        (result,) = stretches([(first, place_of_reference(end, "end"), leftward)])
    if isinstance(result, ArpentError):
        raise result
    return result


def leftward_of(side: Beside, distance_m: float) -> float:
    """Metres to the left of the axis, negative to the right, 0 on it.

    Raises Invalid for a distance beside it that is none.
    """
    if side != "on" and not 0 < distance_m <= FARTHEST_M:
        code = gettext_noop("Give the metres from the axis, up to %(most)s.")
        raise error_of(Invalid, code, parameter="distance_m", most=round(FARTHEST_M))
    return {"on": 0.0, "left": distance_m, "right": -distance_m}[side]


def place_of_reference(place: str | Reference, name: str) -> RoadPlace:
    """The place of a reference, written or read. Raises Invalid, NotFound, both at the field `name`."""
    try:
        return locate(place) if isinstance(place, str) else place_of(place)
    except (Invalid, NotFound) as error:
        error.extra["parameter"] = name
        raise


class Spot(Protocol):
    """A place on an axis: its section, and where it is in EPSG:2154."""

    @property
    def section(self) -> int: ...
    @property
    def x(self) -> float: ...
    @property
    def y(self) -> float: ...


def points(places: Sequence[tuple[Spot, float]]) -> list[GEOSGeometry | ArpentError]:
    """Beside places on axes, so many metres to the left."""
    given = {**spots([one for one, _leftward in places]), "leftwards": [leftward for _one, leftward in places]}
    rows = dict(fetch_all(BESIDE, given))
    return [geometry(rows[rank]) if rank in rows else measuring_conflict() for rank in range(1, len(places) + 1)]


def spots(places: Sequence[Spot], prefix: str = "") -> dict[str, list[Any]]:
    sections = "lasts" if prefix else "sections"
    return {
        sections: [one.section for one in places],
        f"{prefix}xs": [one.x for one in places],
        f"{prefix}ys": [one.y for one in places],
    }


def stretches(pairs: Sequence[tuple[Spot, Spot, float]]) -> list[GEOSGeometry | ArpentError]:
    """Along axes, as markers grow, so many metres to the left."""
    firsts, lasts = [one[0] for one in pairs], [one[1] for one in pairs]
    given = spots(firsts) | spots(lasts, "last_") | {"leftwards": [one[2] for one in pairs]}
    rows = {pair: row for pair, *row in fetch_all(ALONG, given)}
    apart = {n: pair for n, pair in enumerate(pairs, start=1) if n not in rows}
    ends_placed = points([(spot, 0.0) for first, last, _leftward in apart.values() for spot in (first, last)])
    ends = dict(zip(apart, zip(ends_placed[::2], ends_placed[1::2], strict=True), strict=True))
    return [stretch(*rows[n]) if n in rows else no_stretch(ends[n]) for n in range(1, len(pairs) + 1)]


def no_stretch(ends: Sequence[GEOSGeometry | ArpentError]) -> ArpentError:
    """Why two places are on no axis both."""
    if any(isinstance(one, ArpentError) for one in ends):
        return measuring_conflict()
    return error_of(Invalid, gettext_noop("Give two places on the same road and carriageway."), parameter="end")


def stretch(metres: float, jump: float, shape: Any) -> LineString | Invalid:
    """What is between two places; why it is no stretch."""
    if shape is None or metres < 0.5:
        code = gettext_noop("Both ends are the same place: give the first and the last metre.")
        return error_of(Invalid, code, parameter="end")
    if metres > LONGEST_M:
        code = gettext_noop("A stretch is at most %(most)s km long: enter it in several.")
        return error_of(Invalid, code, parameter="end", most=round(LONGEST_M / 1000))
    if jump > TOUCHING_M:
        code = gettext_noop("The road has a gap between these places: enter a stretch on each side.")
        return error_of(Invalid, code, parameter="end")
    line = geometry(shape)
    if not isinstance(line, LineString) or line.empty:
        code = gettext_noop(
            "The road bends too much to lay it at this distance: put it on the axis, or draw it on the map."
        )
        return error_of(Invalid, code, parameter="distance_m")
    return line


def measuring_conflict() -> Conflict:
    code = gettext_noop("This road changed and is being measured anew: try again in a minute.")
    return error_of(Conflict, code, parameter="start")


def geometry(ewkb: Any) -> GEOSGeometry:
    return GEOSGeometry(memoryview(ewkb))


# -- written as if drawn ----------------------------------------------------------------------------------------------


def check_may_add(what: str, rights: Rights) -> None:
    """Refuse a kind of asset that there is not, or whose layer the user does not edit. Raises NotFound, NotEditable."""
    if what not in SLUGS:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    check_editable(visible_layer(SLUGS[what], rights), rights)


def add(what: str, where: GEOSGeometry, values: Mapping[str, Any], *, rights: Rights) -> int:
    """A new asset; its id. Raises what `apply_edits` does."""
    edit = Edit(action="create", properties=values, geometry=where)
    (made,) = apply_edits(visible_layer(SLUGS[what], rights), [edit], rights=rights, origin=WEB)
    return made.id


def move(what: str, pk: int, where: GEOSGeometry, *, version: int, rights: Rights) -> None:
    """Put an asset elsewhere. Raises NotFound, and what `apply_edits` does."""
    one(what, pk, rights)
    edit = Edit(action="update", id=pk, version=version, geometry=where)
    apply_edits(visible_layer(SLUGS[what], rights), [edit], rights=rights, origin=WEB)
