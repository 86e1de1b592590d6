"""Sheets of the cadastral plan as the restricted reader tells of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gis_core.files.reader.problems import Problem
from gis_core.files.reader.vectors import parse_problem


@dataclass(frozen=True, slots=True)
class PlanObject:
    """An object of the plan: its `kind` (PARCELLE, BATIMENT…), its name in the file, its attributes.

    Dates are as the file writes them (YYYYMMDD), `wkb` is a MultiPolygon or a MultiLineString in the sheet's system.
    """

    kind: str
    name: str
    attributes: Mapping[str, str]
    created: str
    updated: str
    wkb: bytes


@dataclass(frozen=True, slots=True)
class PlanSheet:
    """A sheet: `label` is its path in the delivery, `reference` the name of its system (LAMB93, RGF93CC48).

    `objects` counts the objects of every kind that the files hold; those in `features` and `problems` (kind, what is
    wrong) are of the kinds that are read. `empty` names the files (.VEC) that hold no object.
    """

    label: str
    reference: str
    objects: Mapping[str, int]
    features: tuple[PlanObject, ...]
    problems: tuple[tuple[str, Problem], ...]
    empty: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedSheet:
    """A sheet, or an archive of sheets, that cannot be read."""

    label: str
    problem: Problem


def parse_plan(answer: Mapping[str, Any], blob: bytes) -> PlanSheet | RefusedSheet:
    """What the child says of one sheet, distrusted."""
    label = str(answer["label"])[:300]
    if "refused" in answer:
        code, params = answer["refused"]
        return RefusedSheet(label, Problem(str(code), dict(params)))
    sheet = answer["sheet"]
    return PlanSheet(
        label=label,
        reference=str(sheet["reference"]),
        objects={str(kind): int(count) for kind, count in sheet["objects"].items()},
        features=_objects(sheet["rows"], blob),
        problems=tuple((str(kind), parse_problem(*entry)) for kind, *entry in sheet["problems"]),
        empty=tuple(str(name)[:100] for name in sheet["empty"]),
    )


def _objects(rows: Any, blob: bytes) -> tuple[PlanObject, ...]:
    objects, start = [], 0
    for kind, name, attributes, created, updated, size in rows:
        if not isinstance(size, int) or not 0 <= size <= len(blob) - start:
            raise ValueError("row makes no sense")
        texts = {str(key): str(value) for key, value in attributes.items()}
        wkb = blob[start : start + size]
        objects.append(PlanObject(str(kind), str(name), texts, str(created), str(updated), wkb))
        start += size
    if start != len(blob):
        raise ValueError("bytes left over")
    return tuple(objects)
