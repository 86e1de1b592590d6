"""RAEPA 1.2 as it is delivered: tables of Shapefiles or CSV, in archives or not, made into a draft of each network.

Nothing is dropped in silence: what a field says and no column has is kept beside under RAEPA's name, and every row
that cannot be taken, or that had to be changed, is a finding that says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from django.utils.translation import gettext_noop
from shapely.geometry import LineString, Point

from gis_core.files.reader import RestrictedReader
from layers.intake import cells
from layers.intake.findings import Finding, Findings
from layers.intake.params import pair_param
from layers.intake.sheets import ENOUGH_ROWS, Geometries, Sheet, SourceLayer, layers_in, sheet_of
from networks.water import code_lists, raepa
from networks.water.families import FamilyName
from networks.water.importers import raepa_rules
from networks.water.importers.draft import Draft, NodeRow, PipeRow, RepairRow
from networks.water.importers.raepa_ends import Branch, HousePoint, settle

SOURCE: Final = "RAEPA 1.2"
LONGEST_KEY: Final = 254
ORDER: Final = ("pipes", "structures", "fittings", "repairs")
DUPLICATE_MATERIAL: Final = "18"
TOPOLOGY: Final = frozenset({"IDNINI", "IDNTERM", "SENSECOUL", "BRANCHEMNT", "IDCANPPALE", "X", "Y"})
"""Fields that say where an object is: read apart."""


@dataclass(slots=True)
class Parts:
    """What is read of one network, before its ends are settled."""

    draft: Draft
    branches: list[Branch] = field(default_factory=list)
    house_points: list[HousePoint] = field(default_factory=list)
    names: dict[str, Findings] = field(default_factory=dict)
    taken: dict[str, set[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Row:
    """One row of a table: its rank, its key, the cells that fill columns, and those that are kept beside."""

    rank: int
    key: str
    shape: Any
    values: dict[str, Any]
    more: dict[str, str]
    place: dict[str, str | None]


def read_raepa(paths: Sequence[Path]) -> list[Draft]:
    """The drafts of the networks that a delivery holds, at least one: findings alone when nothing of it can be read.

    Raises ReaderUnavailable.
    """
    findings: list[Finding] = []
    networks: dict[FamilyName, Parts] = {}
    names = ", ".join(sorted(path.name for path in paths))
    with RestrictedReader() as reader:
        chosen = sorted(find_raepa_layers(reader, paths, findings), key=lambda one: ORDER.index(one[1].content))
        for layer, table in chosen:
            parts = networks.setdefault(table.family, Parts(Draft(family=table.family, source=f"{SOURCE}: {names}")))
            take(parts, table, read_sheet(reader, layer, table))
    for parts in networks.values():
        finish(parts)
    if not networks:
        return [Draft(family="water", source=f"{SOURCE}: {names}", findings=findings or [nothing(names)])]
    drafts = [networks[family].draft for family in ("water", "sewer") if family in networks]
    drafts[0].findings[:0] = findings
    return drafts


def nothing(names: str) -> Finding:
    message = gettext_noop(
        "None of the eight tables of RAEPA is in this delivery (RAEPA_CANALAEP_L, RAEPA_OUVRAEP_P…)."
    )
    return Finding(file=names, row=None, code=message)


def find_raepa_layers(
    reader: RestrictedReader, paths: Sequence[Path], findings: list[Finding]
) -> Iterator[tuple[SourceLayer, raepa.RaepaTable]]:
    """The layers that are tables of RAEPA; the others are told."""
    for layer in layers_in(reader, paths, findings, rows=ENOUGH_ROWS):
        table = raepa.table_of(layer.label, {raepa.field_name(name) for name in layer.fields})
        if table is not None:
            yield layer, table
        elif layer.label.rsplit("/", 1)[-1].lower().startswith("lt_"):
            findings += list_findings(reader, layer)
        else:
            message = gettext_noop("This is none of the eight tables of RAEPA: it was left out.")
            findings.append(Finding(file=layer.file, row=None, code=message, severity="warning"))


def list_findings(reader: RestrictedReader, layer: SourceLayer) -> list[Finding]:
    """A list of values beside the tables is not needed; that of materials is known to use the code 18 twice."""
    if "materiau" not in layer.label.lower():
        return []
    sheet = sheet_of(reader, layer, "point", None)
    codes = next(iter(sheet.columns.values()), [])
    if codes.count(DUPLICATE_MATERIAL) < 2:
        return []
    message = gettext_noop(
        "The list of materials uses the code 18 twice (smooth HDPE and “PRV autre”): it was read as smooth HDPE. "
        "Check the pipes of PRV."
    )
    return [Finding(file=layer.file, row=None, code=message, severity="warning")]


def read_sheet(reader: RestrictedReader, layer: SourceLayer, table: raepa.RaepaTable) -> Sheet:
    identifier = next((name for name in layer.fields if raepa.field_name(name) == table.identifier), None)
    return sheet_of(reader, layer, "line" if table.content == "pipes" else "point", identifier)


def take(parts: Parts, table: raepa.RaepaTable, sheet: Sheet) -> None:
    """The rows of one table into the parts of its network."""
    parts.names[f"{table.name}:{sheet.file}"] = sheet.findings
    if sheet.epsg:
        parts.draft.systems[sheet.file] = sheet.epsg
    columns = {raepa.field_name(name): texts for name, texts in reversed(sheet.columns.items())}
    if table.family == "water":
        for wrong, right in raepa_rules.AEP_FIELD_NAMES.items():
            if wrong in columns and right not in columns:
                columns[right] = columns.pop(wrong)
                message = gettext_noop("The field %(wrong)s of a table of drinking water was read as %(right)s.")
                sheet.findings.add(None, message, {"wrong": wrong, "right": right})
    if table.identifier not in columns and len(sheet):
        message = gettext_noop("There is no field %(field)s: the objects get no reference.")
        sheet.findings.add(None, message, {"field": table.identifier})
    makers = {"pipes": take_pipes, "structures": take_nodes, "fittings": take_nodes, "repairs": take_repairs}
    makers[table.content](parts, table, sheet, read_rows(parts, table, sheet, columns))


def read_rows(parts: Parts, table: raepa.RaepaTable, sheet: Sheet, columns: dict[str, list[str | None]]) -> list[Row]:
    """Every row with its cells read, field by field."""
    shapes = place_points(sheet, columns) if table.content != "pipes" else sheet.shapes
    rows = [Row(rank, "", shape, {}, {}, {}) for rank, shape in zip(sheet.rows, shapes, strict=True)]
    for name, texts in columns.items():
        if name != table.identifier:
            read_column(name, texts, rows, table, sheet.findings)
    keys = columns.get(table.identifier, [None] * len(rows))
    taken = parts.taken.setdefault("nodes" if table.content in ("structures", "fittings") else table.content, set())
    held = []
    reserved = {key.strip() for key in keys if key is not None}
    for row, key in zip(rows, keys, strict=True):
        if row.shape is None and not row.values and not row.more and (key is None or cells.is_nothing(key)):
            sheet.findings.add(row.rank, gettext_noop("An empty row, left over from the template: left out."))
            continue
        name_row(row, key, table, sheet, taken, reserved)
        settle_years(row, sheet.findings)
        held.append(row)
    return held


def place_points(sheet: Sheet, columns: dict[str, list[str | None]]) -> Geometries:
    """The points; where a row has none, that of its X and Y."""
    missing = np.flatnonzero(shapely.is_missing(sheet.shapes))
    if not len(missing) or not {"X", "Y"} <= columns.keys():
        return sheet.shapes
    shapes = sheet.shapes.copy()
    for at in missing:
        x, y = (cells.parse_measure(columns[name][at] or "", cells.LENGTHS) for name in ("X", "Y"))
        if x and y and 0 < x[0] < 1_300_000 and 6_000_000 < y[0] < 7_200_000:
            shapes[at] = Point(x[0], y[0])
            sheet.findings.add(sheet.rows[at], gettext_noop("There is no geometry: the point is that of X and Y."))
    return shapes


def read_column(
    name: str, texts: Sequence[str | None], rows: Sequence[Row], table: raepa.RaepaTable, findings: Findings
) -> None:
    """One field of every row, each different text read once."""
    if name in TOPOLOGY or name in raepa.FUNCTION_FIELDS:
        for row, text in zip(rows, texts, strict=True):
            row.place[name] = text if text is None else text.strip() or None
        return
    rule = raepa_rules.RULES[table.family, table.content].get(name)
    if rule is None:
        for row, text in zip(rows, texts, strict=True):
            if text is not None and not cells.is_nothing(text):
                row.more[name] = text.strip()
        return
    column, read = rule
    choice = cells.column_of(read, name)
    for row, text in zip(rows, texts, strict=True):
        if text is None:
            continue
        cell = choice(text)
        if cell.value is not None:
            row.values[column] = cell.value
        if cell.note:
            findings.add(row.rank, *cell.note)
        if cell.keep:
            row.more[name] = text.strip()


def name_row(
    row: Row, key: str | None, table: raepa.RaepaTable, sheet: Sheet, taken: set[str], reserved: set[str]
) -> None:
    """Its key: the identifier, made unique; the reference is the same, or none."""
    plain = "" if key is None or cells.is_nothing(key) else key.strip()[:LONGEST_KEY]
    if not plain:
        row.key = f"{table.name}#{row.rank}"
        if key is not None or table.identifier in {name.upper() for name in sheet.columns}:
            sheet.findings.add(
                row.rank, gettext_noop("%(field)s is empty: the object has no reference."), {"field": table.identifier}
            )
    else:
        row.key = plain if plain not in taken else unique(plain, taken | reserved)
        row.values["reference"] = row.key
        if row.key != plain:
            message = gettext_noop("%(field)s “%(value)s” is there twice: this object was called “%(new)s”.")
            sheet.findings.add(row.rank, message, {"field": table.identifier, "value": plain, "new": row.key})
    taken.add(row.key)


def unique(key: str, taken: set[str]) -> str:
    free, number = key, 1
    while free in taken:
        number += 1
        free = f"{key[: LONGEST_KEY - len(str(number)) - 1]}-{number}"
    return free


def settle_years(row: Row, findings: Findings) -> None:
    first, last = row.values.get("laid_from_year"), row.values.get("laid_to_year")
    if first is not None and last is not None and first > last:
        row.values["laid_from_year"], row.values["laid_to_year"] = last, first
        message = gettext_noop("ANDEBPOSE (%(first)s) is after ANFINPOSE (%(last)s): they were exchanged.")
        findings.add(row.rank, message, {"first": first, "last": last})


def take_pipes(parts: Parts, table: raepa.RaepaTable, sheet: Sheet, rows: Sequence[Row]) -> None:
    yes = cells.column_of(cells.yes, "BRANCHEMNT")
    flows = cells.column_of(raepa_rules.FLOW, "SENSECOUL")
    for row, line in zip(rows, single_lines(rows), strict=True):
        if table.family == "sewer":
            settle_system(row, sheet.findings)
        row.values.setdefault("service_state", code_lists.IN_SERVICE)
        branch = yes(row.place.get("BRANCHEMNT") or "")
        flow = flows(row.place.get("SENSECOUL") or "")
        for cell in (branch, flow):
            if cell.note:
                sheet.findings.add(row.rank, *cell.note)
        lines = lines_of(row, sheet.findings, parts.taken["pipes"]) if line is None else [(line, row.key, False)]
        for shape, key, extra in lines:
            if branch.value:
                parts.branches.append(branch_of(row, key, shape, sheet.file))
            else:
                parts.draft.pipes.append(pipe_of(row, key, shape, extra, sheet.file, flow.value))


def settle_system(row: Row, findings: Findings) -> None:
    """Which sewer network: TYPRESEAU, else what CONTCANASS says flows there, else wastewater."""
    if "system" in row.values:
        return
    content = row.values.get("content")
    row.values["system"] = content if content in code_lists.SYSTEMS else "02"
    message = gettext_noop("TYPRESEAU is empty: taken for “%(system)s”.")
    findings.add(row.rank, message, {"system": pair_param(*code_lists.SYSTEMS[row.values["system"]])})


def single_lines(rows: Sequence[Row]) -> Geometries:
    """The lines of rows that have one with a length; None for the others, which `lines_of` looks at."""
    shapes = np.array([*(row.shape for row in rows), None], object)[:-1]
    lines: Any = np.where(shapely.get_num_geometries(shapes) == 1, shapely.get_geometry(shapes, 0), None)
    lines = shapely.remove_repeated_points(lines)
    return np.asarray(np.where(shapely.length(lines) > 0, lines, None), object)


def lines_of(row: Row, findings: Findings, taken: set[str]) -> Iterator[tuple[LineString, str, bool]]:
    """The line of a row as one, joined of its parts where they meet; else its parts, each with a key of its own."""
    if row.shape is None:
        findings.add(row.rank, gettext_noop("There is no geometry: draw the pipe. It was left out."), {}, "error")
        return
    merged = shapely.line_merge(row.shape) if len(row.shape.geoms) > 1 else row.shape
    parts = [shapely.remove_repeated_points(part) for part in shapely.get_parts(merged)]
    parts = [part for part in parts if part.length > 0]
    if not parts:
        message = gettext_noop("The pipe has no length: draw it again. It was left out.")
        findings.add(row.rank, message, {}, "error", first_place(row.shape))
    elif len(parts) > 1:
        message = gettext_noop("The line has %(count)s parts that do not meet: they became as many pipes.")
        findings.add(row.rank, message, {"count": len(parts)}, "warning", first_place(row.shape))
    else:
        findings.add(row.rank, gettext_noop("The parts of the line were joined into one."))
    for number, part in enumerate(parts):
        key = row.key if number == 0 else unique(row.key, taken)
        taken.add(key)
        yield part, key, len(parts) > 1


def first_place(shape: Any) -> tuple[float, float]:
    x, y = shapely.get_coordinates(shape)[0]
    return float(x), float(y)


def pipe_of(row: Row, key: str, shape: LineString, several: bool, file: str, flow: str | None) -> PipeRow:
    """A pipe; keys of nodes only where it is whole. `_flow` goes when its ends are settled."""
    values = row.values | {"more": dict(row.more), "_flow": flow}
    if "reference" in values:
        values["reference"] = key
    if row.place.get("IDCANPPALE"):
        values["more"]["IDCANPPALE"] = row.place["IDCANPPALE"]
    ends = [None if several or text is None or cells.is_nothing(text) else text for text in ends_of(row)]
    return PipeRow(key=key, geom=shape, start_key=ends[0], end_key=ends[1], values=values, file=file, row=row.rank)


def ends_of(row: Row) -> tuple[str | None, str | None]:
    return row.place.get("IDNINI"), row.place.get("IDNTERM")


OF_NO_CONNECTION: Final = (
    ("content", "CONTCAN%(use)s"),
    ("function", "FONCCAN%(use)s"),
    ("flow_mode", "MODECIRC"),
    ("depth_m", "PROFGEN"),
    ("start_z", "ZAMONT"),
    ("end_z", "ZAVAL"),
    ("declared_length_m", "LONGCANA"),
)
"""What a service connection has no column for, and RAEPA’s name of it, under which it is kept."""


def branch_of(row: Row, key: str, shape: LineString, file: str) -> Branch:
    values = row.values | {"more": dict(row.more)}
    if "reference" in values:
        values["reference"] = key
    for column, name in OF_NO_CONNECTION:
        value = values.pop(column, None)
        if value is not None:
            values["more"].setdefault(name % {"use": "ASS" if "system" in values else "AEP"}, str(value))
    for name in ("IDNINI", "IDNTERM", "SENSECOUL"):
        if (text := row.place.get(name)) and not cells.is_nothing(text):
            values["more"].setdefault(name, text)
    main = row.place.get("IDCANPPALE")
    return Branch(key, shape, None if main is None or cells.is_nothing(main) else main, values, file, row.rank)


def take_nodes(parts: Parts, table: raepa.RaepaTable, sheet: Sheet, rows: Sequence[Row]) -> None:
    name = next(one.name for one in table.fields if one.name in raepa.FUNCTION_FIELDS)
    codes = raepa.FUNCTION_FIELDS[name]
    read = cells.column_of(raepa_rules.function_of(codes), name)
    for row in rows:
        if row.shape is None:
            sheet.findings.add(
                row.rank, gettext_noop("There is no geometry: place the object. It was left out."), {}, "error"
            )
            continue
        cell = read(row.place.get(name) or "")
        if cell.note:
            sheet.findings.add(row.rank, *cell.note)
        elif cell.value is None:
            message = gettext_noop("%(field)s is empty: the kind of the object is “other”.")
            sheet.findings.add(row.rank, message, {"field": name})
        if table.family == "sewer":
            settle_system(row, sheet.findings)
        node = node_of(row, name, cell.value, sheet.file)
        if cell.value == raepa.HOUSE_CONNECTION:
            parts.house_points.append(HousePoint(node, row.place.get("IDCANPPALE")))
        parts.draft.nodes.append(node)


def node_of(row: Row, name: str, code: str | None, file: str) -> NodeRow:
    """A node; its code is kept where its kind alone would not give it back."""
    meaning = raepa.FUNCTION_FIELDS[name].get(code or "", raepa.Meaning("other", ""))
    more = dict(row.more)
    if row.place.get("IDCANPPALE"):
        more["IDCANPPALE"] = row.place["IDCANPPALE"] or ""
    family: FamilyName = "sewer" if name.endswith("ASS") else "water"
    if code is None and row.place.get(name):
        more[name] = row.place[name] or ""
    elif raepa.NODE_CODES[family].get(meaning.kind) != (name, code or raepa.UNKNOWN):
        more[name] = code or raepa.UNKNOWN
    values = row.values | {"kind": meaning.kind, "service_state": code_lists.IN_SERVICE, "more": more}
    if meaning.subtype:
        values["subtype"] = meaning.subtype
    return NodeRow(key=row.key, geom=row.shape, values=values, file=file, row=row.rank)


def take_repairs(parts: Parts, table: raepa.RaepaTable, sheet: Sheet, rows: Sequence[Row]) -> None:
    """Repairs; what the repaired pipe is made of comes from its table, when that was delivered too."""
    pipes = {pipe.key: pipe.values for pipe in parts.draft.pipes}
    for row in rows:
        if row.shape is None:
            sheet.findings.add(
                row.rank, gettext_noop("There is no geometry: place the object. It was left out."), {}, "error"
            )
            continue
        values = row.values | {"network": table.family, "more": dict(row.more)}
        pipe = pipes.get(values.get("object_reference", ""), {})
        about = {"material": "material", "diameter_mm": "diameter_mm", "laid_to_year": "laid_year"}
        values |= {ours: pipe[theirs] for theirs, ours in about.items() if theirs in pipe}
        parts.draft.repairs.append(RepairRow(key=row.key, geom=row.shape, values=values, file=sheet.file, row=row.rank))


def finish(parts: Parts) -> None:
    """Settle the ends, then gather what is to be told."""
    by_file = {findings.file: findings for findings in parts.names.values()}
    settle(parts.draft, parts.branches, parts.house_points, by_file)
    draft = parts.draft
    rows: tuple[Any, ...] = (*draft.nodes, *draft.pipes, *draft.connections, *draft.repairs)
    for row in rows:
        if not row.values.get("more"):
            row.values.pop("more", None)
    for findings in parts.names.values():
        draft.findings += sorted(findings.all(), key=lambda one: one.row or 0)
