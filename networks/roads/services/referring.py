"""From a reference to a place and back, over the axes that are kept: a question to an index each.

A road that changed since its axis was made is measured for the question itself, from its sections and markers as they
are now: no answer comes from an axis that is stale.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from shapely.geometry import Point

from gis_core.database.statements import fetch_all, fetch_one
from gis_core.errors import Invalid, NotFound
from layers.features.display import display_number
from layers.intake.findings import error_of
from layers.intake.params import all_param, any_param, number_param, sentence_param
from networks.roads.axis import Axis
from networks.roads.axis_places import SLACK_M, ImpossibleError, place_at, refer
from networks.roads.axis_places import locate as locate_on
from networks.roads.references import NotAReferenceError, Reference, Road, Side, counts_backwards, reference_of
from networks.roads.services.calibrating import axes_now, with_department

FIELD: Final = "reference"
WITHIN_M: Final = 30.0
"""How far from a numbered road a place still has a reference on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadPlace:
    """A place on a numbered road: `x`, `y` in EPSG:2154 and `lon`, `lat`; `distance_m` from the place that was asked,
    and on which side of the road that lies, as markers grow. The reference names the Département of `road` where
    another one has a road of this number.
    """

    reference: Reference
    road: Road
    section: int
    x: float
    y: float
    lon: float
    lat: float
    distance_m: float = 0.0
    lies: str = ""

    def as_json(self) -> dict[str, Any]:
        one = self.reference
        return {
            "reference": str(one),
            **{"route": one.route, "marker": one.marker, "metres": round(one.metres, 2), "side": one.side},
            "department": self.road.department,
            **{"section": self.section, "x": round(self.x, 3), "y": round(self.y, 3)},
            **{"lon": round(self.lon, 7), "lat": round(self.lat, 7)},
            **{"distance_m": round(self.distance_m, 2), "lies": self.lies},
        }


MARK: Final = """
    select a.id, a.carriageway, m.at_m, m.next_number, m.next_m, a.length_m
    from road_axis a join road_axis_mark m on m.axis_id = a.id and m.number = %(number)s
    where a.route = %(route)s and a.department = %(department)s and a.carriageway = any(%(sides)s)
    order by array_position(%(sides)s, a.carriageway::text) limit 1
"""
PLACE: Final = """
    select p.section_id, st_x(at), st_y(at), st_x(st_transform(at, 4326)), st_y(st_transform(at, 4326)),
        (select s.carriageway from road_section s where s.id = p.section_id)
    from (select * from road_axis_part where axis_id = %(axis)s and end_m >= %(at)s
            and (not %(beyond)s or end_m > %(at)s + 0.000001 or end_m = %(end)s) order by end_m limit 1) p,
        greatest(0, least(1, (%(at)s - p.start_m) / nullif(p.end_m - p.start_m, 0))) as share,
        st_lineinterpolatepoint(p.geom, share) as at
"""
DEPARTMENTS: Final = """
    select coalesce(array_agg(distinct m.department) filter (where m.number = %(number)s), '{}'),
        array_agg(distinct m.department)
    from road_marker m where m.route = %(route)s
"""
RANGES: Final = """
    select m.department, min(m.number), max(m.number) from road_marker m where m.route = %(route)s
    group by m.department order by m.department
"""
UNMEASURED: Final = """
    select coalesce((select bool_or(a.stale) from road_axis a
            where (a.route, a.department) = (%(route)s, %(department)s)),
        (select count(*) > 1 from road_marker m where (m.route, m.department) = (%(route)s, %(department)s)))
"""
UNMEASURED_NEAR: Final = """
    with asked as materialized (
        select at as geom, st_expand(at, %(within)s) as box
        from st_setsrid(st_makepoint(%(x)s, %(y)s), 2154) as at),
    near as materialized (
        select distinct s.route, s.department from asked join road_section s on s.geom && asked.box
            and st_dwithin(s.geom, asked.geom, %(within)s)
        where s.route is not null and (%(route)s = '' or s.route = %(route)s)
            and (%(department)s = '' or s.department = %(department)s))
    select near.route, near.department from near where coalesce(
        (select bool_or(a.stale) from road_axis a where (a.route, a.department) = (near.route, near.department)),
        (select count(*) > 1 from road_marker m where (m.route, m.department) = (near.route, near.department)))
    order by near.route, near.department
"""
LONLAT: Final = """
    select st_x(place), st_y(place) from st_transform(st_setsrid(st_makepoint(%(x)s, %(y)s), 2154), 4326) as place
"""
CARRIAGEWAY: Final = "select carriageway from road_section where id = %(section)s"
END: Final = "select max(end_m) from road_axis_part where axis_id = %(axis)s"
NEAR: Final = """
    with asked as materialized (select st_setsrid(st_makepoint(%(x)s, %(y)s), 2154) as geom),
    near as (
        select p.*, asked.geom as place, st_distance(p.geom, asked.geom) as distance,
            st_linelocatepoint(p.geom, asked.geom) as share
        from asked join road_axis_part p on p.geom && st_expand(asked.geom, %(within)s)
            and st_dwithin(p.geom, asked.geom, %(within)s))
    select a.route, a.department,
        coalesce((select s.carriageway from road_section s where s.id = near.section_id), a.carriageway),
        near.axis_id, near.section_id, near.start_m + share * (near.end_m - near.start_m),
        st_x(at), st_y(at), st_x(st_transform(at, 4326)), st_y(st_transform(at, 4326)), distance,
        sign(st_x(ahead) * (st_y(place) - st_y(at)) - st_y(ahead) * (st_x(place) - st_x(at)))
    from near join road_axis a on a.id = near.axis_id, st_lineinterpolatepoint(near.geom, share) as at,
        st_lineinterpolatepoint(near.geom, least(1, share + 0.001)) as beyond,
        st_lineinterpolatepoint(near.geom, greatest(0, share - 0.001)) as before,
        st_makepoint(st_x(beyond) - st_x(before), st_y(beyond) - st_y(before)) as ahead
    where not a.stale and (%(route)s = '' or a.route = %(route)s)
        and (%(department)s = '' or a.department = %(department)s)
    order by distance, a.carriageway, near.start_m limit 1
"""
BEFORE: Final = """
    select number, at_m from road_axis_mark where axis_id = %(axis)s and at_m <= %(at)s + 0.000001
    order by at_m desc limit 1
"""


