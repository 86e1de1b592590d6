"""The stretch of road that works take: between two places, along streets, or drawn. EPSG:2154."""

from typing import Any, Final, cast

from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry, LineString, MultiLineString, Point, WKTWriter
from django.utils.translation import gettext as _

from gis_core.database.statements import fetch_all, fetch_one
from gis_core.desk.parameters import in_domain
from gis_core.errors import Invalid, NotFound
from layers.features.search_terms import split_terms
from networks.roads.references import format_route, reference_of
from networks.roads.services.referring import RoadPlace, is_stale, locate, reference_at
from networks.roadworks import french
from networks.roadworks.models.work import LONGEST_PLACE

type Place = str | tuple[float, float]
"""A reference that somebody typed ("D 2020 PR 12+350"), or x and y in EPSG:2154."""
WITHIN_M: Final = 50.0
"""How far from a road a place is still on it."""
FARTHEST_M: Final = 60_000.0
LONGEST_M: Final = 100_000.0
MOST_VERTICES: Final = 20_000
LONGEST_TEXT: Final = 1_000_000


def between(start: Place, end: Place) -> MultiLineString:
    """Along the axes where both places are on one road, else the shortest way along the sections.

    Raises Invalid, NotFound.
    """
    one, other = locate_end(start, "start"), locate_end(end, "end")
    sides = carriageways(start, one) | carriageways(end, other)
    if isinstance(one, RoadPlace) and isinstance(other, RoadPlace) and on_measured_axis(one, other, sides):
        way = along_axis(one, other, sides)
    else:
        way = along_sections(middle(one), middle(other))
    return check_stretch(way)


def of_references(start: str, end: str) -> MultiLineString:
    """Between two references that somebody typed; both are needed. Raises Invalid, NotFound."""
    for name, text in (("start", start), ("end", end)):
        if not text.strip():
            raise Invalid(_("Give both ends, as in “D 2020 PR 12+350” and “D 2020 PR 13+020”."), parameter=name)
    return between(start, end)


def locate_end(place: Place, name: str) -> RoadPlace | tuple[float, float]:
    """An end of a stretch: the place of a reference, or x and y (EPSG:2154) as given.

    Raises Invalid, NotFound; both say at which end.
    """
    if not isinstance(place, str):
        return place
    try:
        return locate(place)
    except (Invalid, NotFound) as error:
        error.extra["parameter"] = name
        raise


def metres(lon: float, lat: float) -> tuple[float, float]:
    """A place in degrees as x and y. Raises Invalid."""
    if not in_domain(lon, lat):
        raise Invalid(_("This place lies outside France."), parameter="points")
    place = Point(lon, lat, srid=4326)
    place.transform(2154)
    return place.x, place.y


def carriageways(place: Place, where: RoadPlace | tuple[float, float]) -> set[str]:
    """The one that a reference names or lies on; none where the road is single and nobody named one."""
    if isinstance(place, str) and isinstance(where, RoadPlace):
        sides = (reference_of(place).side, where.reference.side)
        return {side for side in sides if side and side != "U"}
    return set()


def on_measured_axis(one: RoadPlace, other: RoadPlace, sides: set[str]) -> bool:
    """Whether both lie on one road whose axes are as the road is now, and not on opposite carriageways."""
    return one.road == other.road and len(sides) < 2 and not is_stale(one.road)


def middle(place: RoadPlace | tuple[float, float]) -> tuple[float, float]:
    return (place.x, place.y) if isinstance(place, RoadPlace) else place


