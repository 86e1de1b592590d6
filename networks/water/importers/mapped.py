"""Layers of any file as drafts of networks, through a reading that somebody chose (`mapping`)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from shapely.geometry import Point

from gis_core.errors import Invalid
from gis_core.files.reader import RestrictedReader
from layers.intake import cells
from layers.intake.cells import Cell, Read
from layers.intake.findings import Finding
from layers.intake.layer_mapping import LayerMapping, columns_of
from layers.intake.looking import at_origin, in_system, lines_of, origins_of, place_in, read_by_meaning
from layers.intake.params import column_param
from layers.intake.sheets import ENOUGH_ROWS, Shape, Sheet, layers_in, sheet_of
from networks.water import code_lists
from networks.water.families import FamilyName
from networks.water.importers.draft import ConnectionRow, Draft, NodeRow, PipeRow, RepairRow
from networks.water.importers.mapping import KEYS, TABLES, targets_of
from networks.water.topology import UNNAMED_PATIENT

HEIGHTS = frozenset({"z", "ground_z", "cover_z", "invert_z", "start_z", "end_z"})
YEARS = frozenset({"laid_from_year", "laid_to_year", "rehabilitated_year", "abandoned_year", "laid_year"})
UNIT_MM = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4}
FOOT = 0.3048
SHAPES: Mapping[str, Shape] = {"pipes": "line", "nodes": "point", "connections": "point", "repairs": "point"}


def read_mapped(paths: Sequence[Path], readings: Mapping[str, LayerMapping]) -> list[Draft]:
    """The drafts of the networks that the chosen layers hold. Raises Invalid, ReaderUnavailable."""
    names = ", ".join(sorted(path.name for path in paths))
    findings: list[Finding] = []
    drafts: dict[FamilyName, Draft] = {}
    with RestrictedReader() as reader:
        for layer in layers_in(reader, paths, findings, rows=ENOUGH_ROWS):
            chosen = readings.get(layer.label)
            if chosen is None or not chosen.table:
                continue
            refuse_nameless(layer.label, chosen)
            family, what = TABLES[chosen.table]
            if what == "repairs" and chosen.fixed.get("network") == "sewer":
                family = "sewer"
            draft = drafts.setdefault(family, Draft(family=family, source=names))
            sheet = sheet_of(reader, in_system(layer, chosen.crs), SHAPES[what], chosen.columns.get("reference"))
            Rows(draft, chosen, sheet, what).take()
            draft.findings += sheet.findings.all()
            if sheet.epsg:
                draft.systems[sheet.file] = sheet.epsg
    if not drafts:
        raise Invalid(_("Say of one layer at least what it holds."), parameter="table")
    held = [drafts[family] for family in ("water", "sewer") if family in drafts]
    held[0].findings[:0] = findings
    return held


def refuse_nameless(label: str, chosen: LayerMapping) -> None:
    """Let a layer of nodes pass only when their kind is known. Raises Invalid where nobody said what they are."""
    if TABLES[chosen.table][1] == "nodes" and not {"kind"} & (chosen.columns.keys() | chosen.fixed.keys()):
        message = _("Say what the nodes of “%(layer)s” are: one kind for all, or the column that tells.")
        raise Invalid(message % {"layer": label}, parameter="kind")


class Rows:
    """One layer's rows on their way into a draft."""

    def __init__(self, draft: Draft, reading: LayerMapping, sheet: Sheet, what: str) -> None:
        self.draft, self.reading, self.sheet, self.what = draft, reading, sheet, what
        self.keys = {name for name, _label in KEYS.get(what, ())}
        self.mapped = set(reading.columns.values())
        self.values: list[dict[str, Any]] = [{"more": {}} for _row in sheet.rows]

    def take(self) -> None:
        """Read field by field, then make a row of each."""
        for name, _label, codes in targets_of(self.reading.table):
            source = self.reading.columns.get(name)
            if source in self.sheet.columns and name not in self.keys and name not in self.reading.fixed:
                self._read(name, codes, self.sheet.columns[source])
        self._keep_rest()
        keyed = {name: self.sheet.columns.get(self.reading.columns.get(name, ""), []) for name in self.keys}
        origins = origins_of(self.reading.crs)
        for rank, (row, shape) in enumerate(zip(self.sheet.rows, self.sheet.shapes, strict=True)):
            values = self.values[rank]
            values.update(self.reading.fixed)
            if values.get("sensitive") == code_lists.PATIENT and values.pop("sensitive_name", None):
                self.sheet.findings.add(row, UNNAMED_PATIENT)
            values_by_name = {name: texts[rank] for name, texts in keyed.items() if texts}
            if self._stands(row, shape, values, origins):
                self._add(row, shape, values, {name: text.strip() for name, text in values_by_name.items() if text})

    def _read(self, name: str, codes: Mapping[str, Any], texts: Sequence[str | None]) -> None:
        column = cells.column_of(self._reader(name, codes), column_param(self.reading.table, name))
        source = self.reading.columns[name]
        for rank, text in enumerate(texts):
            if text is None:
                continue
            cell = column(text)
            if cell.value is not None:
                self.values[rank][name] = cell.value
            if cell.keep:
                self.values[rank]["more"][source] = text.strip()
            if cell.note:
                lost = name == "kind" and cell.value is None
                self.sheet.findings.add(self.sheet.rows[rank], *cell.note, "error" if lost else "warning")

    def _reader(self, name: str, codes: Mapping[str, Any]) -> Read:
        column = next((one for one in columns_of(self.reading.table) if one["name"] == name), {})
        if codes:
            return read_by_meaning(self.reading.values.get(name, {}), codes, needed=name == "kind")
        if name == "diameter_mm":
            return in_unit(cells.diameter_in_name, UNIT_MM.get(self.reading.units.get(name, "mm"), 1.0), whole=True)
        if name in YEARS:
            return year_of_day
        if column.get("type") == "date":
            return cells.day
        if name in HEIGHTS or column.get("unit") == "m":
            read = cells.height if name in HEIGHTS else cells.depth if name == "depth_m" else cells.metres
            return in_unit(read, FOOT if self.reading.units.get(name) == "ft" else 1.0)
        if column.get("type") == "integer":
            return cells.then(cells.metres, lambda value: (round(value), value != round(value)))
        if column.get("type") in ("number", "length_m"):
            return cells.metres
        return cells.text_reader(int(column.get("maximum_length") or 254))

    def _keep_rest(self) -> None:
        """Fields that no column takes stay beside, under their own names."""
        for source, texts in self.sheet.columns.items():
            if source in self.mapped:
                continue
            for rank, text in enumerate(texts):
                if text is not None and not cells.is_nothing(text):
                    self.values[rank]["more"][source[:80]] = text.strip()[:1_000]

    def _stands(self, row: int, shape: Any, values: Mapping[str, Any], origins: Sequence[tuple[float, float]]) -> bool:
        """Whether a row has a place; one that has nothing at all is left over from a template."""
        nowhere = shape is None or shape.is_empty
        lost = not nowhere and at_origin(shape, origins)
        if not nowhere and not lost:
            return True
        said = {name for name, value in values.items() if value and name not in self.reading.fixed}
        if not said:
            message = gettext_noop("An empty row without a place: it is left out.")
            self.draft.add_finding(self.sheet.file, row, message, severity="warning")
            return False
        name = values.get("reference") or {"code": gettext_noop("This object")}
        message = (
            gettext_noop("%(name)s lies at (0, 0): give it its place.")
            if lost
            else gettext_noop("%(name)s has no geometry.")
        )
        spare = self.what in ("connections", "repairs") or not values.get("reference")
        self.draft.findings.append(
            Finding(file=self.sheet.file, row=row, code=message, params={"name": name}, spare=spare)
        )
        return False

    def _add(self, row: int, shape: Any, values: dict[str, Any], by_name: Mapping[str, str]) -> None:
        key = str(values.get("reference") or f"{self.sheet.file} {row}")
        common: dict[str, Any] = {"key": key, "values": values, "file": self.sheet.file, "row": row}
        if self.what == "pipes":
            self._add_pipe(shape, by_name, common)
            return
        point = Point(shape.geoms[0] if hasattr(shape, "geoms") else shape)
        if self.what == "nodes":
            self.draft.nodes.append(NodeRow(geom=point, **common))
        elif self.what == "repairs":
            values.setdefault("network", self.draft.family)
            self.draft.repairs.append(RepairRow(geom=point, **common))
        else:
            parts = [values.get("address"), by_name.get("address_2"), by_name.get("address_3")]
            if any(parts):
                values["address"] = " ".join(str(part) for part in parts if part)[:200]
            self.draft.connections.append(ConnectionRow(geom=point, pipe_key=by_name.get("pipe_key"), **common))

    def _add_pipe(self, shape: Any, by_name: Mapping[str, str], common: dict[str, Any]) -> None:
        lines = list(lines_of(shape))
        if not lines:
            message = gettext_noop("The pipe has no length: both its ends are in one place.")
            place = place_in(shape)
            finding = Finding(file=common["file"], row=common["row"], code=message, place=place, spare=True)
            self.draft.findings.append(finding)
            return
        ends: dict[str, Any] = {"start_key": by_name.get("start_key"), "end_key": by_name.get("end_key")}
        if len(lines) == 1:
            self.draft.pipes.append(PipeRow(geom=lines[0], **ends, **common))
            return
        message = gettext_noop(
            "The pipe is %(count)s separate lines: each becomes a pipe, the longest keeps the reference."
        )
        self.draft.add_finding(common["file"], common["row"], message, {"count": len(lines)}, "warning")
        values = common.pop("values")
        beside = {name: value for name, value in values.items() if name not in ("reference", "declared_length_m")}
        longest = max(lines, key=lambda line: line.length)
        for line in lines:
            more = dict(values["more"]) | ({} if line is longest else {"piece_of": common["key"]})
            own = values if line is longest else beside
            self.draft.pipes.append(PipeRow(geom=line, values=own | {"more": more}, **common))


def year_of_day(field: str, text: str) -> Cell:
    """A year; of a day, which is what such a column mostly holds, its year: the day stays beside."""
    year = cells.year(field, text)
    return Cell(year.value, None, year.keep) if year.value is not None else year


def in_unit(read: Read, times: float, *, whole: bool = False) -> Read:
    """Numbers that the file writes in another unit, without saying so."""
    if times == 1.0:
        return read

    def convert(field: str, text: str) -> Cell:
        measure = cells.parse_measure(text, {"": 1.0})
        if measure is None or measure[2]:
            return read(field, text)
        value = measure[0] * times
        return read(field, str(round(value)) if whole and value > 0 else repr(round(value, 4)))

    return convert