def locate(text: str) -> RoadPlace:
    """The place of a reference that somebody typed. Raises Invalid, NotFound; both say what there is instead."""
    try:
        reference = reference_of(text)
    except NotAReferenceError as error:
        raise unreadable(text) from error
    return place_of(reference)


def as_kept(text: str) -> str:
    """A reference as it is kept, whatever way somebody typed it: "D 2020 PR 12+350", with a side where that was typed.

    Raises Invalid, NotFound.
    """
    return str(replace(locate(text).reference, side=reference_of(text).side))


def unreadable(text: str) -> Invalid:
    """A reference that cannot be read, with how one is written."""
    message = _("“%(text)s” is no place on a road: write a road, a marker and metres, as in “D 2020 PR 12+350”; on a"
              " dual carriageway, D or G at the end.")  # fmt: skip
    if counts_backwards(text):
        message = _("“%(text)s”: metres count from the marker before, as in “D 2020 PR 11+970”; from one marker to"
                  " another, give two references.")  # fmt: skip
    return Invalid(message % {"text": text[:80]}, parameter="reference")


def place_of(query: Reference) -> RoadPlace:
    """Where a reference lies: in metres (EPSG:2154) and in degrees, with its section.

    Raises NotFound for a road or marker that is not there, Invalid for metres that are beyond.
    """
    road, is_certain = road_meant(query)
    query = replace(query, department=road.department if is_certain else "")
    sides: list[str] = [query.side] if query.side else ["U", "D", "G"]
    # Where a road has one carriageway both sides are it.
    sides += [one for one in ("U", "D") if one not in sides]
    if is_stale(road):
        return place_now(query, road, sides)
    row = fetch_one(MARK, {**road._asdict(), "number": query.marker, "sides": sides})
    if row is None:
        raise not_there(query, road)
    axis, carriageway, start, next_number, next_m, _length = row
    at = start + query.metres
    if next_m is not None and at > next_m + SLACK_M:
        raise beyond_next(query, next_number, next_m - start)
    (end,) = fetch_one(END, {"axis": axis}) or (0.0,)
    if at > end + SLACK_M:
        raise beyond_end(query, end - start)
    result = fetch_one(PLACE, {"axis": axis, "at": min(at, end), "end": end, "beyond": query.metres == 0})
    assert result is not None
    section, x, y, lon, lat, own = result
    reference = replace(query, side=side_of(own or carriageway))
    return RoadPlace(reference=reference, road=road, section=section, x=x, y=y, lon=lon, lat=lat)


