"""What crosses each parcel named on standard input, by geopandas: run in an environment of its own, with its libraries.

Reads by the parcel's box from the database at each request, as a script of a GIS department does, everything that our
sheet tells to somebody who has not signed in. One JSON line a parcel: milliseconds until the report was JSON, and the
square metres of zones and easements.
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
TODAY = "(now() at time zone 'Europe/Paris')::date"
IN_FORCE = (
    " join planning_document d on d.id = t.document_id"
    f" where d.starts_date <= {TODAY} and (d.ends_date is null or d.ends_date > {TODAY}) and t.geom" + BOX
)
OF_DOCUMENT = "t.id, t.libelle, t.nomfic, t.urlfic, d.idurba, d.approved_date, d.folder"
NEAR = {
    "buildings": "select id, kind, name, geom from cadastre_building where geom" + BOX,
    "zones": f"select {OF_DOCUMENT}, t.libelong, t.geom from planning_zone t" + IN_FORCE,
    "prescriptions": f"select {OF_DOCUMENT}, t.typepsc, t.stypepsc, t.geom from planning_prescription t" + IN_FORCE,
    "information": f"select {OF_DOCUMENT}, t.typeinf, t.stypeinf, t.geom from planning_information t" + IN_FORCE,
    "easements": "select t.id, e.name, t.type, t.category, e.manager, a.name as act, a.decided_date, a.piece, t.geom"
    " from planning_easementfootprint t join planning_easement e on e.id = t.easement_id"
    " left join planning_easementlink l on l.easement_id = e.id left join planning_easementact a on a.id = l.act_id"
    " where t.geom" + BOX,
    "risks": "select t.id, t.code, t.name, r.name as plan, r.state, r.state_date, t.geom from planning_riskzone t"
    " join planning_riskplan r on r.id = t.plan_id where t.geom" + BOX,
    "photos": "select id, title, acquired_date, resolution_m, geom from catalogue_photo where visibility = 'public'"
    " and geom" + BOX,
}
ADDRESSES = "select label from cadastre_address where parcel_idu = :idu"
VINTAGES = "select slug, title, source_date from catalogue_layer where visibility = 'public'"


def main() -> None:
    from sqlalchemy import create_engine, text  # type: ignore[import-not-found,unused-ignore]

    with create_engine(sys.argv[1]).connect() as connection:
        for name, value in json.loads(sys.argv[2]).items():
            connection.execute(text("select set_config(:name, :value, false)"), {"name": name, "value": value})
        for line in sys.stdin:
            begun = time.perf_counter()
            told = report(connection, line.strip())
            written = json.dumps(told, default=str)
            taken = (time.perf_counter() - begun) * 1000
            areas = {kind: {one["id"]: one["area_m2"] for one in told[kind]} for kind in ("zones", "easements")}
            print(json.dumps({"ms": taken, "bytes": len(written), **areas}), flush=True)


def report(connection: Any, idu: str) -> dict[str, Any]:
    """The parcel, and every thing that crosses it with its square metres, its metres and its share, by kind."""
    import geopandas  # type: ignore[import-not-found,import-untyped,unused-ignore]
    from pyproj import Geod
    from sqlalchemy import text

    parcel = geopandas.read_postgis(PARCEL, connection, geom_col="geom", params={"idu": idu})
    west, south, east, north = map(float, parcel.total_bounds)
    box = {"west": west, "south": south, "east": east, "north": north}
    placed = parcel.to_crs(4326)
    whole = abs(Geod(ellps="GRS80").geometry_area_perimeter(placed.geometry.iloc[0])[0])
    told: dict[str, Any] = {
        "parcel": json.loads(placed.to_json()),
        "measured_m2": whole,
        "addresses": [row[0] for row in connection.execute(text(ADDRESSES), {"idu": idu})],
        "vintages": [tuple(row) for row in connection.execute(text(VINTAGES))],
    }
    for kind, query in NEAR.items():
        near = geopandas.read_postgis(query, connection, geom_col="geom", params=box)
        told[kind] = [] if near.empty else crossing(geopandas, near, parcel, whole)
    return told


def crossing(geopandas: Any, near: Any, parcel: Any, whole: float) -> list[dict[str, Any]]:
    """What the rows near the parcel share with it: geodesic square metres by the proportion of plane ones."""
    parts = geopandas.overlay(near, parcel[["geom"]], how="intersection", keep_geom_type=True)
    parts["share"] = parts.geometry.area / float(parcel.geometry.area.iloc[0])
    parts["area_m2"] = parts["share"] * whole
    parts["length_m"] = parts.geometry.length
    rows: list[dict[str, Any]] = parts.drop(columns="geometry" if "geometry" in parts else "geom").to_dict("records")
    return rows


if __name__ == "__main__":
    main()
