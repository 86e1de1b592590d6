"""Where the map opens for who works on objects of tables, where all of the territory would be too far to see any."""

from collections.abc import Callable, Sequence

from psycopg import sql

from gis_core.database.statements import fetch_all

NEAREST = sql.SQL("""
    with middle as (
        select st_transform(st_setsrid(st_makepoint(%(lon)s, %(lat)s), 4326), 2154) as at,
               st_transform(st_makeenvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326), 2154) as territory)
    select st_x(place), st_y(place)
    from (select st_transform(st_closestpoint(near.geom, near.at), 4326) as place
          from (select one.geom, middle.at from middle, {table} one
                where one.geom && middle.territory order by one.geom <-> middle.at limit 1) near) c
""")


def nearest_of(*tables: str) -> Callable[[Sequence[float]], tuple[float, float] | None]:
    """What gives the place (lon, lat) of the object that the person sees nearest to the middle of a territory [west,
    south, east, north] (degrees), none outside: of the first of these tables, each with `geom` in EPSG:2154, that has
    any; None where none has. Whoever sees none looks at no row beyond the territory."""

    def nearest(extent: Sequence[float]) -> tuple[float, float] | None:
        west, south, east, north = extent
        given = {"west": west, "south": south, "east": east, "north": north}
        middle = {"lon": (west + east) / 2, "lat": (south + north) / 2}
        for table in tables:
            rows = fetch_all(NEAREST.format(table=sql.Identifier(table)), given | middle)
            if rows:
                return (float(rows[0][0]), float(rows[0][1]))
        return None

    return nearest