def road_meant(reference: Reference) -> tuple[Road, bool]:
    """The road of a reference, and whether answers name its Département: where several have a road of this number, or
    the asker named one that has none. Raises Invalid where several have this marker and none is named, NotFound where
    none of several has it.
    """
    return road_among(reference, *departments_of(reference))


def road_among(reference: Reference, here: Sequence[str], known: Sequence[str]) -> tuple[Road, bool]:
    """The same, of the Départements that have its marker and all those that have a road of this number."""
    if reference.department and list(known) != [""]:
        return Road(reference.route, reference.department), list(known) != [reference.department]
    if len(here) > 1:
        code = gettext_noop("Several Départements have a PR %(marker)s of the %(route)s: write %(choices)s.")
        quoted = gettext_noop("“%(road)s”")
        choices = any_param(sentence_param(quoted, road=str(Road(reference.route, one))) for one in here)
        route = str(Road(reference.route))
        raise error_of(Invalid, code, parameter=FIELD, marker=reference.marker, route=route, choices=choices)
    if len(known) > 1 and not here:
        raise in_none(reference)
    return Road(reference.route, next(iter(here or known), "")), len(known) > 1


def departments_of(reference: Reference) -> tuple[list[str], list[str]]:
    """The Départements whose road has the marker, and all those that have a road of this number with markers. A road
    whose Département is not known, which nobody can ask for, has it where no other one does.
    """
    here, known = fetch_one(DEPARTMENTS, {"route": reference.route, "number": reference.marker}) or ([], [])
    return [one for one in here if one] or here, known or []


def in_none(reference: Reference) -> NotFound:
    """None of several Départements has the marker: those that each has."""
    code = gettext_noop("No %(route)s has a PR %(marker)s here: %(ranges)s.")
    each = gettext_noop("%(road)s from PR %(first)s to PR %(last)s")
    ranges = all_param(
        sentence_param(each, road=str(Road(reference.route, department)), first=first, last=last)
        for department, first, last in fetch_all(RANGES, {"route": reference.route})
    )
    return error_of(NotFound, code, route=str(Road(reference.route)), marker=reference.marker, ranges=ranges)


def beyond_next(reference: Reference, number: int, metres: float) -> Invalid:
    code = gettext_noop(
        "PR %(next)s comes %(metres)s m after PR %(marker)s on the %(route)s: %(asked)s m is beyond it."
    )
    distances = {"metres": number_param(metres, 0), "asked": number_param(reference.metres, 0)}
    values = {"next": number, "marker": reference.marker, "route": road_in(reference)}
    return error_of(Invalid, code, parameter=FIELD, **values, **distances)


def beyond_end(reference: Reference, metres: float) -> Invalid:
    code = gettext_noop("The %(route)s ends %(metres)s m after PR %(marker)s.")
    values = {"route": road_in(reference), "marker": reference.marker}
    return error_of(Invalid, code, parameter=FIELD, metres=number_param(metres, 0), **values)


def road_in(reference: Reference) -> str:
    """As the reference names it."""
    return str(Road(reference.route, reference.department))


def not_there(reference: Reference, road: Road) -> NotFound:
    first = fetch_one("select min(m.number), max(m.number) from road_axis a join road_axis_mark m on m.axis_id = a.id"
                    " where a.route = %(route)s and a.department = %(department)s", road._asdict())  # fmt: skip
    return no_marker(reference, *(first or (None, None)))


class RoadUnknown(NotFound):
    """The referential has no such road, or none of its markers."""


def no_marker(reference: Reference, first: int | None, last: int | None) -> NotFound:
    if first is None:
        code = gettext_noop("No numbered road %(route)s with markers is known here.")
        return error_of(RoadUnknown, code, route=road_in(reference))
    code = gettext_noop("The %(route)s has no PR %(marker)s here: its markers go from %(first)s to %(last)s.")
    return error_of(NotFound, code, route=road_in(reference), marker=reference.marker, first=first, last=last)