ALONG_AXIS: Final = """
    with asked as (
        select n, section, st_setsrid(st_makepoint(x, y), 2154) as place
        from unnest(%(sections)s::bigint[], %(xs)s::float8[], %(ys)s::float8[]) with ordinality a(section, x, y, n)
    ), places as (
        select distinct on (a.id, n) a.id, n, a.carriageway,
            p.start_m + st_linelocatepoint(p.geom, place) * (p.end_m - p.start_m) as at_m
        from asked join road_axis_part p on p.section_id = section join road_axis a on a.id = p.axis_id
        where a.route = %(route)s and a.department = %(department)s and a.carriageway = any(%(sides)s)
        order by a.id, n, st_distance(p.geom, place)
    ), ends as materialized (
        select id, carriageway, min(at_m) as low, max(at_m) as high,
            min(at_m) filter (where n = 1) > min(at_m) filter (where n = 2) as back
        from places group by 1, 2 having count(*) = 2
    ), part as (
        select e.back, p.start_m, p.geom, p.end_m - p.start_m as length_m,
            greatest(p.start_m, e.low) - p.start_m as low, least(p.end_m, e.high) - p.start_m as high
        from ends e join road_axis_part p on p.axis_id = e.id and p.end_m > e.low and p.start_m < e.high
        -- Every axis runs over what is single: once is enough.
        where not exists (select from ends f join road_axis_part q on q.axis_id = f.id and q.section_id = p.section_id
            where f.carriageway < e.carriageway)
    )
    select case when back then st_reverse(way) else way end from (
        select bool_or(back) as back, st_multi(st_linemerge(st_collect(
            st_linesubstring(geom, greatest(0, low / length_m), least(1, high / length_m)) order by start_m))) as way
        from part where length_m > 0 and high > low) found
"""


def along_axis(one: RoadPlace, other: RoadPlace, sides: set[str]) -> MultiLineString:
    """From one to the other, on both carriageways unless one is named; the places say where, whichever axis measured.

    Raises Invalid where both places are the same.
    """
    given = {
        "sections": [one.section, other.section],
        "xs": [one.x, other.x],
        "ys": [one.y, other.y],
        **one.road._asdict(),
        # Where a road has one carriageway both sides are it.
        "sides": ["U", *(sides or ("D", "G"))],
    }
    way = fetch_line(ALONG_AXIS, given)
    if way is None:
        raise Invalid(
            _("Both ends are the same place: give the first and the last metre of the works."), parameter="end"
        )
    return way


WAY: Final = """
    select arpent.way_along_roads(st_setsrid(st_makepoint(%(x)s, %(y)s), 2154),
        st_setsrid(st_makepoint(%(to_x)s, %(to_y)s), 2154), %(within)s)
"""
NEAREST: Final = """
    select s.id from road_section s where s.geom && st_expand(st_setsrid(st_makepoint(%(x)s, %(y)s), 2154), %(within)s)
        and st_dwithin(s.geom, st_setsrid(st_makepoint(%(x)s, %(y)s), 2154), %(within)s) limit 1
"""


def along_sections(one: tuple[float, float], other: tuple[float, float]) -> MultiLineString:
    """The way along the known roads from one place to another (EPSG:2154). Raises NotFound, Invalid."""
    if abs(one[0] - other[0]) + abs(one[1] - other[1]) > FARTHEST_M:
        raise Invalid(
            _("Both ends are too far from each other: enter the works in several stretches."), parameter="end"
        )
    for name, (x, y) in (("start", one), ("end", other)):
        if fetch_one(NEAREST, {"x": x, "y": y, "within": WITHIN_M}) is None:
            message = _("No road is known within %(metres)s m of this place: press on a road, or draw the stretch.")
            raise NotFound(message % {"metres": round(WITHIN_M)}, parameter=name)
    way = fetch_line(WAY, {"x": one[0], "y": one[1], "to_x": other[0], "to_y": other[1], "within": WITHIN_M})
    if way is None:
        raise NotFound(
            _("No way along the known roads joins both places: draw the stretch, or give it in two parts."),
            parameter="end",
        )
    return way


