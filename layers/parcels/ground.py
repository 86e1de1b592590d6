"""Finding a ground: parcels by their identifiers, or a shape drawn on the map."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from psycopg.sql import SQL

from gis_core.errors import Invalid, NotFound
from layers.cadastre.references import whole_identifier
from layers.parcels.sections import Ground, Reader
from layers.parcels.shapes import SURFACES, shape_of

MOST_PARCELS = 100
LARGEST_M2 = 20_000_000
# A smaller area would be told as none.
SMALLEST_M2 = 0.05

MEASURED = SQL("""
    with asked as materialized ({rows})
    select coalesce(array_agg(id order by idu), '{{}}'), coalesce(array_agg(idu order by idu), '{{}}'),
           st_asewkb(whole), st_asgeojson(st_transform(whole, 4326), 8),
           st_area(st_transform(whole, 4326)::geography), st_area(whole),
           array({communes})
    from (select (select st_union(geom) from asked) as whole) united left join asked on true group by whole
""")
PARCELS_LAYER = "parcels"
OF_PARCELS = MEASURED.format(
    rows=SQL("select id, idu, geom from cadastre_parcel where idu = any(%(idus)s::text[])"),
    # A parcel on the edge of its commune touches the neighbour's.
    communes=SQL("select distinct left(idu, 5) from asked"),
).as_bytes()
OF_SHAPE = MEASURED.format(
    rows=SQL(
        "select null::bigint as id, null::text as idu, st_transform(st_geomfromwkb(%(wkb)s::bytea, 4326), 2154) as geom"
    ),
    communes=SQL(
        "select distinct c.insee from gis_core_commune c where c.geom && whole and st_intersects(c.geom, whole)"
    ),
).as_bytes()


def identifier(text: str) -> str:
    """The 14 characters of a parcel's identifier, written with 14 or 15. Raises Invalid."""
    idu = whole_identifier(text)
    if idu is None:
        message = _("“%(text)s” is no parcel: an identifier has 14 characters (450010000A0001) or 15.")
        raise Invalid(message % {"text": text[:40]}, parameter="parcels")
    return idu


def ground_of_parcels(texts: Sequence[str], day: date, reader: Reader) -> Ground:
    """The ground that parcels make up. Raises Invalid, and NotFound naming those that the plan does not have.

    Whoever does not see the layer of parcels finds none.
    """
    if not 1 <= len(texts) <= MOST_PARCELS:
        raise Invalid(_("Name 1 to %(most)s parcels.") % {"most": MOST_PARCELS}, parameter="parcels")
    idus = list(dict.fromkeys(map(identifier, texts)))
    if PARCELS_LAYER not in reader.layers:
        raise NotFound(_("There is no layer of this name, or you may not see it."))
    ground = measure_ground(OF_PARCELS, {"idus": idus}, day)
    missing = sorted(set(idus) - set(ground.idus)) if ground else idus
    if ground is None or missing:
        message = _("The cadastral plan has no parcel %(idus)s.")
        raise NotFound(message % {"idus": ", ".join(missing[:10])})
    return ground


def ground_of_shape(shape: Mapping[str, Any], day: date) -> Ground:
    """The ground of a polygon (GeoJSON, EPSG:4326). Raises Invalid."""
    ground = measure_ground(OF_SHAPE, {"wkb": shape_of(shape, SURFACES).wkb}, day)
    if ground is None or not SMALLEST_M2 <= ground.measured_m2 <= LARGEST_M2:
        message = _("The shape must have an area, 0.05 m² at least and %(most)s km² at most.")
        raise Invalid(message % {"most": LARGEST_M2 // 1_000_000}, parameter="shape")
    return ground


def measure_ground(statement: bytes, values: Mapping[str, Any], day: date) -> Ground | None:
    """The united ground with its areas and communes; None when nothing was found."""
    backend: Any = connection
    with backend.preparing() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    if row is None or row[2] is None:
        return None
    parcels, idus, geom, geojson, measured_m2, planar_m2, insee = row
    return Ground(
        parcels=tuple(one for one in parcels if one is not None),
        idus=tuple(one for one in idus if one is not None),
        insee=frozenset(insee),
        geom=bytes(geom),
        geojson=geojson,
        measured_m2=measured_m2,
        planar_m2=planar_m2,
        day=day,
    )
