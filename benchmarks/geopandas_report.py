"""What crosses each parcel named on standard input, by geopandas: run in an environment of its own, with its libraries.

Reads by the parcel's box from the database at each request, as a script of a GIS department does. One JSON line a
parcel: milliseconds, and the square metres of each kind of thing.
"""

import json
import sys
import time
from typing import Any

PARCEL = "select idu, insee, area_m2, geom from cadastre_parcel where idu = %(idu)s"
NEAR = {
    "zones": "select z.id, z.libelle, z.typezone, z.geom from planning_zone z"
    " join planning_document d on d.id = z.document_id"
    " where d.starts_date <= current_date and (d.ends_date is null or d.ends_date > current_date)"
    " and z.geom && st_makeenvelope(%(west)s, %(south)s, %(east)s, %(north)s, 2154)",
    "easements": "select f.id, f.name, f.category, e.idsup, e.manager, f.geom from planning_easementfootprint f"
    " join planning_easement e on e.id = f.easement_id"
    " where f.geom && st_makeenvelope(%(west)s, %(south)s, %(east)s, %(north)s, 2154)",
    "buildings": "select id, kind, name, geom from cadastre_building"
    " where geom && st_makeenvelope(%(west)s, %(south)s, %(east)s, %(north)s, 2154)",
}
ADDRESSES = "select label from cadastre_address where parcel_idu = :idu"


def main() -> None:
    from sqlalchemy import create_engine  # type: ignore[import-not-found,unused-ignore]

    with create_engine(sys.argv[1]).connect() as connection:
        for line in sys.stdin:
            begun = time.perf_counter()
            told = report(connection, line.strip())
            print(json.dumps({"ms": (time.perf_counter() - begun) * 1000, **told}), flush=True)


def report(connection: Any, idu: str) -> dict[str, dict[str, float]]:
    """Square metres of every thing that crosses the parcel, by kind and identifier."""
    import geopandas  # type: ignore[import-not-found,import-untyped,unused-ignore]
    from sqlalchemy import text

    parcel = geopandas.read_postgis(PARCEL, connection, geom_col="geom", params={"idu": idu})
    west, south, east, north = map(float, parcel.total_bounds)
    box = {"west": west, "south": south, "east": east, "north": north}
    connection.execute(text(ADDRESSES), {"idu": idu}).fetchall()
    found: dict[str, dict[str, float]] = {}
    for kind, query in NEAR.items():
        near = geopandas.read_postgis(query, connection, geom_col="geom", params=box)
        parts = geopandas.overlay(near, parcel[["geom"]], how="intersection", keep_geom_type=True)
        found[kind] = {str(pk): float(area) for pk, area in zip(parts["id"], parts.geometry.area, strict=True)}
    return found


if __name__ == "__main__":
    main()
