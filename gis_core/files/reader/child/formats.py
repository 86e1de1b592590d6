"""What a file is by its first bytes, and which source reads it."""

import csv
import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from pyogrio import raw

from . import shapefile
from .charset import decide_encoding, find_codec, parse_encoding, sample_accents
from .csvfile import CsvFile
from .dataset import OPENING, Dataset, Opening, sqlite_path
from .delivery import check_spreadsheet, main_of
from .drivers import Drivers
from .files import head_of, regular
from .geojson import GeoJsonFile
from .jsonfile import GeoJsonSource
from .kml import geojson_of
from .markup import check_xml
from .packing import ZIP
from .placed import Placed
from .reference import identify
from .slices import Detected, Source
from .swapped import Swapped
from .trouble import Trouble

HEAD = 65_536
SQLITE = b"SQLite format 3\0"
# Where SQLite notes that changes go to a file beside the database first, and how.
JOURNAL, WRITE_AHEAD = slice(18, 20), b"\2\2"
FLATGEOBUF = b"fgb\x03"
PARQUET = b"PAR1"
GPX = b"<gpx"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DBASE = (2, 3, 4, 5, 0x30, 0x31, 0x32, 0x83, 0x8B, 0x8C, 0xF5)
# What GDAL takes for attributes in the bounds of a feature.
ENVELOPE = ("lowerCorner", "upperCorner")
GML = b"http://www.opengis.net/gml"
BLANKS = b" \t\r\n\xef\xbb\xbf"
# Formats that are known and not read; the parent has a name for each.
OTHERS = {
    OLD_OFFICE: "old_office",
    b"%PDF": "pdf",
    b"AC10": "dwg",
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
    b"II+\0": "tiff",
    b"\x89PNG": "png",
    b"\xff\xd8\xff": "jpeg",
    b"\x00\x00\x00\x0cjP": "jpeg2000",
    b"7z\xbc\xaf\x27\x1c": "archive",
    b"Rar!": "archive",
    b"BZh": "archive",
    b"\xfd7zXZ": "archive",
    b"PK\x03\x04": "zip",
}
XML_OTHERS = (
    (b"<ogrvrtdatasource", "vrt"),
    (b"<vrtdataset", "vrt"),
    (b"<gdal_", "vrt"),
    (b"<osm", "osm"),
    (b"<html", "html"),
    (b"<!doctype html", "html"),
    (b"<svg", "svg"),
)
KML = (b"opengis.net/kml", b"earth.google.com/kml", b"<kml")
# Files that say nothing without another.
ALONE = {".shx": ".shp", ".prj": ".shp", ".cpg": ".shp", ".dat": ".tab", ".map": ".tab", ".id": ".tab", ".mid": ".mif"}
DXF = re.compile(rb"^\s*(999\r?\n[^\n]*\r?\n\s*)*0\r?\n\s*SECTION", re.IGNORECASE)
CHARSET = re.compile(rb'^\s*!?charset\s+"?([A-Za-z0-9_-]+)"?', re.IGNORECASE | re.MULTILINE)
DELIMITER = re.compile(rb'^\s*delimiter\s+"(.)"', re.IGNORECASE | re.MULTILINE)
NEUTRAL = "neutral"
# What programs of DOS end a text file with.
DOS_END = 0x1A


