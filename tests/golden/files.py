"""What files of exports hold, as text: members of archives, rows of GeoPackages, cells of workbooks."""

import sqlite3
from contextlib import closing
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from tests.golden import texts

READ_AS_TEXT = (".csv", ".txt", ".prj", ".cpg", ".qml", ".md")
# A table of one reading of the file's statistics, or of GDAL.
NOT_OURS = ("sqlite_", "rtree_", "gpkg_ogr_contents")


def held_by(path: Path) -> str:
    match path.suffix:
        case ".zip":
            return members_of(path.read_bytes())
        case ".gpkg":
            return tables_of(path)
        case ".xlsx":
            return texts.cells_of(path.read_bytes())
    return path.read_text()


def members_of(archive: bytes) -> str:
    """Each file of an archive, in its order."""
    with ZipFile(BytesIO(archive)) as opened:
        return "\n".join(f"-- {name}\n{told(name, opened.read(name))}" for name in opened.namelist())


def told(name: str, content: bytes) -> str:
    ending = Path(name).suffix.lower()
    if ending in READ_AS_TEXT:
        return content.decode(errors="replace")
    if ending == ".dbf":
        # The day on which it was written stands in front.
        return (content[:1] + content[4:]).decode("utf-8", errors="replace").replace("\0", "·")
    return f"{len(content)} bytes {sha256(content).hexdigest()}"


def tables_of(path: Path) -> str:
    """Every row of a GeoPackage; what is binary in hexadecimal."""
    told = []
    with closing(sqlite3.connect(path)) as base:
        found = base.execute("select name, sql from sqlite_master where type = 'table' order by name").fetchall()
        for name, made in found:
            if name.startswith(NOT_OURS):
                continue
            told += [f"-- {name}: {made}"]
            if name != "gpkg_spatial_ref_sys":
                rows = base.execute(f'select * from "{name}" order by rowid').fetchall()
                told += [
                    " | ".join(cell.hex() if isinstance(cell, bytes) else str(cell) for cell in row) for row in rows
                ]
    return "\n".join(told)
