"""EPANET networks as the restricted reader hands them over: in SI units, coordinates as the file has them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from gis_core.files.reader.problems import Problem
from gis_core.files.reader.vectors import parse_problem


@dataclass(frozen=True, slots=True)
class EpanetNode:
    """A node on a line of the file; `kind`: junction, reservoir, tank. `place` is None where the file has none."""

    row: int
    name: str
    kind: str
    place: tuple[float, float] | None
    height: float
    volume_m3: float | None


@dataclass(frozen=True, slots=True)
class EpanetLink:
    """A link; `kind`: pipe, cv (pipe with a check valve), pump, or the type of a valve (prv, psv, fcv, tcv, …)."""

    row: int
    name: str
    kind: str
    start: str
    end: str
    diameter_m: float | None
    length_m: float | None
    roughness: float | None
    closed: bool
    vertices: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class EpanetNetwork:
    """`units` are those of flow in the file (GPM, LPS, …; EPANET's usual ones where it tells none), `problems` the
    lines left out."""

    units: str
    has_units: bool
    nodes: tuple[EpanetNode, ...]
    links: tuple[EpanetLink, ...]
    problems: tuple[Problem, ...]


def parse_network(frames: Sequence[Mapping[str, Any]]) -> EpanetNetwork:
    """Everything that the child said, distrusted."""
    head = frames[0]
    return EpanetNetwork(
        units=str(head["units"]),
        has_units=bool(head["has_units"]),
        nodes=tuple(node(*row) for frame in frames[1:] for row in frame.get("nodes", ())),
        links=tuple(link(*row) for frame in frames[1:] for row in frame.get("links", ())),
        problems=tuple(parse_problem(*entry) for entry in head["problems"]),
    )


def node(row: Any, name: Any, kind: Any, x: Any, y: Any, height: Any, volume: Any) -> EpanetNode:
    place = None if x is None else (number(x), number(y))
    return EpanetNode(int(row), text(name), text(kind), place, number(height), maybe(volume))


def link(
    row: Any, name: Any, kind: Any, start: Any, end: Any, diameter: Any, length: Any, roughness: Any, closed: Any,
    vertices: Iterable[Any],
) -> EpanetLink:  # fmt: skip
    edges = [number(one) for one in vertices]
    places = tuple(zip(edges[::2], edges[1::2], strict=True))
    ends = text(start), text(end)
    return EpanetLink(
        int(row), text(name), text(kind), *ends, maybe(diameter), maybe(length), maybe(roughness), bool(closed), places
    )


def text(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise ValueError("not a name")
    return value


def number(value: Any) -> float:
    if not isfinite(float(value)):
        raise ValueError("not a number")
    return float(value)


def maybe(value: Any) -> float | None:
    return None if value is None else number(value)
