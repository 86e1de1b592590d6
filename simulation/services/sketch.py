"""A small plan of a variant, in SVG: the ground, the volumes, the lines; north is up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from simulation.models import Project

MARGIN = 0.06
TINTS = {"road": "sketch-road", "wall": "sketch-wall", "hedge": "sketch-hedge", "trench": "sketch-trench"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A shape of the drawing: its CSS class and its `d`."""

    style: str
    d: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """`view` is the viewBox, in metres from the upper left corner."""

    view: str
    paths: list[Path]


def sketch_of(project: Project, variant: Mapping[str, Any]) -> Sketch:
    ground = shapely.from_wkb(bytes(project.geom.wkb))
    volumes = [shapely.geometry.shape(one["footprint"]) for one in variant["volumes"]]
    lines = [(TINTS[one["kind"]], band_of(one)) for one in variant["lines"]]
    west, south, east, north = shapely.total_bounds([ground, *volumes, *(shape for _style, shape in lines)])
    margin = MARGIN * max(east - west, north - south, 1.0)
    left, top = west - margin, north + margin
    drawn = [("sketch-ground", ground), *lines, *(("sketch-volume", one) for one in volumes)]
    paths = [Path(style=style, d=path_of(shape, left, top)) for style, shape in drawn]
    return Sketch(view=f"0 0 {east - west + 2 * margin:.2f} {north - south + 2 * margin:.2f}", paths=paths)


def band_of(line: Mapping[str, Any]) -> BaseGeometry:
    """The ground that a line with a width takes."""
    shape: BaseGeometry = shapely.geometry.shape(line["line"]).buffer(line["width"] / 2, cap_style="flat")
    return shape


def path_of(shape: BaseGeometry, left: float, top: float) -> str:
    rings = shapely.get_rings(shapely.get_parts(shape))
    return " ".join(
        "M" + "L".join(f"{x - left:.2f} {top - y:.2f}" for x, y in shapely.get_coordinates(ring)[:-1]) + "Z"
        for ring in rings
    )
