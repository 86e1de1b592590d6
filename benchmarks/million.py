"""`python -m benchmarks.million FILE`: a GeoPackage of a million polygons, in a process of its own (pyogrio's GDAL)."""

import sys
from pathlib import Path

import numpy as np
import shapely
from pyogrio.raw import write

from benchmarks import territory

COUNT = 1_000_000
LAYER = "parcelles"


def make(path: Path) -> None:
    """Parcels with a reference, a label, a whole number, a decimal one and a date."""
    land = territory.make(COUNT)
    shapes = shapely.to_wkb(shapely.multipolygons(land.parcels[:, None]))
    random = np.random.default_rng(territory.SEED)
    columns = {
        "reference": np.array([f"45{number:012d}" for number in range(COUNT)], dtype=object),
        "libelle": np.array([f"AX {number % 9999 + 1}" for number in range(COUNT)], dtype=object),
        "contenance": np.round(shapely.area(land.parcels)).astype(np.int64),
        "pente": random.random(COUNT),
        "cree_le": np.datetime64("2000-01-01") + random.integers(0, 9000, COUNT).astype("timedelta64[D]"),
    }
    write(
        str(path),
        shapes,
        list(columns.values()),
        list(columns),
        geometry_type="MultiPolygon",
        crs="EPSG:2154",
        driver="GPKG",
        layer=LAYER,
    )


if __name__ == "__main__":
    make(Path(sys.argv[1]))
