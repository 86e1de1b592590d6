"""A network of the demo before it is rows: nodes by their position, pipes between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import hypot
from random import Random
from typing import Any

from shapely.geometry import LineString, Point

from demo.networks.ways import Xy

SAME_M = 0.3


@dataclass(slots=True)
class Plan:
    """One member's network of one family; positions are rounded to the millimetre, so that equal ones are one node."""

    family: str
    prefix: str
    chance: Random
    nodes: dict[Xy, dict[str, Any]] = field(default_factory=dict)
    pipes: list[tuple[LineString, dict[str, Any]]] = field(default_factory=list)
    connections: list[tuple[Point, int, dict[str, Any]]] = field(default_factory=list)
    repairs: list[tuple[Point, dict[str, Any]]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    cells: dict[tuple[int, int], list[Xy]] = field(default_factory=dict)

    def node(self, place: Xy, kind: str = "junction", **values: Any) -> Xy:
        """Put something there, or say more of what is there; where it is, in the end."""
        at = self.settle((round(place[0], 3), round(place[1], 3)))
        found = self.nodes.setdefault(at, {"kind": "junction"})
        if kind != "junction":
            found["kind"] = kind
            found.setdefault("reference", self.number(kind))
        found.update(values)
        return at

    def settle(self, place: Xy) -> Xy:
        """The place of a node so near that it is the same one (roads have such nodes), or this one, from now on."""
        east, north = int(place[0]), int(place[1])
        beside = [(east + i, north + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        for found in (one for cell in beside for one in self.cells.get(cell, ())):
            if hypot(found[0] - place[0], found[1] - place[1]) < SAME_M:
                return found
        self.cells.setdefault((east, north), []).append(place)
        return place

    def pipe(self, line: LineString, **values: Any) -> None:
        """A pipe whose ends are made nodes; none where both are the same."""
        start, end = (self.node((line.coords[i][0], line.coords[i][1])) for i in (0, -1))
        if start != end:
            exact = LineString([start, *list(line.coords)[1:-1], end])
            self.pipes.append((exact, {"reference": self.number("C"), **values}))

    def number(self, kind: str) -> str:
        letters = LETTERS.get(kind, kind[:2].upper())
        self.counts[letters] = self.counts.get(letters, 0) + 1
        return f"{self.prefix}-{letters}{self.counts[letters]:04d}"


LETTERS = {"valve": "V", "hydrant": "PI", "manhole": "R", "tank": "RES", "treatment": "ST", "catchment": "CAP",
           "inlet": "AV", "fitting": "PC", "meter": "CPT", "drain": "VI", "air_valve": "VT", "outlet": "EX",
           "overflow": "DO", "pump": "PR", "import": "ACH"}  # fmt: skip
