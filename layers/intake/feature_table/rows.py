"""Layers of files as rows of a layer of ours, through the mapping that somebody chose."""

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
from layers.intake.feature_table.source import FeatureTable, FeatureTables, is_place
from layers.intake.findings import Finding, Severity
from layers.intake.layer_mapping import LayerMapping, columns_of
from layers.intake.looking import (
    at_origin,
    geometry_of,
    in_system,
    lines_of,
    origins_of,
    place_by_fields,
    read_by_meaning,
)
from layers.intake.params import column_param
from layers.intake.sheets import ENOUGH_ROWS, Sheet, SourceLayer, layers_in, sheet_of

COMMA: Final = re.compile(r"^[+-]?\d+,\d+$")
LONG: Final = re.compile(r"^[+-]?\d+\.\d{4,}$")
LONGEST_MORE = 1_000
UNNAMED: Final = gettext_noop("This object")


@dataclass(slots=True)
class FeatureRow:
    """One object of a file, for the layer `table`: `geom` in EPSG:2154, `values` by our columns, with `more` for the
    fields that no column takes.
    """

    table: str
    file: str
    row: int
    geom: Any
    values: dict[str, Any]


@dataclass(slots=True)
class Delivered:
    """The rows that can come in, what is amiss, how many the files hold."""

    rows: list[FeatureRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    read: int = 0


def read_rows(
    tables: FeatureTables, paths: Sequence[Path], mappings: Mapping[str, LayerMapping], headed: bool | None = None
) -> Delivered:
    """The rows of the chosen layers. Raises Invalid, ReaderUnavailable."""
    made = Delivered()
    with RestrictedReader() as reader:
        heading = Reading(header=headed)
        for layer in list(layers_in(reader, paths, made.findings, rows=ENOUGH_ROWS, reading=heading)):
            mapping = mapping_of(layer.source, layer.label, mappings)
            table = tables.get(mapping.table) if mapping else None
            if mapping is None or table is None:
                continue
            sheet = sheet_of(
                reader, in_place(reader, layer, table, mapping), table.geometry, name_field(table, mapping)
            )
            # Of a large table the reader only guesses how many rows it has before they are read.
            made.read += (len(sheet) + sheet.refused) or layer.layer.features
            made.rows += Rows(sheet, layer, table, mapping).read()
            made.findings += sheet.findings.all()
    if not any(one.table for one in mappings.values()):
        raise Invalid(_("Say of one layer at least what it holds."), parameter="table")
    return made


def in_place(reader: RestrictedReader, layer: SourceLayer, table: FeatureTable, mapping: LayerMapping) -> SourceLayer:
    """A layer whose coordinates are in the fields and in the system that somebody chose; without them where something
    else says what its coordinates cannot: the ends of a line. Raises Invalid.
    """
    if x := mapping.columns.get("place_x"):
        layer = place_by_fields(reader, layer, x, mapping.columns.get("place_y", ""))
    if table.has_places(mapping) and geometry_of(layer) != table.geometry:
        return replace(layer, layer=replace(layer.layer, has_geometry=False))
    return in_system(layer, mapping.crs)


def name_field(table: FeatureTable, mapping: LayerMapping) -> str | None:
    """The field by which a row that is refused is named."""
    return next((mapping.columns[one] for one in table.name_columns if mapping.columns.get(one)), None)


def key_of(source: str, label: str) -> str:
    """What a layer is known by: sheets of two workbooks may have one name."""
    return f"{source}/{label}"


def mapping_of(source: str, label: str, mappings: Mapping[str, LayerMapping]) -> LayerMapping | None:
    """That of a layer; of files that were read before files counted, by its name alone."""
    return mappings.get(key_of(source, label)) or mappings.get(label)


class Rows:
    """One layer's rows on their way in; `values` of each by our columns."""

    def __init__(self, sheet: Sheet, layer: SourceLayer, table: FeatureTable, mapping: LayerMapping) -> None:
        self.sheet, self.table, self.mapping = sheet, table, mapping
        place = layer.layer.place
        self.place_fields = {place.x, place.y, place.wkt} if place else set()
        self.values: list[dict[str, Any]] = [{"more": {}} for _row in sheet.rows]
        self.columns = {str(one["name"]): one for one in columns_of(table.slug)}

    def read(self) -> Iterator[FeatureRow]:
        """Those that can come in; what is amiss with the others is with the sheet's findings."""
        self.read_columns()
        self.table.complete(self)
        self.keep_rest()
        origins = origins_of(self.mapping.crs or self.sheet.epsg)
        places = self.table.places(self)
        for rank, (row, shape) in enumerate(zip(self.sheet.rows, self.sheet.shapes, strict=True)):
            values = {**self.table.defaults, **self.values[rank], **self.mapping.fixed}
            if rank in places:
                shape = places[rank]
                if shape is None:
                    continue
            if (geom := self.geometry_of(row, shape, values, origins)) is not None:
                yield FeatureRow(self.table.slug, self.sheet.file, row, geom, values)

    # -- values --

    def read_columns(self) -> None:
        for name, _label, codes in self.table.all_targets():
            source = self.mapping.columns.get(name)
            if name in self.table.composed or name in self.mapping.fixed or is_place(name):
                continue
            if source in self.sheet.columns:
                self.read_column(name, codes, self.sheet.columns[source])

    def read_column(self, name: str, codes: Mapping[str, Any], texts: Sequence[str | None]) -> None:
        read = cells.column_of(self.reader(name, codes), column_param(self.table.slug, name))
        source = self.mapping.columns[name]
        for rank, text in enumerate(texts):
            cell = read(text) if text is not None else Cell()
            if cell.value is not None:
                self.values[rank][name] = cell.value
            if cell.keep and text:
                self.keep(rank, source, text)
            if cell.note:
                self.remark(rank, *cell.note)

    def reader(self, name: str, codes: Mapping[str, Any]) -> Read:
        """How a column's texts are read: as its desk says, by what its words mean, as its type asks."""
        own = self.table.reads().get(name)
        if own is not None:
            return own
        if codes:
            return read_by_meaning(self.mapping.values.get(name, {}), codes, needed=False)
        return cells.of_column(self.columns[name])

    def keep(self, rank: int, source: str, text: str) -> None:
        """Keep a text of a field beside the values of a row."""
        self.values[rank]["more"][source[:80]] = text.strip()[:LONGEST_MORE]

    def remark(self, rank: int, code: str, params: Mapping[str, Any], severity: Severity = "warning") -> None:
        """Say what is amiss with a row, by its place among those of the sheet."""
        self.sheet.findings.add(self.sheet.rows[rank], code, params, severity)

    def keep_rest(self) -> None:
        """Fields that no column takes stay beside, under their own names; those that gave the place need not."""
        taken = {*self.mapping.columns.values(), *self.place_fields}
        for source, texts in self.sheet.columns.items():
            if source in taken:
                continue
            for rank, text in enumerate(texts):
                if text is not None and not cells.is_nothing(text):
                    self.keep(rank, source, plain_number(text.strip()))

    def name_of(self, values: Mapping[str, Any]) -> Any:
        """What a row is called in a finding."""
        return self.table.name_of(values) or {"code": UNNAMED, "params": {}}

    # -- places --

    def geometry_of(self, row: int, shape: Any, values: Mapping[str, Any], origins: Any) -> Any:
        """The geometry of a row; None where it has none that can be here, which a finding says."""
        name = {"name": self.name_of(values)}
        if shape is None or shape.is_empty:
            self.sheet.findings.add(row, gettext_noop("“%(name)s” has no place: it was left out."), name, "error")
            return None
        if at_origin(shape, origins):
            code = gettext_noop("“%(name)s” lies at (0, 0): give it its place. It was left out.")
            self.sheet.findings.add(row, code, name, "error")
            return None
        if self.table.geometry == "point":
            return shapely.points(shapely.get_coordinates(shape)[0])
        lines = list(lines_of(shape))
        if not lines:
            self.sheet.findings.add(row, gettext_noop("“%(name)s” has no length: it was left out."), name, "error")
            return None
        if len(lines) > 1:
            code = gettext_noop("“%(name)s” is %(count)s separate lines: the longest was taken.")
            self.sheet.findings.add(row, code, {**name, "count": len(lines)})
        return max(lines, key=lambda line: line.length)


def plain_number(text: str) -> str:
    """A number of many decimals as every format writes it: with a point, without zeros at its end."""
    if COMMA.match(text):
        text = text.replace(",", ".")
    elif not LONG.match(text):
        return text
    return text.rstrip("0").rstrip(".")