STREETS: Final = """
    with ground as materialized (select geom from gis_core_commune where insee = %(insee)s),
    here as materialized (
        select s.id, s.geom, s.insee_left, s.insee_right, s.name_left, s.name_right
        from ground g join road_section s on s.geom && g.geom
    )
    select id, name_left from here where name_left <> '' and coalesce(insee_left, %(insee)s) = %(insee)s
    union select id, name_right from here where name_right <> '' and coalesce(insee_right, %(insee)s) = %(insee)s
    limit %(most)s
"""
SECTIONS: Final = "select st_multi(st_collect(geom order by id)) from road_section where id = any(%(ids)s)"
MOST_SECTIONS: Final = 20_000


def streets(insee: str) -> dict[str, list[int]]:
    """The names of roads in a commune, with the sections that bear each."""
    kept: dict[str, list[int]] = {}
    for section, name in fetch_all(STREETS, {"insee": insee, "most": MOST_SECTIONS}):
        kept.setdefault(name, []).append(section)
    return dict(sorted(kept.items(), key=lambda one: split_terms(one[0])))


def of_streets(names: str, insee: str) -> MultiLineString:
    """Every section that bears one of these names, parted by semicolons, in a commune. Raises Invalid, NotFound."""
    if not insee:
        raise Invalid(_("Choose the commune of this street."), parameter="commune")
    known: dict[str, list[int]] = {}
    for name, ids in streets(insee).items():
        known.setdefault(" ".join(split_terms(name)), []).extend(ids)
    wanted = [one.strip() for one in names.split(";") if one.strip()]
    for name in wanted:
        if " ".join(split_terms(name)) not in known:
            message = _(
                "No road called “%(name)s” is known in this commune: choose it in the list, or draw the stretch."
            )
            raise NotFound(message % {"name": name[:80]}, parameter="street")
    way = fetch_line(SECTIONS, {"ids": [pk for name in wanted for pk in known[" ".join(split_terms(name))]]})
    if way is None:
        raise Invalid(_("Name a street."), parameter="street")
    return check_stretch(way)


AROUND: Final = """
    with asked as materialized (
        select p as geom, st_expand(p, %(within)s) as box from st_setsrid(st_makepoint(%(x)s, %(y)s), 2154) p),
    nearest as (
        select s.geom, st_linelocatepoint(s.geom, a.geom) as share, %(half)s / nullif(st_length(s.geom), 0) as half
        from asked a join road_section s on s.geom && a.box and st_dwithin(s.geom, a.geom, %(within)s)
        order by st_distance(s.geom, a.geom), s.id + 0 limit 1)
    select st_multi(st_linesubstring(geom, greatest(0, share - half), least(1, share + half))) from nearest
"""


def around(x: float, y: float, *, half_m: float = 25.0, within_m: float = WITHIN_M) -> MultiLineString | None:
    """The piece of the nearest section on both sides of a place; None where no road is near."""
    return fetch_line(AROUND, {"x": x, "y": y, "half": half_m, "within": within_m})


# -- drawn ------------------------------------------------------------------------------------------------------------


def parse_drawn(text: str) -> MultiLineString:
    """What was drawn, GeoJSON in degrees. Raises Invalid."""
    refused = Invalid(_("The stretch cannot be read: draw it again as a line along the road."), parameter="geom")
    if len(text) > LONGEST_TEXT:
        raise refused
    try:
        shape = GEOSGeometry(text, srid=4326)
        west, south, east, north = shape.extent
        if not (in_domain(west, south) and in_domain(east, north)):
            raise refused
        shape.transform(2154)
    except (GEOSException, GDALException, ValueError, TypeError) as error:
        raise refused from error
    if not isinstance(shape, LineString | MultiLineString):
        raise refused
    return check_stretch(shape)


def check_stretch(shape: LineString | MultiLineString) -> MultiLineString:
    """Flat, in several lines, neither empty nor endless. Raises Invalid."""
    if shape.empty or shape.length < 0.5:
        raise Invalid(_("The stretch has no length: give two different places."), parameter="geom")
    if shape.length > LONGEST_M or shape.num_coords > MOST_VERTICES:
        message = _("The stretch is longer than %(most)s km: enter the works in several stretches.")
        raise Invalid(message % {"most": round(LONGEST_M / 1000)}, parameter="geom")
    flat = GEOSGeometry(WKTWriter(dim=2).write(shape), srid=2154) if shape.hasz else shape.clone()
    assert isinstance(flat, LineString | MultiLineString)
    return flat if isinstance(flat, MultiLineString) else MultiLineString(flat, srid=2154)


