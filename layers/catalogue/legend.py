"""What a legend says of a feature: which of its lines draws it, and at which scales.

A feature is drawn by the first line whose conditions it fits; one that fits no line is not drawn.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from math import cos, log2, radians
from operator import ge, gt, le, lt
from typing import Any

from layers.catalogue.label_text import label_columns
from layers.catalogue.models import Layer

PIXEL_M = 0.00028  # the standardised pixel of OGC scale denominators
EQUATOR_PIXEL_M = 156_543.03392804097  # of the Web Mercator pyramid's first level, in tiles of 256 pixels
NORTHERNMOST = 51.1  # of metropolitan France: there a zoom has its largest scale
HATCHED = 0.25  # opacity of the plain colour that stands for a hatch
BOUNDS: dict[str, Callable[[Any, Any], bool]] = {"from": ge, "above": gt, "to": le, "below": lt}

type Line = Mapping[str, Any]
type Properties = Mapping[str, Any]


def line_for(legend: Sequence[Line], properties: Properties) -> int | None:
    """The number of the line that draws a feature of these columns, None for none."""
    return next((number for number, line in enumerate(legend) if fits(line.get("where") or {}, properties)), None)


def first_alike(legend: Sequence[Line]) -> list[int]:
    """For each line, the number of the first one of its label and symbol: who reads a legend sees them as one."""
    said = [(line["label"], line["symbol"]) for line in legend]
    return [said.index(one) for one in said]


def fits(where: Mapping[str, Any], properties: Properties) -> bool:
    return all(holds(condition, properties.get(name)) for name, condition in where.items())


def holds(condition: Any, value: Any) -> bool:
    """Whether a column's value is the one asked for, one of those, or within the bounds."""
    value = value.isoformat() if isinstance(value, date) else value
    if not isinstance(condition, dict):
        return bool(value == condition)
    if "in" in condition:
        return value in condition["in"]
    return value is not None and all(within(name, bound, value) for name, bound in condition.items())


def within(name: str, bound: Any, value: Any) -> bool:
    return isinstance(value, str) == isinstance(bound, str) and BOUNDS[name](value, bound)


def plain_fill(symbol: Mapping[str, Any]) -> str | None:
    """The colour that fills an area where hatches are not drawn: its own, else that of its hatch, pale."""
    hatch = symbol.get("hatch")
    return symbol.get("fill") or (make_pale(hatch["colour"]) if hatch else None)


def hatch_angles(hatch: Mapping[str, Any]) -> tuple[float, ...]:
    """The directions of a hatch's lines, in degrees counter-clockwise from the horizontal."""
    angle = float(hatch["angle"])
    return (angle, (angle + 90) % 180) if hatch.get("cross") else (angle,)


def make_pale(colour: str) -> str:
    """A colour #rgb, #rgba, #rrggbb or #rrggbbaa at a quarter of its opacity."""
    wide = colour if len(colour) > 5 else "#" + "".join(digit * 2 for digit in colour[1:])
    return f"{wide[:7]}{round(int(wide[7:] or 'ff', 16) * HATCHED):02x}"


def columns_used(layer: Layer) -> set[str]:
    """The columns that drawing a layer by its legend reads."""
    chosen = {name for line in layer.legend for name in line.get("where") or {}}
    return chosen.union(label_columns(layer.labels))


def is_visible_at(layer: Layer, denominator: float) -> bool:
    """Whether the layer is shown at the scale 1:denominator."""
    smallest, largest = layer.scale_from, layer.scale_to
    return (smallest is None or denominator <= smallest) and (largest is None or denominator >= largest)


def zoom_at(denominator: float, latitude: float = NORTHERNMOST) -> float:
    """The Web Mercator zoom (tiles of 256 pixels) that has the scale 1:denominator at this latitude."""
    return log2(EQUATOR_PIXEL_M * cos(radians(latitude)) / (denominator * PIXEL_M))


def scale_at(zoom: float, latitude: float = NORTHERNMOST) -> float:
    """The denominator of the scale of a zoom."""
    return EQUATOR_PIXEL_M * cos(radians(latitude)) / (2**zoom * PIXEL_M)


def apart(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether it is plain that no feature fits both: the order of the two lines does not matter then."""
    return any(name in other and conditions_apart(one[name], other[name]) for name in one)


def conditions_apart(one: Any, other: Any) -> bool:
    values, condition = values_of(one), other
    if values is None:
        values, condition = values_of(other), one
    if values is not None:
        return not any(holds(condition, value) for value in values)
    return ends_before(one, other) or ends_before(other, one)


def values_of(condition: Any) -> list[Any] | None:
    """The values that fit a condition, None for a condition with bounds."""
    if not isinstance(condition, dict):
        return [condition]
    return condition.get("in")


def ends_before(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether the first interval ends where, or before, the second begins, without a value in common."""
    end, begin = one.get("to", one.get("below")), other.get("from", other.get("above"))
    if end is None or begin is None or isinstance(end, str) != isinstance(begin, str):
        return False
    return bool(end < begin or (end == begin and not ("to" in one and "from" in other)))
