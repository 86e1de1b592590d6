"""Writes the vector files that the reader's tests open; run as a program of its own, for tests share Django's GDAL.

python vector_files.py FOLDER
"""

import shutil
import sqlite3
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyogrio import raw

NAMES = ["Église d'Adon", "Amilly", "Château-Renard"]
PLACES = [[617284.0, 6717902.0], [617300.5, 6717950.25], [617400.0, 6718000.0]]
DRIVERS = {
    "places.gpkg": "GPKG",
    "places.fgb": "FlatGeobuf",
    "places.shp": "ESRI Shapefile",
    "places.gml": "GML",
    "places.tab": "MapInfo File",
    "places.mif": "MapInfo File",
    "places.geojson": "GeoJSON",
}
BOWTIE = "POLYGON ((617000 6717000, 617010 6717010, 617010 6717000, 617000 6717010, 617000 6717000))"
SQUARE = "POLYGON ((617020 6717000, 617030 6717000, 617030 6717010, 617020 6717010, 617020 6717000))"
SLIVER = "POLYGON ((617040 6717000, 617050 6717000, 617040 6717000, 617040 6717000))"


def main(folder: Path) -> None:
    warnings.simplefilter("ignore")
    for name, driver in DRIVERS.items():
        options = {"FORMAT": "MIF"} if name.endswith(".mif") else {}
        write_places(folder / name, driver, **options)
    for name, driver in (("places.xlsx", "XLSX"), ("places.ods", "ODS")):
        write_sheet(folder / name, driver)
    write_typed(folder / "typed.gpkg")
    write_typed(folder / "typed.shp", driver="ESRI Shapefile")
    write_shapes(folder / "polygons.gpkg", [SQUARE, BOWTIE, SLIVER, None, "POLYGON EMPTY"], "Polygon")
    write_shapes(
        folder / "mixed.gpkg", [SQUARE, f"MULTI{SQUARE.replace('((', '(((')})", "POINT (617000 6717000)"], "Unknown"
    )
    write_shapes(folder / "heights.gpkg", ["LINESTRING Z (617000 6717000 80, 617010 6717000 81)"], "LineString Z")
    line = np.array([617000, 6717000, 80, 617010, 6717000, 81.0])
    write_raw(folder / "measured.gpkg", "LINESTRING", 2002, line, dimension=3)
    half_circle = np.array([617000, 6717000, 617010, 6717010, 617020, 6717000.0])
    write_raw(folder / "arcs.gpkg", "CURVE", 8, half_circle, dimension=2)
    write_shapes(folder / "degrees.gpkg", ["POINT (2.5 47.8)", "POINT (2.6 47.9)"], "Point")
    write_shapes(folder / "conic.gpkg", ["POINT (1662000 7200000)"], "Point", crs="EPSG:3948")
    write_hostile(folder)


def write_places(path: Path, driver: str, **options: str) -> None:
    points = shapely.to_wkb(shapely.points(PLACES))
    columns = [np.array(NAMES, object), np.array([1, 2, 3], np.int32), np.array([1.5, -2.25, 1e6])]
    raw.write(
        path,
        points,
        columns,
        ["nom", "numero", "hauteur"],
        geometry_type="Point",
        crs="EPSG:2154",
        layer="places",
        driver=driver,
        **options,
    )


def write_sheet(path: Path, driver: str) -> None:
    columns = [np.array(NAMES, object), *(np.array(PLACES).T), np.array(["45001", "01004", "45115"], object)]
    raw.write(path, None, columns, ["nom", "x", "y", "insee"], layer="Feuille 1", driver=driver, geometry_type=None)


def write_typed(path: Path, driver: str = "GPKG") -> None:
    columns: dict[str, Any] = {
        "texte": np.array(["tab\there", "line\nend", "back\\slash", None], object),
        "entier": np.array([1, -(2**53), 2**53, 0], np.int64),
        "reel": np.array([0.1, 1e-300, -1.5, np.nan]),
        "logique": np.array([True, False, True, False]),
        "jour": np.array(["2024-02-29", "1582-10-15", "NaT", "9999-12-31"], "datetime64[D]"),
        "instant": np.array(["2024-02-29T23:59:59.123", "1970-01-01", "NaT", "2038-01-19"], "datetime64[ms]"),
    }
    if driver != "GPKG":
        del columns["instant"]
    points = shapely.to_wkb(shapely.points([PLACES[0]] * 4))
    raw.write(
        path,
        points,
        list(columns.values()),
        list(columns),
        geometry_type="Point",
        crs="EPSG:2154",
        layer=path.stem,
        driver=driver,
    )