class Formats:
    """Opens files of every format that a layer can come from."""

    def __init__(self, limits: dict[str, int]) -> None:
        self._limits = limits
        self._drivers = Drivers("pyogrio")

    def open(self, name: str, label: str, reading: Mapping[str, Any]) -> Source:
        """The source of a file in quarantine; `label` names the layer of a file that has only one, without a name.

        Raises Trouble for what is not read.
        """
        name = main_of(name)
        missing = ALONE.get(Path(name).suffix.lower())
        if missing:
            raise Trouble("companion_missing", name=missing)
        start = head_of(name, HEAD)
        if not start:
            raise Trouble("empty_file")
        source = self._by_magic(name, start, label, reading) or self._by_text(name, start, label, reading)
        placed = Placed(source, reading)
        return Swapped(placed, reading) if reading.get("swapped") else placed

    def open_geopackage(self, name: str) -> Dataset | None:
        """A GeoPackage of the quarantine, None for a file of another format."""
        name = main_of(name)
        start = head_of(name, HEAD)
        if not start.startswith(SQLITE):
            return None
        notes = ("journal",) if start[JOURNAL] == WRITE_AHEAD else ()
        return self._dataset(sqlite_path(name), Opening("GPKG", {"IMMUTABLE": "YES"}, notes=notes))

    def _by_magic(self, name: str, start: bytes, label: str, reading: Mapping[str, Any]) -> Source | None:
        chosen, suffix = reading.get("encoding"), Path(name).suffix.lower()
        if start.startswith(SQLITE):
            return self.open_geopackage(name)
        if start.startswith(FLATGEOBUF):
            return self._dataset(name, Opening("FlatGeobuf", {"VERIFY_BUFFERS": "YES"}, complete=True))
        if start.startswith(shapefile.SHP_CODE):
            return self._shapefile(name, chosen)
        if start.startswith(ZIP):
            return self._spreadsheet(name, reading.get("header"))
        if suffix == ".dbf" and start[0] in DBASE:
            return self._table(name, chosen)
        if start.startswith(PARQUET):
            # Takes a tenth of a second, which other files need not wait for.
            from .geoparquet import GeoParquet

            return GeoParquet(name, label, self._limits)
        format_name = next((other for magic, other in OTHERS.items() if start.startswith(magic)), None)
        if format_name:
            raise Trouble("format_not_read", found=format_name)
        return None

    def _by_text(self, name: str, start: bytes, label: str, reading: Mapping[str, Any]) -> Source:
        bare, suffix = start.lstrip(BLANKS), Path(name).suffix.lower()
        if bare.startswith(b"{") or suffix in (".geojson", ".json"):
            return GeoJsonSource(GeoJsonFile(_opener(name), self._limits, lenient=True), label)
        if bare.startswith(b"<"):
            return self._kml(name, label) if is_kml(bare) else self._xml(name, bare)
        if suffix in (".tab", ".mif"):
            return self._mapinfo(name, start, reading.get("encoding"))
        if DXF.match(bare):
            # A drawing has no system: whoever brings it says which.
            return self._dataset(name, Opening("DXF", crs=Detected()))
        if suffix not in (".csv", ".tsv", ".txt", ""):
            raise Trouble("unknown_format", name=Path(name).name)
        return CsvFile(name, label, self._limits, reading)

    def _shapefile(self, name: str, chosen: str | None) -> Source:
        if not name.endswith(".shp"):
            raise Trouble("wrong_extension", name=Path(name).name, wanted=".shp")
        shapefile.check_index(name)
        texts = shapefile.texts(name, chosen)
        crs = identify(shapefile.prj_text(name))
        return self._dataset(name, self._dbase(texts, crs, shapefile.check_table(name)))

    def _table(self, name: str, chosen: str | None) -> Source:
        shapefile.check_table(name)
        return self._dataset(name, self._dbase(shapefile.texts(name, chosen), Detected(), []))

    def _dbase(self, texts: shapefile.Texts, crs: Detected, notes: list[str]) -> Opening:
        direct = texts.encoding.value == "utf-8" and texts.readable_names
        return Opening(
            "ESRI Shapefile",
            {"ENCODING": "UTF-8" if direct else "ISO-8859-1"},
            encoding=texts.encoding,
            accented=tuple(texts.accented),
            recoded=not direct,
            crs=crs,
            complete=True,
            deleted=texts.deleted,
            notes=tuple(notes),
        )

    def _spreadsheet(self, name: str, header: bool | None) -> Source:
        wanted = {".xlsx": "XLSX", ".xlsm": "XLSX", ".ods": "ODS"}.get(Path(name).suffix.lower())
        if wanted is None:
            raise Trouble("format_not_read", found="zip")
        check_spreadsheet(name, min(self._limits["spreadsheet_bytes"], self._limits["file_bytes"]))
        # Of a sheet of texts alone GDAL takes the first row for values, unless somebody says otherwise.
        options = {} if header is None else {"HEADERS": "FORCE" if header else "DISABLE"}
        return self._dataset(name, Opening(wanted, options, crs=Detected(), complete=True, typed=False))

    def _xml(self, name: str, bare: bytes) -> Source:
        lower = bare.lower()
        if GPX in lower:
            check_xml(name)
            return self._dataset(name, Opening("GPX", complete=True))
        format_name = next((other for text, other in XML_OTHERS if text in lower), None)
        if format_name or GML not in lower:
            raise Trouble("format_not_read", found=format_name or "xml")
        check_xml(name)
        options = {
            "DOWNLOAD_SCHEMA": "NO",
            "WRITE_GFS": "NO",
            "REGISTRY": "",
            "XSD": "",
            "USE_SCHEMA_IMPORT": "NO",
            "SKIP_RESOLVE_ELEMS": "ALL",
            "READ_MODE": "STANDARD",
        }
        return self._dataset(name, Opening("GML", options, complete=True, ignored=ENVELOPE))

    def _kml(self, name: str, label: str) -> Source:
        content = geojson_of(name)
        source = GeoJsonSource(GeoJsonFile(lambda: io.BytesIO(content), self._limits, lenient=True), label)
        source.format = "KML"
        return source

    def _mapinfo(self, name: str, start: bytes, chosen: str | None) -> Source:
        for companion in {".tab": (".dat", ".map"), ".mif": (".mid",)}[Path(name).suffix.lower()]:
            if shapefile.sibling(name, companion) is None and not (companion == ".map" and b"fields" in start.lower()):
                raise Trouble("companion_missing", name=companion)
        beside = rows_beside(name, start)
        match = CHARSET.search(start)
        charset = match[1].decode() if match else NEUTRAL
        if charset.lower() != NEUTRAL and find_codec(charset) and not chosen:
            declared = Detected(find_codec(charset), "declared", charset)
            return self._dataset(name, Opening("MapInfo File", encoding=declared, complete=True, beside=beside))
        values = self._raw_texts(name)
        encoding = parse_encoding(chosen) if chosen else decide_encoding(values, None, "", charset)
        samples = tuple(sample_accents(values, encoding.value))
        given: dict[str, Any] = {"encoding": encoding, "accented": samples, "direct": True, "beside": beside}
        return self._dataset(name, Opening("MapInfo File", complete=True, **given))

    def _raw_texts(self, name: str) -> list[bytes]:
        """The texts beyond ASCII of the first rows of a MapInfo file, as bytes."""
        self._drivers.allow(["MapInfo File"])
        try:
            meta, _, _, columns = raw.read(name, encoding="latin-1", max_features=1000, read_geometry=False)
        except OPENING as error:
            raise Trouble("cannot_open", reason=str(error)[:300]) from error
        texts = [*meta["fields"], *(value for column in columns if column.dtype == object for value in column)]
        return [text.encode("latin-1", "replace") for text in texts if isinstance(text, str) and not text.isascii()]

    def _dataset(self, path: str, opening: Opening) -> Dataset:
        return Dataset(path, opening, self._drivers, self._limits)


def is_kml(start: bytes) -> bool:
    return any(mark in start.lower() for mark in KML)


def rows_beside(name: str, start: bytes) -> int:
    """How many rows the .mid beside a .mif has, 0 where that cannot be said."""
    table = shapefile.sibling(name, ".mid") if name.lower().endswith(".mif") else None
    if table is None:
        return 0
    match = DELIMITER.search(start)
    separator = match[1].decode("latin-1") if match else "\t"
    with regular(table) as opened, io.TextIOWrapper(opened, "latin-1", newline="") as text:
        lines = (line.translate({0: None, DOS_END: None}) for line in text)
        try:
            return sum(any(row) for row in csv.reader(lines, delimiter=separator))
        except csv.Error:
            return 0


def _opener(name: str) -> Callable[[], BinaryIO]:
    return lambda: regular(name)
