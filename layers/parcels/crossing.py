"""What a table has in common with a ground, measured the same way for every section of the parcel sheet.

The area of the common part is planar (EPSG:2154) in SQL and told in geodesic square metres; its share is of the ground.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.sql import SQL, Composable, Identifier

from layers.parcels.sections import Ground, Measure, Tolerance

MOST_FOUND = 2_000
# Coordinates are kept to a centimetre at best: less is a common limit, not a common area.
CONTACT_M2 = 0.05
USUAL = Tolerance()
ALL = SQL("true")

# A shape that holds the whole ground needs no overlay; one of which only the limit meets the ground shares no area.
FOUND = """
    select {columns}, st_dimension(geom), st_area(part), st_length(part),
           case st_dimension(geom)
               when 0 then st_distance(geom, st_boundary(ground))
               when 1 then st_length(st_difference(part, st_buffer(st_boundary(ground), %(m)s))) end
    from (select *, case when st_dimension(geom) = 0 then geom when st_covers(geom, ground) then ground
                    else st_intersection(geom, ground) end as part
          from {table}, (select %(ground)s::public.geometry as ground) asked
          where {where} and geom && ground and st_intersects(geom, ground)
          order by id limit %(more)s) found
    order by id
"""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A row that meets the ground: its columns by name, and what it shares with it."""

    values: Mapping[str, Any]
    measure: Measure


class Crossings(list[Crossing]):
    """What was found; `cut` where there is more than a sheet lists."""

    cut: bool = False

    def notes(self) -> list[str]:
        """What a section says of a list that was cut: neither its lines nor its sums are whole."""
        if not self.cut:
            return []
        words = _("More than %(most)s are met: the others are neither listed nor counted. Choose a smaller ground.")
        return [words % {"most": MOST_FOUND}]


def crossings(
    ground: Ground,
    table: str,
    columns: Sequence[str],
    *,
    where: Composable = ALL,
    values: Mapping[str, Any] | None = None,
    tolerance: Tolerance = USUAL,
) -> Crossings:
    """Rows of a table (`id`, `geom` in EPSG:2154) that meet the ground, by id; `where` names its values `%(name)s`."""
    statement = sql.SQL(FOUND).format(
        columns=SQL(", ").join(map(Identifier, columns)), table=Identifier(table), where=where
    )
    given = {"ground": ground.geom, "more": MOST_FOUND + 1, "m": tolerance.m, **(values or {})}
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        rows = cursor.fetchall()
    width = len(columns)
    found = Crossings(
        Crossing(dict(zip(columns, row[:width], strict=True)), measured(ground, tolerance, *row[width:]))
        for row in rows[:MOST_FOUND]
    )
    found.cut = len(rows) > MOST_FOUND
    return found


def measured(
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
        small = area < tolerance.m2 and share < tolerance.share
        return Measure(area_m2=ground.on_the_ground(area), share=share, uncertain=small)
    if dimension == 1:
        return Measure(length_m=length, uncertain=length < tolerance.m or not inside)
    return Measure(uncertain=(inside or 0.0) < tolerance.m)
