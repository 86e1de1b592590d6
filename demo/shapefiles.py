"""Writes shapefiles and DBF tables as deliveries hold them, without GDAL: the seeding process has Django's already.

Formats: ESRI Shapefile Technical Description (1998), dBASE III.
"""

import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

type Rows = Sequence[tuple[BaseGeometry | None, Sequence[str]]]

LAMBERT_93 = (
    'PROJCS["RGF93_Lambert_93",GEOGCS["GCS_RGF_1993",DATUM["D_RGF_1993",SPHEROID["GRS_1980",6378137.0,298.257222101]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Lambert_Conformal_Conic"],'
    'PARAMETER["False_Easting",700000.0],PARAMETER["False_Northing",6600000.0],PARAMETER["Central_Meridian",3.0],'
    'PARAMETER["Standard_Parallel_1",44.0],PARAMETER["Standard_Parallel_2",49.0],PARAMETER["Latitude_Of_Origin",46.5],'
    'UNIT["Meter",1.0]]'
)
POINT, LINE, POLYGON = 1, 3, 5
HEADER = struct.Struct(">7i")
BOX = struct.Struct("<4d")


def write_shapefile(stem: Path, fields: Sequence[tuple[str, int]], rows: Rows, *, kind: int = POLYGON) -> None:
    """Geometries (EPSG:2154) and texts (UTF-8) as stem.shp, .shx, .dbf, .prj and .cpg."""
    records = [record(geometry, kind) for geometry, _values in rows]
    boxes = [geometry.bounds for geometry, _values in rows if geometry is not None]
    bounds = shapely.total_bounds([shapely.box(*box) for box in boxes]).tolist()
    index, place, body = bytearray(), 50, bytearray()
    for number, content in enumerate(records, start=1):
        index += struct.pack(">2i", place, len(content) // 2)
        body += struct.pack(">2i", number, len(content) // 2) + content
        place += 4 + len(content) // 2
    stem.with_suffix(".shp").write_bytes(header(100 + len(body), kind, bounds) + body)
    stem.with_suffix(".shx").write_bytes(header(100 + len(index), kind, bounds) + index)
    stem.with_suffix(".prj").write_text(LAMBERT_93)
    write_table(stem, fields, [values for _geometry, values in rows])


def write_table(stem: Path, fields: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]]) -> None:
    """Texts as stem.dbf, in UTF-8 as stem.cpg says."""
    width = 1 + sum(length for _name, length in fields)
    lines = [b" " + b"".join(cell(*one) for one in zip(values, fields, strict=True)) for values in rows]
    start = struct.pack("<4B I 2H 20x", 3, 126, 1, 1, len(lines), 33 + 32 * len(fields), width)
    named = b"".join(struct.pack("<11s c 4x 2B 14x", name[:10].encode(), b"C", length, 0) for name, length in fields)
    stem.with_suffix(".dbf").write_bytes(start + named + b"\r" + b"".join(lines) + b"\x1a")
    stem.with_suffix(".cpg").write_text("UTF-8")


def cell(value: str, field: tuple[str, int]) -> bytes:
    """A text as wide as its field, cut between two characters."""
    written = str(value).encode()[: field[1]].decode(errors="ignore").encode()
    return written.ljust(field[1])


def header(size: int, kind: int, bounds: Sequence[float]) -> bytes:
    return HEADER.pack(9994, 0, 0, 0, 0, 0, size // 2) + struct.pack("<2i", 1000, kind) + BOX.pack(*bounds) + bytes(32)


def record(geometry: BaseGeometry | None, kind: int) -> bytes:
    """The content of one record; none for a row without a geometry."""
    if geometry is None:
        return struct.pack("<i", 0)
    if kind == POINT:
        return struct.pack("<i2d", POINT, *geometry.coords[0])
    parts = [shapely.get_coordinates(part) for part in parts_of(geometry)]
    starts, place = [], 0
    for part in parts:
        starts.append(place)
        place += len(part)
    counts = struct.pack(f"<2i{len(starts)}i", len(starts), place, *starts)
    return struct.pack("<i", kind) + BOX.pack(*geometry.bounds) + counts + b"".join(part.tobytes() for part in parts)


def parts_of(geometry: Any) -> list[Any]:
    """Lines, or the rings of polygons: outer ones clockwise, holes the other way round."""
    found = []
    for part in shapely.get_parts(geometry).tolist():
        if part.geom_type != "Polygon":
            found.append(part)
        elif part.is_valid:
            turned = orient(part, -1)
            found += [turned.exterior, *turned.interiors]
        else:
            found += [part.exterior, *part.interiors]
    return found
