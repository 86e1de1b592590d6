"""Layers of files as rows of assets, through a reading that somebody chose (`asset_mapping`)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gis_core.errors import Invalid
from gis_core.files.reader import Reading, RestrictedReader
from layers.intake import cells
from layers.intake.cells import Cell, Read
from layers.intake.findings import Finding
from layers.intake.layer_mapping import LayerMapping, columns_of
from layers.intake.looking import at_origin, by_words, geometry_of, in_system, lines_of, origins_of, placed_by
from layers.intake.sheets import ENOUGH_ROWS, Found, Sheet, layers_in, sheet_of
from networks.roads.iisr import Sign, read_signs
from networks.roads.importers.asset_mapping import (
    MORE_PANELS,
    TABLES,
    is_place,
    targets_of,
)
from networks.roads.importers.asset_places import by_references, told_by_references

SIGN_FIELDS: Final = ("code", "panels", *MORE_PANELS)
COMMA: Final = re.compile(r"^[+-]?\d+,\d+$")
LONG: Final = re.compile(r"^[+-]?\d+\.\d{4,}$")
LONGEST_MORE = 1_000
LONGEST_PANELS = 120


@dataclass(slots=True)
class AssetRow:
    """One object of a file: `values` by our columns, with `more` for the fields that no column takes."""

    table: str
    file: str
    row: int
    geom: Any
    values: dict[str, Any]


@dataclass(slots=True)
class Delivered:
    rows: list[AssetRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    read: int = 0


def read_assets(paths: Sequence[Path], readings: Mapping[str, LayerMapping], headed: bool | None = None) -> Delivered:
    """The rows of the chosen layers. Raises Invalid, ReaderUnavailable."""
    made = Delivered()
    with RestrictedReader() as reader:
        heading = Reading(header=headed)
        for found in list(layers_in(reader, paths, made.findings, rows=ENOUGH_ROWS, reading=heading)):
            chosen = reading_of(found.source, found.label, readings)
            if chosen is None or not chosen.table:
                continue
            sheet = sheet_of(
                reader,
                in_place(reader, found, chosen),
                "line" if TABLES[chosen.table] == "line" else "point",
                named(chosen),
            )
            # Of a large table the reader only guesses how many rows it has before they are read.
            made.read += (len(sheet) + sheet.refused) or found.layer.features
            made.rows += Rows(sheet, found, chosen).all()
            made.findings += sheet.findings.all()
    if not any(one.table for one in readings.values()):
        raise Invalid(_("Say of one layer at least what it holds."), parameter="table")
    return made


def in_place(reader: RestrictedReader, found: Found, chosen: LayerMapping) -> Found:
    """A layer whose coordinates are in the fields and in the system that somebody chose; without them where references
    tell what its coordinates cannot: the ends of a stretch. Raises Invalid.
    """
    if x := chosen.columns.get("place_x"):
        found = placed_by(reader, found, x, chosen.columns.get("place_y", ""))
    if told_by_references(chosen) and geometry_of(found) != TABLES[chosen.table]:
        return replace(found, layer=replace(found.layer, has_geometry=False))
    return in_system(found, chosen.crs)


def named(chosen: LayerMapping) -> str | None:
    """The field by which a row that is refused is named."""
    return chosen.columns.get("reference") or chosen.columns.get("comment") or chosen.columns.get("code")


def key_of(source: str, label: str) -> str:
    """What a layer is known by: sheets of two workbooks may have one name."""
    return f"{source}/{label}"


def reading_of(source: str, label: str, readings: Mapping[str, LayerMapping]) -> LayerMapping | None:
    """That of a layer; of a delivery that was read before files counted, by its name alone."""
    return readings.get(key_of(source, label)) or readings.get(label)


class Rows:
    """One layer's rows on their way in."""

    def __init__(self, sheet: Sheet, found: Found, reading: LayerMapping) -> None:
        self.sheet, self.reading = sheet, reading
        place = found.layer.place
        self.places = {place.x, place.y, place.wkt} if place else set()
        self.values: list[dict[str, Any]] = [{"more": {}} for _row in sheet.rows]

    def all(self) -> Iterator[AssetRow]:
        for name, label, codes in targets_of(self.reading.table):
            source = self.reading.columns.get(name)
            if name in SIGN_FIELDS or name in self.reading.fixed or is_place(name):
                continue
            if source in self.sheet.columns:
                self.read(name, str(label), codes, self.sheet.columns[source])
        self.read_signs()
        self.keep_rest()
        origins = origins_of(self.reading.crs or self.sheet.epsg)
        referred = by_references(self.sheet, self.reading)
        for rank, (row, shape) in enumerate(zip(self.sheet.rows, self.sheet.shapes, strict=True)):
            values = self.values[rank] | dict(self.reading.fixed)
            if self.reading.table == "road-assets" and values.get("code"):
                values.setdefault("kind", "sign")
            values.setdefault("kind", "other")
            if rank in referred:
                shape = referred[rank]
                if shape is None:
                    continue
            if (geom := self.place_of(row, shape, values, origins)) is not None:
                yield AssetRow(self.reading.table, self.sheet.file, row, geom, values)

    def read(self, name: str, label: str, codes: Mapping[str, Any], texts: Sequence[str | None]) -> None:
        asked = cells.column_of(self.reader(name, codes), label)
        source = self.reading.columns[name]
        for rank, text in enumerate(texts):
            cell = asked(text) if text is not None else Cell()
            if cell.value is not None:
                self.values[rank][name] = cell.value
            if cell.keep and text:
                self.values[rank]["more"][source[:80]] = text.strip()[:LONGEST_MORE]
            if cell.note:
                self.sheet.findings.add(self.sheet.rows[rank], *cell.note)

    def reader(self, name: str, codes: Mapping[str, Any]) -> Read:
        column = next(one for one in columns_of(self.reading.table) if one["name"] == name)
        if codes:
            return by_words(self.reading.values.get(name, {}), codes, needed=False)
        if name == "orientation":
            return degrees
        if column["type"] == "date":
            return cells.day
        if column["type"] in ("number", "length_m"):
            return cells.metres
        return cells.limited(int(column.get("maximum_length") or 254))

    def read_signs(self) -> None:
        """Codes, what is written on the signs, and what hangs below: of one field or of several."""
        sources = [(name, self.reading.columns.get(name, "")) for name in SIGN_FIELDS]
        known = [(name, source) for name, source in sources if source in self.sheet.columns]
        for rank, row in enumerate(self.sheet.rows):
            signs: list[Sign] = []
            first: Sign | None = None
            for name, source in known:
                text = self.sheet.columns[source][rank]
                if text is None or cells.is_nothing(text):
                    continue
                told = read_signs(text)
                self.tell(row, rank, source, text, told)
                if name == "code" and told:
                    first, told = told[0], told[1:]
                signs += told
            self.put_signs(rank, first, signs)

    def tell(self, row: int, rank: int, source: str, text: str, signs: Sequence[Sign]) -> None:
        for one in signs:
            if not one.known:
                words = gettext_noop("“%(code)s” is no code of the IISR known here: kept as it is written.")
                self.sheet.findings.add(row, words, {"code": one.code or text[:40]})
                self.values[rank]["more"][source[:80]] = text.strip()[:LONGEST_MORE]

    def put_signs(self, rank: int, first: Sign | None, signs: Sequence[Sign]) -> None:
        values = self.values[rank]
        if first is not None and first.code:
            values["code"] = first.code
            if first.inscription:
                values.setdefault("inscription", first.inscription)
        if signs:
            told = ", ".join(f"{one.code} {one.inscription}".strip() for one in signs)
            values["panels"] = told[:LONGEST_PANELS]

    def keep_rest(self) -> None:
        """Fields that no column takes stay beside, under their own names; those that gave the place need not."""
        taken = {*self.reading.columns.values(), *self.places}
        for source, texts in self.sheet.columns.items():
            if source in taken:
                continue
            for rank, text in enumerate(texts):
                if text is not None and not cells.is_nothing(text):
                    self.values[rank]["more"][source[:80]] = plain_number(text.strip())[:LONGEST_MORE]

    def place_of(self, row: int, shape: Any, values: Mapping[str, Any], origins: Any) -> Any:
        """The geometry of a row; None, told, where it has none that can be here."""
        name = values.get("reference") or values.get("comment") or values.get("code") or _("This object")
        if shape is None or shape.is_empty:
            self.sheet.findings.add(
                row, gettext_noop("“%(name)s” has no place: it was left out."), {"name": str(name)[:80]}, "error"
            )
            return None
        if at_origin(shape, origins):
            words = gettext_noop("“%(name)s” lies at (0, 0): give it its place. It was left out.")
            self.sheet.findings.add(row, words, {"name": str(name)[:80]}, "error")
            return None
        if TABLES[self.reading.table] == "point":
            return shapely.points(shapely.get_coordinates(shape)[0])
        lines = list(lines_of(shape))
        if not lines:
            self.sheet.findings.add(
                row, gettext_noop("“%(name)s” has no length: it was left out."), {"name": str(name)[:80]}, "error"
            )
            return None
        if len(lines) > 1:
            words = gettext_noop("“%(name)s” is %(count)s separate lines: the longest was taken.")
            self.sheet.findings.add(row, words, {"name": str(name)[:80], "count": len(lines)})
        return max(lines, key=lambda line: line.length)


def degrees(field: str, text: str) -> Cell:
    """An angle from north, from 0 to 360."""
    found = cells.measured(text.strip().rstrip("°"), {"": 1.0})
    if found is None:
        return cells.unread(field, text)
    return Cell(round(found[0] % 360, 4) % 360)


def plain_number(text: str) -> str:
    """A number of many decimals as every format writes it: with a point, without zeros at its end."""
    if COMMA.match(text):
        text = text.replace(",", ".")
    elif not LONG.match(text):
        return text
    return text.rstrip("0").rstrip(".")
