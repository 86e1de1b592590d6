"""Whether a geometry can be kept in a layer: its type, its dimension, validity, territory; in words if not."""

import re
from math import isfinite
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, MultiLineString, MultiPoint, MultiPolygon
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.database.statements import fetch_one
from layers.catalogue.models import Layer
from layers.features.display import display_number

MOST_VERTICES = 200_000
TOLERANCE_M = 1.0
"""How far beyond the territory's boundary a geometry may lie: boundaries are drawn to the metre."""
DOMAIN_2154 = (-400_000.0, 5_900_000.0, 1_600_000.0, 7_300_000.0)
MULTI = {"Point": MultiPoint, "LineString": MultiLineString, "Polygon": MultiPolygon}
PLACE = re.compile(r"\[(\S+) (\S+)\]")
WANTED = {
    "Point": gettext_lazy("one point"),
    "MultiPoint": gettext_lazy("points"),
    "LineString": gettext_lazy("one line"),
    "MultiLineString": gettext_lazy("lines"),
    "Polygon": gettext_lazy("one polygon"),
    "MultiPolygon": gettext_lazy("polygons"),
}
REASONS = {
    "Self-intersection": gettext_lazy("The outline crosses itself at %(place)s: move or remove a corner there."),
    "Ring Self-intersection": gettext_lazy("The outline touches itself at %(place)s: move a corner away from there."),
    "Hole lies outside shell": gettext_lazy("A hole lies outside the outline at %(place)s: move it inside."),
    "Holes are nested": gettext_lazy("A hole lies inside another one at %(place)s: remove one of them."),
    "Interior is disconnected": gettext_lazy("Holes cut the surface in two at %(place)s: draw two surfaces."),
    "Nested shells": gettext_lazy("A part lies inside another one at %(place)s: remove one of them."),
    "Too few points in geometry component": gettext_lazy(
        "The outline has too few corners at %(place)s: a surface needs three, a line two that differ."
    ),
}
TERRITORY = """
    with given as (select st_setsrid(%(wkb)s::geometry, 2154) as geom),
    near as (select c.geom from gis_core_territory t join gis_core_commune c on c.insee = t.insee, given g
             where t.member_id = %(member)s and c.geom && st_expand(g.geom, %(tolerance)s)),
    land as (select case when count(*) > 1 then st_union(geom) else (array_agg(geom))[1] end as geom from near)
    select case when land.geom is null then not exists (select from gis_core_territory where member_id = %(member)s)
        when st_covers(land.geom, given.geom) then true
        else st_covers(st_buffer(land.geom, %(tolerance)s), given.geom) end
    from land, given
"""
DISTANCE = """
    select min(st_distance(c.geom, st_setsrid(%(wkb)s::geometry, 2154)))
    from gis_core_territory t join gis_core_commune c on c.insee = t.insee where t.member_id = %(member)s
"""


class Unfit(ValueError):  # noqa: N818
    """A geometry that cannot be kept; the text is shown."""


def fit_geometry(geometry: GEOSGeometry | None, kind: str) -> GEOSGeometry:
    """The geometry (EPSG:2154) as a table of this type keeps it. Raises Unfit."""
    if geometry is None or geometry.empty:
        raise Unfit(_("The object has no place: draw it."))
    if geometry.hasz and not has_heights(kind):
        raise Unfit(_("Positions have heights, which are not drawn here: send x and y alone."))
    if geometry.num_coords > MOST_VERTICES:
        raise Unfit(_("The object has more than %(most)s corners: simplify it.") % {"most": MOST_VERTICES})
    # Where no coordinate is a number, there is no envelope.
    if geometry.envelope.empty or not all(map(isfinite, geometry.extent)):
        raise Unfit(_("A coordinate is not a number: check the coordinates."))
    west, south, east, north = geometry.extent
    if not (DOMAIN_2154[0] <= west and east <= DOMAIN_2154[2] and DOMAIN_2154[1] <= south and north <= DOMAIN_2154[3]):
        raise Unfit(_("The object lies outside France: check the coordinates and their system (Lambert-93)."))
    check_valid(geometry)
    return of_kind(geometry, flat_kind(kind))


