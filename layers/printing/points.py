"""What printing asks of the apps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gis_core.wiring.points import ExtensionPoint

type Draw = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Marks:
    """Drawings of the points of a layer on paper, by these columns: `draw` gives the SVG, nothing for the legend's."""

    layer: str
    columns: frozenset[str]
    draw: Draw


MARKS: ExtensionPoint[Marks] = ExtensionPoint(
    "printing.marks",
    "Drawings that an app gives to the points of its layer on paper; one for each layer, in no order.",
    key=lambda marks: marks.layer,
)
