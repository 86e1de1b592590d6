"""StaR-Eau v2024 (CNIG, ASTEE) as it leaves here or comes from elsewhere: its GeoPackage made into drafts of networks.

What a column says and no column of ours has is kept beside under its own name; tables that the model has nothing for
are told, not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import shapely
from django.utils.translation import gettext_noop
from shapely.geometry import Point

from gis_core.files.reader import RestrictedReader
from layers.intake import cells
from layers.intake.cells import Read
from layers.intake.findings import Finding
from layers.intake.looking import lines_of
from layers.intake.sheets import ENOUGH_ROWS, Sheet, SourceLayer, layers_in, sheet_of
from networks.water import code_lists
from networks.water.exchange.geopackage import table_templates
from networks.water.exchange.stareau import business_key
from networks.water.families import FamilyName
from networks.water.importers import stareau_rules as rules
from networks.water.importers.draft import ConnectionRow, Draft, NodeRow, PipeRow
from networks.water.importers.raepa_ends import TRACE

SOURCE: Final = "StaR-Eau v2024"
PIPE_KEY, NODE_KEY = "id_canalisation", "id_noeud_reseau"
READ_APART: Final = frozenset(
    {
        PIPE_KEY,
        NODE_KEY,
        "noeudinitial",
        "noeudterminal",
        "ref_canalisation",
        "insee_commune",
        "date_creation",
        "fictif",
    }
)
SEWER_BY_SYSTEM: Final = {"03": "03"}
"""The content of a combined sewer: its list has one code for it and for wastewater."""


@dataclass(slots=True)
class Row:
    """One row of a table: its rank, its texts by column, its geometry."""

    rank: int
    texts: dict[str, str]
    shape: Any

    def text(self, name: str) -> str:
        return self.texts.get(name, "")


@dataclass(slots=True)
class Branch:
    """The pipe of a service connection, by the node of the user that it serves."""

    row: Row
    joint: str


@dataclass(slots=True)
class Network:
    """One family while its tables are read: pipes of connections, and the pipes that their joints lie on."""

    draft: Draft
    branches: dict[str, Branch] = field(default_factory=dict)
    joints: dict[str, str] = field(default_factory=dict)


def is_table(label: str, fields: Sequence[str]) -> bool:
    """Whether a layer is a table of StaR-Eau: a name that is alike is not enough."""
    names = {name.strip().lower() for name in fields}
    return table_of(label) in rules.TABLES and bool({PIPE_KEY, NODE_KEY} & names)


def table_of(label: str) -> str:
    return label.rsplit("/", 1)[-1].lower()


def read_stareau(paths: Sequence[Path]) -> list[Draft]:
    """The drafts of the networks in the tables, at least one: findings alone where there is none.

    Raises ReaderUnavailable.
    """
    names = ", ".join(sorted(path.name for path in paths))
    networks: dict[FamilyName, Network] = {}
    findings: list[Finding] = []
    with RestrictedReader() as reader:
        for layer, table in ordered(known_layers(reader, paths, findings)):
            family = family_of(table)
            network = networks.setdefault(family, Network(Draft(family=family, source=f"{SOURCE}: {names}")))
            Table(network, table, sheet_of(reader, layer, shape_of(table), identifier_of(layer))).take()
    if not networks:
        message = gettext_noop("None of the tables of StaR-Eau in this delivery holds an object (aep_canalisation…).")
        nothing = Finding(file=names, row=None, code=message)
        return [Draft(family="water", source=f"{SOURCE}: {names}", findings=[*findings, nothing])]
    drafts = [networks[family].draft for family in ("water", "sewer") if family in networks]
    drafts[0].findings[:0] = findings
    return drafts


def known_layers(
    reader: RestrictedReader, paths: Sequence[Path], findings: list[Finding]
) -> Iterator[tuple[SourceLayer, str]]:
    """The tables that hold objects which have a place here; others that hold some are told."""
    for layer in layers_in(reader, paths, findings, rows=ENOUGH_ROWS):
        table = table_of(layer.label)
        if not layer.layer.features:
            continue
        if table in rules.TABLES:
            yield layer, table
        else:
            message = gettext_noop("The network here has nothing for this table: it was left out.")
            findings.append(Finding(file=layer.file, row=None, code=message, severity="warning"))


def ordered(layers: Iterator[tuple[SourceLayer, str]]) -> list[tuple[SourceLayer, str]]:
    """What connections refer to comes before them."""
    last = {**dict.fromkeys(rules.USER_TABLES, 1)}
    return sorted(layers, key=lambda one: last.get(one[1], 0))


def family_of(table: str) -> FamilyName:
    return "water" if table.startswith("aep_") else "sewer"


def shape_of(table: str) -> Any:
    return "line" if table in rules.PIPE_TABLES or table in rules.BRANCH_TABLES else "point"


def identifier_of(layer: SourceLayer) -> str | None:
    return next((name for name in layer.fields if name.lower() in (PIPE_KEY, NODE_KEY)), None)


class Table:
    """The rows of one table on their way into the draft of their network."""

    def __init__(self, network: Network, table: str, sheet: Sheet) -> None:
        self.network, self.draft, self.table, self.sheet = network, network.draft, table, sheet
        self.family = network.draft.family

    def take(self) -> None:
        """Each row by what its table holds."""
        if self.sheet.epsg:
            self.draft.systems[self.sheet.file] = self.sheet.epsg
        for row in self.rows():
            if row.shape is None or row.shape.is_empty:
                message = gettext_noop("There is no geometry: place the object. It was left out.")
                self.sheet.findings.add(row.rank, message, {}, "error")
            else:
                self.take_row(row)
        self.draft.findings += self.sheet.findings.all()

    def take_row(self, row: Row) -> None:
        if self.table in rules.PIPE_TABLES:
            self.add_pipes(row)
        elif self.table in rules.BRANCH_TABLES:
            point, joint = (
                ("noeudterminal", "noeudinitial") if self.family == "water" else ("noeudinitial", "noeudterminal")
            )
            self.network.branches[row.text(point)] = Branch(row, row.text(joint))
        elif self.table in rules.JOINT_TABLES:
            self.network.joints[row.text(NODE_KEY)] = row.text("ref_canalisation")
        elif self.table in rules.USER_TABLES and row.text(rules.HYDRANT[0]) != rules.HYDRANT[1]:
            self.add_connection(row)
        else:
            self.add_node(row)

    def rows(self) -> Iterator[Row]:
        columns = {name.lower(): texts for name, texts in self.sheet.columns.items()}
        for at, (rank, shape) in enumerate(zip(self.sheet.rows, self.sheet.shapes, strict=True)):
            texts = {name: text.strip() for name, values in columns.items() if (text := values[at]) is not None}
            yield Row(rank, texts, shape)

    def values_of(self, row: Row, read: Mapping[str, tuple[str, Read]]) -> dict[str, Any]:
        """Our columns, and `more` for what none of them takes."""
        values: dict[str, Any] = {"more": {}}
        own = reference_column(self.table)
        for name, text in row.texts.items():
            if text in rules.UNRECORDED or name in READ_APART:
                continue
            if name == own:
                values["reference"] = text[:254]
            elif name in read:
                self.read_cell(row, name, text, read[name], values)
            elif text not in ("0", "0.0", "non"):
                values["more"][name] = text[:1_000]
        values.setdefault("service_state", code_lists.IN_SERVICE)
        return values

    def read_cell(self, row: Row, name: str, text: str, rule: tuple[str, Read], values: dict[str, Any]) -> None:
        column, read = rule
        cell = read(name, text)
        if cell.value is not None:
            values[column] = cell.value
        if cell.note:
            self.sheet.findings.add(row.rank, *cell.note)
        if cell.keep:
            values["more"][name] = text

    def add_pipes(self, row: Row) -> None:
        values = self.values_of(row, {**rules.PIPES, **rules.HEIGHTS[self.family]})
        take_remarks(values)
        if self.family == "sewer":
            settle_system(values)
            if values.get("content") == "02":
                values["content"] = SEWER_BY_SYSTEM.get(values["system"], "02")
        lines = list(lines_of(row.shape))
        if not lines:
            message = gettext_noop("The pipe has no length: draw it again. It was left out.")
            self.sheet.findings.add(row.rank, message, {}, "error")
        key = row.text(PIPE_KEY) or f"{self.table}#{row.rank}"
        ends = [
            None if end in rules.UNRECORDED else end for end in (row.text("noeudinitial"), row.text("noeudterminal"))
        ]
        whole = len(lines) == 1
        for number, line in enumerate(lines):
            own = values if number == 0 else {name: one for name, one in values.items() if name != "reference"}
            self.draft.pipes.append(
                PipeRow(
                    key=key if number == 0 else f"{key}-{number + 1}",
                    geom=line,
                    start_key=ends[0] if whole else None,
                    end_key=ends[1] if whole else None,
                    values=own | {"more": dict(values["more"])},
                    file=self.sheet.file,
                    row=row.rank,
                )
            )

    def add_node(self, row: Row) -> None:
        values = self.values_of(row, rules.NODES[self.family])
        values["kind"] = self.kind_of(row)
        take_remarks(values)
        take_kind(values, code_lists.SEWER_NODES if self.family == "sewer" else code_lists.WATER_NODES)
        if self.family == "sewer":
            settle_system(values)
        key = row.text(NODE_KEY) or f"{self.table}#{row.rank}"
        point = Point(shapely.get_coordinates(row.shape)[0])
        self.draft.nodes.append(NodeRow(key=key, geom=point, values=values, file=self.sheet.file, row=row.rank))

    def kind_of(self, row: Row) -> str:
        """By the table, and by a code in it."""
        if self.table in rules.USER_TABLES:
            return "hydrant"
        for (table, column), kinds in rules.CODED_KINDS.items():
            if table == self.table and row.text(column) in kinds:
                return kinds[row.text(column)]
        return rules.NODE_KINDS[self.table][1]

    def add_connection(self, row: Row) -> None:
        """A user, with the line and the material of the pipe that serves it."""
        values = self.values_of(row, rules.CONNECTIONS[self.family])
        take_remarks(values)
        take_user(values)
        if self.family == "sewer":
            settle_system(values)
        pipe_key = None
        if branch := self.network.branches.get(row.text(NODE_KEY)):
            of_pipe = self.values_of(branch.row, rules.PIPES)
            values |= {name: of_pipe[name] for name in ("material", "diameter_mm") if name in of_pipe}
            values["more"][TRACE] = shapely.to_wkt(shapely.get_geometry(branch.row.shape, 0), rounding_precision=3)
            pipe_key = self.network.joints.get(branch.joint)
        self.draft.connections.append(
            ConnectionRow(
                key=str(values.get("reference") or row.text(NODE_KEY) or f"{self.table}#{row.rank}"),
                geom=Point(shapely.get_coordinates(row.shape)[0]),
                pipe_key=None if pipe_key in rules.UNRECORDED else pipe_key,
                values=values,
                file=self.sheet.file,
                row=row.rank,
            )
        )


def reference_column(table: str) -> str:
    """The column of the owner's own identifier: `id_aep_vanne`, `id_point_livraison`."""
    if table in rules.PIPE_TABLES or table in rules.BRANCH_TABLES:
        return f"id_{table}"
    return business_key(table_templates()[table])


