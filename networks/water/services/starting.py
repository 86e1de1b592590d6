"""Where a question about a network begins: on a pipe, at a node, or beside a point of the map."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan, degrees, isfinite, pi, sinh
from typing import Any, Final

from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.database.statements import fetch_one
from gis_core.desk.parameters import in_domain
from gis_core.errors import Invalid, NotFound
from networks.water.families import Family

REACH_M: Final = 25.0
HALF_WORLD: Final = 20_037_508.342789244
DECIMALS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One of the three: the id of a pipe, that of a node, or a point in one of the systems of `CRS`."""

    pipe: int | None = None
    node: int | None = None
    point: tuple[float, float] | None = None
    crs: int = 4326

    def as_json(self) -> dict[str, Any]:
        """As the API takes it."""
        if self.point is not None:
            return {"point": list(self.point), "crs": self.crs}
        return {"pipe": self.pipe} if self.pipe is not None else {"node": self.node}


@dataclass(frozen=True, slots=True, kw_only=True)
class StartingPlace:
    """A pipe in service or a node, and the point that was meant (longitude, latitude)."""

    owner: int
    pipe: int | None
    node: int | None
    reference: str | None
    point: list[float]
    distance_m: float
    ends: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("pipe", "reference", "point", "distance_m")}


PIPE: Final = sql.SQL("""
    select p.id, p.owner_id, p.reference, p.service_state, p.start_node_id, p.end_node_id, 0.0,
        st_x(place), st_y(place)
    from {pipe} p, st_transform(st_lineinterpolatepoint(p.geom, 0.5), 4326) as place where p.id = %(pipe)s
""")
NODE: Final = sql.SQL("""
    select n.id, n.owner_id, n.reference, st_x(place), st_y(place)
    from {node} n, st_transform(n.geom, 4326) as place where n.id = %(node)s
""")
NEAREST: Final = sql.SQL("""
    with meant as materialized (select st_transform(st_setsrid(st_makepoint(%(x)s, %(y)s), %(crs)s), 2154) as geom),
    around as materialized (select geom, st_expand(geom, %(reach)s) as box from meant)
    select p.id, p.owner_id, p.reference, p.service_state, p.start_node_id, p.end_node_id,
        st_distance(p.geom, around.geom), st_x(place), st_y(place)
    from around join {pipe} p on p.geom && around.box, st_transform(st_closestpoint(p.geom, around.geom), 4326) as place
    where p.service_state = 'en_service' and st_dwithin(p.geom, around.geom, %(reach)s)
    order by st_distance(p.geom, around.geom), p.id limit 1
""")


def find(family: Family, start: Start) -> StartingPlace:
    """The pipe or node that is meant, as far as the asker sees it. Raises NotFound, Invalid."""
    if start.node is not None:
        return find_node(family, start.node)
    return near(family, start) if start.point is not None else find_pipe(family, start.pipe or 0)


def find_pipe(family: Family, pk: int) -> StartingPlace:
    row = one(PIPE, family, {"pipe": pk})
    if row is None:
        raise NotFound(_("There is no such pipe, or you may not see it."))
    if row[3] != "en_service":
        raise Invalid(
            _("This pipe is not in service: nothing flows in it. Choose a pipe in service."), parameter="pipe"
        )
    return pipe_in(row)


def near(family: Family, start: Start) -> StartingPlace:
    assert start.point is not None
    check_place(*start.point, start.crs)
    parameters = {"x": start.point[0], "y": start.point[1], "crs": start.crs, "reach": REACH_M}
    row = one(NEAREST, family, parameters)
    if row is None:
        message = _("No pipe in service lies within %(metres)s m of this point: point nearer to one.")
        raise NotFound(message % {"metres": f"{REACH_M:.0f}"})
    return pipe_in(row)


def find_node(family: Family, pk: int) -> StartingPlace:
    row = one(NODE, family, {"node": pk})
    if row is None:
        raise NotFound(_("There is no such node, or you may not see it."))
    pk, owner, reference, x, y = row
    return StartingPlace(
        owner=owner, pipe=None, node=pk, reference=reference, point=lonlat(x, y), distance_m=0.0, ends=(pk,)
    )


def pipe_in(row: tuple[Any, ...]) -> StartingPlace:
    pk, owner, reference, _state, start, end, distance, x, y = row
    described = {"reference": reference, "point": lonlat(x, y), "distance_m": round(distance, 2)}
    return StartingPlace(owner=owner, pipe=pk, node=None, ends=(start, end), **described)


def one(statement: sql.SQL, family: Family, parameters: dict[str, Any]) -> tuple[Any, ...] | None:
    row: tuple[Any, ...] | None = fetch_one(
        statement.format(pipe=family.table("pipe"), node=family.table("node")), parameters
    )
    return row


def lonlat(x: float, y: float) -> list[float]:
    return [round(x, DECIMALS), round(y, DECIMALS)]


def check_place(x: float, y: float, crs: int) -> None:
    """Refuse a point that is nowhere near France, in EPSG:2154, 4326 or 3857. Raises Invalid."""
    fits = isfinite(x) and isfinite(y)
    if fits and crs == 2154:
        fits = abs(x) < 1e7 and abs(y) < 2e7
    elif fits:
        lon, lat = (x, y) if crs == 4326 else (x / HALF_WORLD * 180, inverse(y))
        fits = in_domain(lon, lat)
    if not fits:
        raise Invalid(_("This point is not in France: check its coordinates and “crs”."), parameter="point")


def inverse(y: float) -> float:
    """The latitude of a Web Mercator ordinate."""
    return degrees(atan(sinh(max(-1.0, min(1.0, y / HALF_WORLD)) * pi)))