def check_valid(geometry: GEOSGeometry) -> None:
    """Refuse a geometry that is not valid, or of no extent. Raises Unfit with the place of what is wrong."""
    if "Point" not in geometry.geom_type and not geometry.length:
        raise Unfit(_("The object has no extent: give it two different positions at least."))
    if geometry.valid:
        return
    reason = geometry.valid_reason
    position = PLACE.search(reason)
    message = REASONS.get(reason.partition("[")[0]) or gettext_lazy(
        "The outline is not valid at %(place)s: draw it again."
    )
    raise Unfit(str(message) % {"place": place(*position.groups()) if position else "?"})


def place(x: str, y: str) -> str:
    """A position in EPSG:2154 as people read it."""
    return f"{display_number(float(x), 2)} ; {display_number(float(y), 2)}"


def of_kind(geometry: GEOSGeometry, kind: str) -> GEOSGeometry:
    """One part as itself or as a collection of one, as the table wants it. Raises Unfit."""
    part_kind = geometry.geom_type
    if part_kind == kind or kind == "Geometry":
        return geometry
    if f"Multi{part_kind}" == kind:
        return MULTI[part_kind](geometry, srid=geometry.srid)
    if part_kind == f"Multi{kind}" and geometry.num_geom == 1:
        part: GEOSGeometry = geometry[0]
        part.srid = geometry.srid
        return part
    if part_kind == f"Multi{kind}":
        message = _("The object has %(count)s parts, this layer takes %(wanted)s: make an object of each.")
        raise Unfit(message % {"count": geometry.num_geom, "wanted": WANTED[kind]})
    raise Unfit(_("This layer takes %(wanted)s.") % {"wanted": WANTED.get(kind, kind)})


def check_territory(geometry: GEOSGeometry, member_id: int | None, tolerance_m: float = TOLERANCE_M) -> None:
    """Refuse what lies outside the communes of a member; one without communes has no limits. Raises Unfit."""
    if member_id is None:
        return
    values: dict[str, Any] = {"wkb": bytes(geometry.wkb), "member": member_id, "tolerance": tolerance_m}
    with connection.cursor() as cursor:
        cursor.execute(TERRITORY, values)
        (inside,) = cursor.fetchone()
        if inside:
            return
        cursor.execute(DISTANCE, values)
        (distance,) = cursor.fetchone()
    if distance > tolerance_m:
        message = _("The object lies %(distance)s m outside the territory: move it inside.")
        raise Unfit(message % {"distance": display_number(distance, 0)})
    raise Unfit(_("A part of the object lies outside the territory: move it inside."))


def tolerance_of(layer: Layer) -> float:
    """How far beyond the territory objects of this layer may lie."""
    own = [rule.get("tolerance_m") for rule in layer.rules if rule["kind"] == "inside_territory"]
    return next((float(tolerance) for tolerance in own if tolerance is not None), TOLERANCE_M)


def kind_of_table(table: str) -> str:
    """The geometry type of a table's `geom`; it ends with Z where its places have heights."""
    row = fetch_one(
        "select postgis_typmod_type(atttypmod) from pg_attribute"
        " where attrelid = to_regclass('public.' || quote_ident(%s)) and attname = 'geom'",
        [table],
    )
    return str(row[0]) if row else "Geometry"


def has_heights(kind: str) -> bool:
    """Whether places of a table of this type have heights (Z)."""
    return kind.endswith("Z")


def flat_kind(kind: str) -> str:
    """The type without its heights."""
    return kind.removesuffix("Z")


def set_heights(geometry: GEOSGeometry, kind: str, former: GEOSGeometry | None = None) -> GEOSGeometry:
    """The geometry (EPSG:2154) with heights where a table of this type has them, else without: its own ones, or those
    of the `former` one (arpent.with_heights), 0 where there is none.
    """
    if geometry.hasz and has_heights(kind):
        return geometry
    statement = "select st_asewkb(st_force2d(%(drawn)s::geometry))"
    values: dict[str, bytes | None] = {"drawn": bytes(geometry.ewkb)}
    if has_heights(kind):
        statement = "select st_asewkb(arpent.with_heights(%(drawn)s::geometry, %(former)s::geometry))"
        values |= {"former": bytes(former.ewkb) if former else None}
    elif not geometry.hasz:
        return geometry
    return GEOSGeometry(memoryview(fetch_one(statement, values)[0]))