def settle_system(values: dict[str, Any]) -> None:
    values.setdefault("system", "02")


def take_remarks(values: dict[str, Any]) -> None:
    """What the remark says for want of a column goes to ours."""
    parts = []
    for part in filter(None, str(values.get("comment") or "").split(rules.SEPARATOR)):
        for pattern, column, kind in rules.REMARKS:
            if match := pattern.fullmatch(part):
                values[column] = kind(match[1])
                break
        else:
            parts.append(part)
    if rules.BURIED in parts:
        parts.remove(rules.BURIED)
        values["condition"] = "buried"
    keep_comment(values, parts)


def take_kind(values: dict[str, Any], kinds: Mapping[str, Sequence[str]]) -> None:
    """The kind that the remark names in French, where the table has no code of its own for it."""
    meanings = {cells.bare(labels[0]): code for code, labels in kinds.items()}
    parts = str(values.get("comment") or "").split(rules.SEPARATOR)
    said = next((part for part in parts if cells.bare(part) in meanings), None)
    if said is not None:
        values["kind"] = meanings[cells.bare(said)]
        parts.remove(said)
    keep_comment(values, [part for part in parts if part])


def take_user(values: dict[str, Any]) -> None:
    """The sensitive user that the remark names, with who it is."""
    parts = str(values.get("comment") or "").split(rules.SEPARATOR)
    for part in parts:
        label, _colon, name = part.partition(" : ")
        code = next((code for code, labels in code_lists.SENSITIVE.items() if labels[0] == label), None)
        if code is not None and code != code_lists.PATIENT:
            values["sensitive"] = code
            if name:
                values["sensitive_name"] = name[:120]
            parts.remove(part)
            break
    keep_comment(values, [part for part in parts if part])


def keep_comment(values: dict[str, Any], parts: Sequence[str]) -> None:
    values.pop("comment", None)
    if parts:
        values["comment"] = rules.SEPARATOR.join(parts)