def reference_at(x: float, y: float, *, route: str = "", department: str = "", within_m: float = WITHIN_M) -> RoadPlace:
    """The reference of a place (EPSG:2154), on the nearest numbered road or on one. Raises NotFound."""
    parameters = {"x": x, "y": y, "within": within_m, "route": route, "department": department}
    row = fetch_one(NEAR, parameters)
    now = [
        nearest for one in fetch_all(UNMEASURED_NEAR, parameters) for nearest in near_now(Road(*one), x, y, within_m)
    ]
    if now:
        best = min(now, key=lambda one: one[0])
        if row is None or best[0] < row[10]:
            return reference_now(*best, x, y)
    if row is None:
        values = {"metres": display_number(within_m, 0), "route": Road(route, department)}
        if route:
            raise NotFound(_("The %(route)s is not within %(metres)s m.") % values)
        raise NotFound(_("No numbered road lies within %(metres)s m.") % values)
    number, lies_in, carriageway, axis, section, at, px, py, lon, lat, distance, lies = row
    road = Road(number, lies_in)
    mark = fetch_one(BEFORE, {"axis": axis, "at": at})
    if mark is None:
        raise before_first(road)
    reference = reference_on(road, mark[0], max(0.0, at - mark[1]), carriageway)
    side = "left" if lies > 0 else "right" if lies < 0 else ""
    return RoadPlace(reference=reference, road=road, section=section, x=px, y=py, lon=lon, lat=lat,
                     distance_m=distance, lies=side)  # fmt: skip


def reference_on(road: Road, marker: int, metres: float, side: Side) -> Reference:
    """It names the Département where another one has a road of this number."""
    return Reference(**with_department(road)._asdict(), marker=marker, metres=metres, side=side)


def before_first(road: Road) -> NotFound:
    message = _("This place lies before the first marker of the %(route)s.")
    return NotFound(message % {"route": with_department(road)})


# -- roads that changed since they were measured ----------------------------------------------------------------------


def is_stale(road: Road) -> bool:
    """Whether the axes of a road are stale, or yet to be made."""
    return bool((fetch_one(UNMEASURED, road._asdict()) or (False,))[0])


def place_now(query: Reference, road: Road, sides: list[str]) -> RoadPlace:
    """A place on a road as it is now. Raises what `place_of` does."""
    numbers: list[int] = []
    # The other carriageway is measured only where this one has no such marker.
    for side, axis in axes_now(road, next(one for one in sides if one != "U")):
        if side in sides and has_marker(axis, query.marker):
            break
        numbers += [one.number for one in axis.marks]
    else:
        raise no_marker(query, min(numbers, default=None), max(numbers, default=None))
    try:
        result = locate_on(axis, query.marker, query.metres)
    except ImpossibleError as error:
        details = error.details
        if error.reason == "beyond_next":
            raise beyond_next(query, int(details["number"]), details["metres"]) from error
        raise beyond_end(query, details["metres"]) from error
    reference = replace(query, side=side_at(side, result.section))
    return road_place(reference, road, result.section, result.place)


def side_at(carriageway: str, section: int) -> Side:
    """The side of a place: that of its section, for where a road has one carriageway both axes run over it."""
    return side_of((fetch_one(CARRIAGEWAY, {"section": section}) or (carriageway,))[0])


def has_marker(axis: Axis, number: int) -> bool:
    return any(one.number == number for one in axis.marks)


def side_of(carriageway: str) -> Side:
    return "D" if carriageway == "D" else "G" if carriageway == "G" else "U"


def near_now(road: Road, x: float, y: float, within_m: float) -> list[tuple[float, Road, str, Axis]]:
    """How far the axes of a road as it is now lie from a place, with the road, the carriageway and the axis."""
    place = Point(x, y)
    results = [(min(part.line.distance(place) for part in axis.parts), side, axis) for side, axis in axes_now(road)]
    return [(distance, road, side, axis) for distance, side, axis in results if distance <= within_m]


def reference_now(distance: float, road: Road, side: str, axis: Axis, x: float, y: float) -> RoadPlace:
    """The reference of x, y (EPSG:2154), `distance` metres from the axis of a road, as its markers stand now.

    Raises NotFound before the first marker.
    """
    try:
        one = refer(axis, Point(x, y), distance + SLACK_M)
    except ImpossibleError as error:
        raise before_first(road) from error
    reference = reference_on(road, one.number, one.metres, side_at(side, one.section))
    lies = "" if one.distance_m < 1e-9 else "left" if one.left else "right"
    return road_place(reference, road, one.section, place_at(axis, one.at_m).place, one.distance_m, lies)


def road_place(
    reference: Reference, road: Road, section: int, place: Point, distance_m: float = 0.0, lies: str = ""
) -> RoadPlace:
    lon, lat = fetch_one(LONLAT, {"x": place.x, "y": place.y}) or (0.0, 0.0)
    return RoadPlace(reference=reference, road=road, section=section, x=place.x, y=place.y, lon=lon, lat=lat,
                     distance_m=distance_m, lies=lies)  # fmt: skip
