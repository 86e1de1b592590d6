"""What crosses each parcel named on standard input, by geopandas: run in an environment of its own, with its libraries.

Reads by the parcel's box from the database at each request, as a script of a GIS department does. One JSON line a
parcel: milliseconds, and the square metres of each kind of thing.
"""

import json
import sys
import time
from typing import Any

PARCEL = (
    "select p.idu, p.insee, p.area_m2, c.name, p.geom from cadastre_parcel p"
    " left join gis_core_commune c on c.insee = p.insee where p.idu = %(idu)s"
)
BOX = " && st_makeenvelope(%(west)s, %(south)s, %(east)s, %(north)s, 2154)"
IN_FORCE = (
    " join planning_document d on d.id = t.document_id"
    " where d.starts_date <= current_date and (d.ends_date is null or d.ends_date > current_date) and t.geom" + BOX
)
NEAR = {
    "buildings": "select id, kind, name, geom from cadastre_building where geom" + BOX,
    "zones": "select t.id, t.libelle, t.typezone, d.idurba, t.geom from planning_zone t" + IN_FORCE,
    "prescriptions": "select t.id, t.libelle, t.typepsc, t.stypepsc, d.idurba, t.geom from planning_prescription t"
    + IN_FORCE,
    "information": "select t.id, t.libelle, t.typeinf, t.stypeinf, d.idurba, t.geom from planning_information t"
    + IN_FORCE,
    "easements": "select t.id, t.name, t.category, e.idsup, e.manager, a.name as act, t.geom"
    " from planning_easementfootprint t join planning_easement e on e.id = t.easement_id"
    " left join planning_easementlink l on l.easement_id = e.id left join planning_easementact a on a.id = l.act_id"
    " where t.geom" + BOX,
    "risks": "select t.id, t.code, t.name, r.name as plan, t.geom from planning_riskzone t"
    " join planning_riskplan r on r.id = t.plan_id where t.geom" + BOX,
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
    found: dict[str, dict[str, float]] = {kind: {} for kind in NEAR}
    for kind, query in NEAR.items():
        near = geopandas.read_postgis(query, connection, geom_col="geom", params=box)
        if near.empty:
            continue
        parts = geopandas.overlay(near, parcel[["geom"]], how="intersection", keep_geom_type=True)
        found[kind] = {str(pk): float(area) for pk, area in zip(parts["id"], parts.geometry.area, strict=True)}
    return found


if __name__ == "__main__":
    main()
