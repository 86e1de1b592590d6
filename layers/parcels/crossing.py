"""What has something in common with a ground, measured the same way for every section of the parcel sheet.

The area of the common part is planar (EPSG:2154) in SQL and told in geodesic square metres; its share is of the ground.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from psycopg.sql import SQL, Composed, Identifier, Literal, Placeholder

from layers.parcels.sections import Crossing, Ground, Measure, Source, Tolerance

MOST_CROSSINGS = 2_000
# Coordinates are kept to a centimetre at best: less is a common limit, not a common area.
CONTACT_M2 = 0.05
LINE = {"kind": "line"}

# A shape that holds the whole ground needs no overlay; one of which only the limit meets the ground shares no area.
CROSSING_ROWS = SQL("""
    (select {place}, json_build_array({columns}), st_dimension(t.geom), st_area(part), st_length(part),
            case st_dimension(t.geom)
                when 0 then st_distance(t.geom, st_boundary(ground))
                when 1 then st_length(st_difference(part, st_buffer(st_boundary(ground), {along}::float8))) end
     from (select t.*, ground, case when st_dimension(geom) = 0 then geom when st_covers(geom, ground) then ground
                               else st_intersection(geom, ground) end as part
           from {table} t, asked
           where {where} and {met}
           order by id limit %(most)s) t {joins}
     order by t.id)
""")
MET = SQL("geom && ground and st_intersects(geom, ground)")
# A box made beforehand: under a row policy an index takes no function that may leak.
BOX = SQL(", st_expand(ground, {metres}) as {near}")
NEAR = SQL("geom && {near} and st_dwithin(geom, ground, {metres})")
EVERY = SQL("""
    with given as (select %(ground)s::bytea::public.geometry as ground),
    asked as materialized (select ground {boxes} from given) {parts}
""")


def crossings(ground: Ground, sources: Sequence[Source]) -> list[list[Crossing]]:
    """What crosses the ground of each source, by id; one statement for all. At most one more than MOST_CROSSINGS."""
    by_source: list[list[Crossing]] = [[] for _source in sources]
    if not sources:
        return by_source
    values: dict[str, Any] = {
        "ground": ground.geom,
        "day": ground.day,
        "parcels": list(ground.parcels),
        "most": MOST_CROSSINGS + 1,
    }
    values |= {f"along_{place}": ground.tolerance(source.layer_of(LINE)).m for place, source in enumerate(sources)}
    backend: Any = connection
    with backend.preparing() as cursor:
        cursor.execute(statement(tuple(sources)), values)
        rows = cursor.fetchall()
    for place, cells, *measures in rows:
        source = sources[place]
        columns = dict(zip(source.columns, cells, strict=True))
        by_source[place].append(
            Crossing(columns, measure_crossing(ground, ground.tolerance(source.layer_of(columns)), *measures))
        )
    return by_source


@cache
def statement(sources: tuple[Source, ...]) -> bytes:
    parts = [part(place, source) for place, source in enumerate(sources)]
    boxes = [BOX.format(metres=metres, near=near(metres)) for metres in {one.around_m for one in sources} - {0}]
    return EVERY.format(boxes=SQL("").join(boxes), parts=SQL("union all").join(parts)).as_bytes()


def near(metres: int) -> Identifier:
    return Identifier(f"near_{metres}")


def part(place: int, source: Source) -> Composed:
    return CROSSING_ROWS.format(
        place=Literal(place),
        along=Placeholder(f"along_{place}"),
        columns=SQL(", ").join(map(SQL, source.columns.values())),
        table=Identifier(source.table),
        where=SQL(source.where),
        met=NEAR.format(metres=source.around_m, near=near(source.around_m)) if source.around_m else MET,
        joins=SQL(source.joins),
    )


def measure_crossing(
    ground: Ground, tolerance: Tolerance, dimension: int, area: float, length: float, inside: float | None
) -> Measure:
    """Areas of surfaces (0 for a common limit), lengths of lines, nothing of points.

    `inside` is how far a point lies from the limit (m), and how much of a line lies farther from it than the
    tolerance: a line drawn along the limit may be the neighbour's.
    """
    if dimension == 2:
        if area < CONTACT_M2:
            return Measure(area_m2=0.0, share=0.0, uncertain=True)
        share = min(area / ground.planar_m2, 1.0) if ground.planar_m2 else 0.0
        small = area < tolerance.m2 and share * 100 < tolerance.percent
        return Measure(area_m2=ground.on_the_ground(area), share=share, **below(tolerance, small))
    if dimension == 1:
        near = length < tolerance.m or not inside
        return Measure(length_m=length, **below(tolerance, near))
    return Measure(**below(tolerance, (inside or 0.0) < tolerance.m))


def below(tolerance: Tolerance, small: bool) -> dict[str, Any]:
    return {"uncertain": small, "below": tolerance if small else None}