# -- in words ---------------------------------------------------------------------------------------------------------

NAMES: Final = """
    with pieces as materialized (
        select st_geomfromewkb(%(stretch)s) as whole, p as geom, st_expand(p, 3) as box
        from st_subdivide(st_geomfromewkb(%(stretch)s), 16) p),
    near as materialized (
        select distinct s.id + 0 as id, s.geom, s.route, coalesce(nullif(s.name_left, ''), s.name_right) as name
        from pieces p join road_section s on s.geom && p.box and st_dwithin(s.geom, p.geom, 3))
    select coalesce(nullif(name, ''), route) as said, sum(st_length(st_intersection(geom, room))) as metres
    from near, (select st_buffer(st_geomfromewkb(%(stretch)s), 3) as room) r
    where coalesce(nullif(name, ''), route) <> ''
    group by 1 having sum(st_length(st_intersection(geom, room))) > 8 order by 2 desc limit 4
"""


def describe_place(stretch: MultiLineString, start: str = "", end: str = "") -> str:
    """The roads that a stretch follows, the longest first: « rue Haute, D 2020 »; between two references
    « D 2020, du PR 12+350 au PR 13+020 (rue Haute) », in French as orders are.
    """
    roads = [format_route(name) for name, _metres in fetch_all(NAMES, {"stretch": bytes(stretch.ewkb)})]
    references = french.between(start, end)
    if not references:
        return ", ".join(roads)[:LONGEST_PLACE]
    streets = [one for one in roads if not references.startswith(one)]
    while len(", ".join(streets)) > LONGEST_PLACE - len(references) - 3:
        streets.pop()
    return f"{references} ({', '.join(streets)})" if streets else references


def ends_of(stretch: MultiLineString) -> tuple[tuple[float, float], tuple[float, float]]:
    """The first and the last place of its longest line (`arpent.closed_bearing` takes the same one)."""
    merged = stretch.merged
    lines = [merged] if isinstance(merged, LineString) else list(cast(MultiLineString, merged))
    longest = max(lines, key=lambda one: one.length)
    (x, y, *_z), (to_x, to_y, *_w) = longest[0], longest[-1]
    return (x, y), (to_x, to_y)


ROADS_UNDER: Final = """
    select distinct coalesce(s.route, ''), coalesce(s.department, '')
    from arpent.sections_under(st_geomfromewkb(%(stretch)s)) as under(id) join road_section s on s.id = under.id limit 2
"""
BESIDE_M: Final = 15.0
"""How far from the axis of a road its works end at a reference of it."""


def references_along(stretch: MultiLineString) -> tuple[str, str]:
    """The first and the last PR of a stretch in one piece that follows a single numbered road; nothing for others."""
    roads = fetch_all(ROADS_UNDER, {"stretch": bytes(stretch.ewkb)})
    if len(roads) != 1 or not roads[0][0] or not isinstance(stretch.merged, LineString):
        return "", ""
    route, department = roads[0]
    try:
        ends = [reference_at(x, y, route=route, department=department, within_m=BESIDE_M).reference
                for x, y in ends_of(stretch)]  # fmt: skip
    except NotFound:
        return "", ""
    first, last = sorted(ends, key=lambda one: (one.marker, one.metres))
    return str(first), str(last)


def fetch_line(statement: str, given: dict[str, Any]) -> MultiLineString | None:
    result = fetch_one(statement, given)
    if result is None or result[0] is None:
        return None
    shape = GEOSGeometry(result[0])
    assert isinstance(shape, MultiLineString)
    return shape
