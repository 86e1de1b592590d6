"""What the tables would not take of a draft, told per row before anything is written; where its rows may lie."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_noop

from gis_core import graph as connected
from gis_core.codes import CodeList
from layers.intake.findings import Finding
from layers.intake.params import label_param
from networks.water import code_lists
from networks.water.families import FamilyName
from networks.water.importers.draft import ConnectionRow, Draft, NodeRow, PipeRow, RepairRow
from networks.water.importers.topology_building import BuiltTopology
from networks.water.models import Repair, SewerConnection, SewerNode, SewerPipe, WaterConnection, WaterNode, WaterPipe
from networks.water.models.base import NetworkObject

type Row = NodeRow | PipeRow | ConnectionRow | RepairRow

MODELS: dict[FamilyName, dict[str, type[NetworkObject]]] = {
    "water": {"nodes": WaterNode, "pipes": WaterPipe, "connections": WaterConnection, "repairs": Repair},
    "sewer": {"nodes": SewerNode, "pipes": SewerPipe, "connections": SewerConnection, "repairs": Repair},
}
OURS = frozenset(
    {"id", "owner", "shared_with", "version", "import_id", "geom", "geom_3857", "start_node", "end_node", "pipe"}
)
CODES: dict[str, CodeList] = {
    "service_state": code_lists.SERVICE_STATES,
    "material": code_lists.MATERIALS,
    "system": code_lists.SYSTEMS,
    "position": code_lists.POSITIONS,
    "condition": code_lists.CONDITIONS,
    "year_quality": code_lists.YEAR_QUALITIES,
    "flow_mode": code_lists.FLOW_MODES,
    "precision_xy": code_lists.ACCURACIES,
    "precision_z": code_lists.ACCURACIES,
    "sensitive": code_lists.SENSITIVE,
    "defect": code_lists.DEFECTS,
    "repaired": code_lists.REPAIRED,
    "cause": code_lists.CAUSES,
}
KINDS: dict[FamilyName, CodeList] = {"water": code_lists.WATER_NODES, "sewer": code_lists.SEWER_NODES}
# Without these a network is still what it was.
APART = ("connections", "repairs")
SMALL, WHOLE = 32_767, 2_147_483_647


def rows_in(draft: Draft) -> Iterator[tuple[str, Sequence[Row]]]:
    yield "nodes", draft.nodes
    yield "pipes", draft.pipes
    yield "connections", draft.connections
    yield "repairs", draft.repairs


def columns_of(model: type[NetworkObject]) -> dict[str, models.Field[Any, Any]]:
    """The columns that a file may fill, `more` among them."""
    return {field.name: field for field in model._meta.concrete_fields if field.name not in OURS}


def check_values(draft: Draft) -> Iterator[Finding]:
    """Every value that its column would not take."""
    for what, rows in rows_in(draft):
        fields = columns_of(MODELS[draft.family][what])
        good: set[tuple[str, Any]] = set()
        for row in rows:
            for name, value in row.values.items():
                if value is None or name == "more" or (name, value) in good:
                    continue
                if amiss := unfit(draft.family, fields.get(name), name, value):
                    yield finding_at(row, *amiss, spare=what in APART)
                else:
                    good.add((name, value))
            yield from check_row(row, what)


def check_row(row: Row, what: str) -> Iterator[Finding]:
    since, until = row.values.get("laid_from_year"), row.values.get("laid_to_year")
    if since is not None and until is not None and since > until:
        message = gettext_noop(
            "It is said to be laid between %(since)s and %(until)s: the years are the wrong way round."
        )
        yield finding_at(row, message, {"since": since, "until": until}, spare=what in APART)
    if what == "nodes" and not row.values.get("kind"):
        yield finding_at(row, gettext_noop("It is not said what kind of object this is."))


def unfit(
    family: FamilyName, field: models.Field[Any, Any] | None, name: str, value: Any
) -> tuple[str, dict[str, Any]] | None:
    """Why a column does not take a value, as a code with its parameters; None where it does."""
    if field is None:
        return gettext_noop("There is no column “%(name)s”."), {"name": name}
    params = {"name": label_param(field.verbose_name), "value": str(value)[:60]}
    codes = KINDS[family] if name == "kind" else CODES.get(name)
    if codes is not None:
        return None if value in codes else (gettext_noop("%(name)s “%(value)s” is no code of the list."), params)
    if isinstance(field, models.IntegerField):
        most = SMALL if isinstance(field, models.SmallIntegerField) else WHOLE
        fits = isinstance(value, int) and -most <= value <= most
    elif isinstance(field, models.FloatField):
        fits = isinstance(value, int | float) and math.isfinite(value)
    elif isinstance(field, models.DateField):
        fits = isinstance(value, date)
    else:
        fits = isinstance(value, str) and len(value) <= (field.max_length or WHOLE) and "\0" not in value
    return None if fits else (gettext_noop("%(name)s “%(value)s” does not fit in its column."), params)


def check_references(draft: Draft) -> Iterator[Finding]:
    """References that come back: of each object of a kind there is one."""
    for what, rows in rows_in(draft):
        seen: dict[str, Row] = {}
        for row in rows:
            reference = row.values.get("reference")
            if reference is None:
                continue
            first = seen.setdefault(reference, row)
            if first is not row:
                message = gettext_noop("The reference %(reference)s is that of row %(row)s (%(file)s) already.")
                params = {"reference": reference[:80], "row": first.row, "file": first.file}
                yield finding_at(row, message, params, spare=what in APART)


def finding_at(row: Row, code: str, params: Mapping[str, Any] | None = None, *, spare: bool = False) -> Finding:
    """What keeps a row out."""
    return Finding(
        file=row.file, row=row.row, code=code, params=params or {}, place=coordinates_of_row(row), spare=spare
    )


def coordinates_of_row(row: Row) -> tuple[float, float]:
    x, y = row.geom.coords[0][:2]
    return float(x), float(y)


def leave_out(draft: Draft, chosen: set[tuple[str, int]]) -> None:
    """Take rows (file, row) out of a draft, with what was said of them. A pipe whose end was one of them ends where it
    is drawn, a connection hangs on the nearest pipe.
    """
    gone_nodes = {row.key for row in draft.nodes if (row.file, row.row) in chosen}
    gone_pipes = {row.key for row in draft.pipes if (row.file, row.row) in chosen}
    draft.nodes = [row for row in draft.nodes if (row.file, row.row) not in chosen]
    draft.pipes = [row for row in draft.pipes if (row.file, row.row) not in chosen]
    draft.connections = [row for row in draft.connections if (row.file, row.row) not in chosen]
    draft.repairs = [row for row in draft.repairs if (row.file, row.row) not in chosen]
    draft.findings = [one for one in draft.findings if one.row is None or (one.file, one.row) not in chosen]
    for pipe in draft.pipes:
        pipe.start_key = None if pipe.start_key in gone_nodes else pipe.start_key
        pipe.end_key = None if pipe.end_key in gone_nodes else pipe.end_key
    for connection in draft.connections:
        connection.pipe_key = None if connection.pipe_key in gone_pipes else connection.pipe_key


# -- the network as a whole -------------------------------------------------------------------------------------------


def parts_of(family: FamilyName, built: BuiltTopology) -> list[dict[str, Any]]:
    """The separate parts of the network, the longest first: pipes, metres, whether one of them is fed (or drained), or
    goes on in what is there already.
    """
    of = connected.parts_of((piece.start, piece.end) for piece in built.parts)
    parts: dict[int, dict[str, Any]] = defaultdict(lambda: {"pipes": 0, "metres": 0.0, "ends": 0, "joined": False})
    for piece in built.parts:
        part = parts[of[piece.start]]
        part.setdefault("row", (piece.row.file, piece.row.row))
        part.setdefault("place", tuple(round(edge, 1) for edge in piece.line.coords[0][:2]))
        part["pipes"] += 1
        part["metres"] += piece.line.length
    wanted = code_lists.SOURCES if family == "water" else code_lists.SINKS
    for spot, row in built.node_of.items():
        if row.values.get("kind") in wanted and spot in of:
            parts[of[spot]]["ends"] += 1
    for spot in [*built.there_of, *(spot for _pipe, spot in built.cuts)]:
        if spot in of:
            parts[of[spot]]["joined"] = True
    return sorted(parts.values(), key=lambda part: -part["metres"])


APART_FROM_ENDS: dict[FamilyName, tuple[str, str]] = {
    "water": (
        gettext_noop(
            "Nothing feeds this part of the network (%(pipes)s pipe, %(metres)s m): no tank, treatment or catchment."
        ),
        gettext_noop(
            "Nothing feeds this part of the network (%(pipes)s pipes, %(metres)s m): no tank, treatment or catchment."
        ),
    ),
    "sewer": (
        gettext_noop("This part of the network (%(pipes)s pipe, %(metres)s m) leads to no outlet or treatment plant."),
        gettext_noop("This part of the network (%(pipes)s pipes, %(metres)s m) leads to no outlet or treatment plant."),
    ),
}
"""What is said of a part of one pipe, and of several."""


def check_parts(family: FamilyName, parts: Sequence[dict[str, Any]]) -> Iterator[Finding]:
    """Warnings: parts that nothing feeds (or that lead nowhere)."""
    for part in parts:
        if part["ends"] or part["joined"]:
            continue
        file, row = part["row"]
        one, several = APART_FROM_ENDS[family]
        params = {"pipes": part["pipes"], "metres": round(part["metres"])}
        code = one if part["pipes"] == 1 else several
        yield Finding(file=file, row=row, code=code, params=params, severity="warning", place=part["place"])