def write_shapes(path: Path, texts: Sequence[str | None], kind: str, crs: str = "EPSG:2154") -> None:
    shapes = shapely.to_wkb(shapely.from_wkt(texts), flavor="iso", output_dimension=4)
    numbers = np.arange(1, len(texts) + 1)
    raw.write(path, shapes, [numbers], ["numero"], geometry_type=kind, crs=crs, layer=path.stem, driver="GPKG")


def write_raw(path: Path, kind: str, code: int, positions: Any, *, dimension: int) -> None:
    """One geometry that shapely or pyogrio cannot write."""
    write_shapes(path, ["POINT (617000 6717000)"], "Point")
    head = bytes([1]) + code.to_bytes(4, "little") + (len(positions) // dimension).to_bytes(4, "little")
    database = without_triggers(path)
    database.execute("update gpkg_geometry_columns set geometry_type_name = ?, m = ?", [kind, 1 if code > 2000 else 0])
    database.execute(
        f"update {path.stem} set geom = ?",
        [bytes.fromhex("475000016a080000") + head + positions.tobytes()],
    )
    database.commit()
    database.close()


def write_hostile(folder: Path) -> None:
    for name in ("trigger", "view", "endless", "reaching", "extension", "virtual", "journal", "damaged", "names"):
        shutil.copy(folder / "places.gpkg", folder / f"{name}.gpkg")
    script(folder / "trigger.gpkg", "create trigger gone after update on gpkg_contents begin delete from places; end")
    add_view(folder / "view.gpkg", "select fid as OGC_FID, geom, nom from places")
    rows = "with recursive r (n) as (select 1 union all select n + 1 from r)"
    add_view(folder / "endless.gpkg", f"{rows} select n as OGC_FID, null as geom, 'x' as nom from r where n < 0")
    reaching = "gdal_get_layer_pixel_value('/etc/passwd', 1, 'georef', 0, 0)"
    add_view(folder / "reaching.gpkg", f"select fid as OGC_FID, geom, {reaching} as nom from places")
    add_view(folder / "extension.gpkg", "select fid as OGC_FID, geom, load_extension('/tmp/x') as nom from places")
    script(
        folder / "virtual.gpkg",
        "pragma writable_schema = 1",
        "insert into sqlite_master (type, name, tbl_name, rootpage, sql) values ('table', 'v', 'v', 0,"
        " 'create virtual table v using VirtualShape(''/etc/passwd'', UTF-8, 2154)')",
        "insert into gpkg_contents (table_name, data_type, identifier, last_change)"
        " values ('v', 'attributes', 'v', '2020-01-01T00:00:00Z')",
    )
    patch(folder / "journal.gpkg", 18, b"\2\2")
    script(
        folder / "damaged.gpkg",
        "update places set geom = x'475000016a080000010200000005000000' where nom = 'Amilly'",
    )
    script(folder / "names.gpkg", 'alter table places add column "a""; drop table x; --" text')
    (folder / "cut.gpkg").write_bytes((folder / "places.gpkg").read_bytes()[:40_000])


def add_view(path: Path, query: str) -> None:
    script(
        path,
        f"create view v as {query}",
        "insert into gpkg_contents (table_name, data_type, identifier, last_change, srs_id)"
        " values ('v', 'features', 'v', '2020-01-01T00:00:00Z', 2154)",
        "insert into gpkg_geometry_columns values ('v', 'geom', 'POINT', 2154, 0, 0)",
    )


def script(path: Path, *statements: str) -> None:
    database = without_triggers(path)
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


def without_triggers(path: Path) -> sqlite3.Connection:
    """Those of GeoPackage call functions that only GDAL has."""
    database = sqlite3.connect(path)
    for (name,) in database.execute("select name from sqlite_master where type = 'trigger'").fetchall():
        database.execute(f'drop trigger "{name}"')
    return database


def patch(path: Path, place: int, content: bytes) -> None:
    data = bytearray(path.read_bytes())
    data[place : place + len(content)] = content
    path.write_bytes(data)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
