"""The map of a parcel sheet: an SVG in millimetres of paper, drawn by PostGIS, at a whole scale.

100 mm on the drawing are 100 mm on paper; y runs downwards, as SVG has it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely
from django.utils.html import escape

from gis_core.database.statements import fetch_all
from layers.parcels.sections import Ground, Reader

WIDTH_MM, HEIGHT_MM = 182.0, 108.0
FILLED = 0.72  # of the frame, by the ground at most
SCALES = (200, 250, 500, 1_000, 1_500, 2_000, 2_500, 5_000, 10_000, 25_000, 50_000)
MOST_DRAWN = 4_000
LABELLED_FROM = 2_500
SMALLEST_LABEL_MM2 = 22.0
MOST_STRESSED = 6  # more labels in bold would lie over one another

DRAWN = """
    with frame as (select st_makeenvelope(%(west)s, %(south)s, %(east)s, %(north)s, 2154) as box),
    near as (select label, geom, idu = any(%(idus)s) as stressed from cadastre_parcel, frame
             where %(parcels)s and geom && box and st_intersects(geom, box)
             order by stressed desc, st_area(geom) desc limit %(most)s),
    built as (select kind, geom from cadastre_building, frame
              where %(buildings)s and geom && box and st_intersects(geom, box)
              order by st_area(geom) desc limit %(most)s),
    placed as (
        select 'parcel' as kind, label, stressed, geom from near
        union all select 'building', kind, false, geom from built
        union all select 'ground', '', true, %(ground)s::geometry)
    select kind, label, stressed, st_assvg(st_forcepolygoncw(mm), 0, 2), st_x(spot), st_y(spot), st_area(mm)
    from (select *, st_pointonsurface(mm) as spot from (
        select kind, label, stressed,
               st_affine(st_clipbybox2d(geom, box::box2d), %(k)s, 0, 0, %(k)s, -%(west)s * %(k)s, -%(south)s * %(k)s)
               as mm
        from placed, frame) clipped where not st_isempty(mm)) drawn
"""
STYLES = {
    "parcel": 'fill="none" stroke="#5C6B64" stroke-width="0.15"',
    "building": 'fill="#D8D2C6" stroke="#8A8172" stroke-width="0.1"',
    "ground": 'fill="#0B5C6B" fill-opacity="0.10" stroke="#0B5C6B" stroke-width="0.6" stroke-linejoin="round"',
}


HALO = 'stroke="#FFFFFF" stroke-width="0.7" stroke-linejoin="round" '
# Over a picture each line lies on a white one; the ground over the other parcels.
STYLES_OVER_PICTURE = {
    "parcel": ('stroke="#FFFFFF" stroke-opacity="0.75" stroke-width="0.5"', 'stroke="#1B2A2F" stroke-width="0.15"'),
    "ground": (
        'stroke="#FFFFFF" stroke-width="1.3" stroke-linejoin="round"',
        'stroke="#0B5C6B" stroke-width="0.6" stroke-linejoin="round"',
    ),
}

type Shape = tuple[Any, ...]
"""(kind, label, stressed, path, x, y, area), millimetres on paper."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The drawing, its scale (1:n), and its box on the ground (EPSG:2154); `shapes` are what it is made of."""

    svg: str
    scale: int
    box: tuple[float, float, float, float]
    shapes: Sequence[Shape] = field(default_factory=tuple)

    @property
    def cut(self) -> bool:
        """Whether the box holds more than a plan draws: the smallest are left out."""
        kinds = [shape[0] for shape in self.shapes]
        return any(kinds.count(kind) >= MOST_DRAWN for kind in ("parcel", "building"))


def scale_for(ground: Ground) -> int:
    """The largest scale at which the ground fits into the frame with room around it."""
    west, south, east, north = shapely.from_wkb(ground.geom).bounds
    needed = max((east - west) / WIDTH_MM, (north - south) / HEIGHT_MM) * 1000 / FILLED
    return next((scale for scale in SCALES if scale >= needed), SCALES[-1])


def box_for(ground: Ground, scale: int) -> tuple[float, float, float, float]:
    """What the frame shows, around the middle of the ground."""
    west, south, east, north = shapely.from_wkb(ground.geom).bounds
    x, y = (west + east) / 2, (south + north) / 2
    half_width, half_height = WIDTH_MM / 2000 * scale, HEIGHT_MM / 2000 * scale
    return x - half_width, y - half_height, x + half_width, y + half_height


def draw(ground: Ground, reader: Reader) -> Plan:
    """Parcels and buildings around the ground, as far as the asker sees their layers; its outline, a bar and north."""
    scale = scale_for(ground)
    box = box_for(ground, scale)
    shapes = read(ground, scale, box, reader.layers.keys())
    paths = [path(kind, shapes) for kind in ("building", "parcel", "ground")]
    labels = [label(one) for one in shapes if is_labelled(scale, *one)]
    return Plan(frame_svg([*paths, *labels, bar(scale), north()]), scale, box, shapes)


def draw_over(plan: Plan, picture: str) -> str:
    """The limits of the same plan over a picture of its box, named by its address: each line on a white one."""
    drawn = {kind: " ".join(one[3] for one in plan.shapes if one[0] == kind) for kind in STYLES_OVER_PICTURE}
    lines = [
        f'<path d="{drawn[kind]}" fill="none" {style}/>'
        for kind, styles in STYLES_OVER_PICTURE.items()
        for style in styles
        if drawn[kind]
    ]
    labels = [label(one, HALO) + label(one) for one in plan.shapes if is_labelled(plan.scale, *one)]
    place = f'x="0" y="{-HEIGHT_MM}" width="{WIDTH_MM}" height="{HEIGHT_MM}" preserveAspectRatio="none"'
    return frame_svg([f'<image {place} href="{picture}"/>', *lines, *labels, bar(plan.scale), north()])


def frame_svg(inside: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH_MM}mm" height="{HEIGHT_MM}mm"'
        f' viewBox="0 {-HEIGHT_MM} {WIDTH_MM} {HEIGHT_MM}">{"".join(inside)}'
        f'<rect x="0" y="{-HEIGHT_MM}" width="{WIDTH_MM}" height="{HEIGHT_MM}" fill="none" stroke="#9AA49F"'
        ' stroke-width="0.3"/></svg>'
    )


def read(ground: Ground, scale: int, box: tuple[float, float, float, float], seen: Collection[str]) -> list[Shape]:
    """What lies in the box."""
    west, south, east, north_edge = box
    values: dict[str, Any] = {"west": west, "south": south, "east": east, "north": north_edge, "k": 1000 / scale}
    values |= {
        "idus": list(ground.idus) if len(ground.idus) <= MOST_STRESSED else [],
        "ground": ground.geom,
        "most": MOST_DRAWN,
    }
    values |= {slug: slug in seen for slug in ("parcels", "buildings")}
    return fetch_all(DRAWN, values)


def path(kind: str, shapes: Sequence[Shape]) -> str:
    """All of one kind as one path: thousands of small ones take seconds to set."""
    drawing = " ".join(one[3] for one in shapes if one[0] == kind)
    return f'<path d="{drawing}" {STYLES[kind]}/>' if drawing else ""


def is_labelled(
    scale: int, kind: str, _label: str, stressed: bool, _drawing: str, _x: float, _y: float, area: float
) -> bool:
    return kind == "parcel" and (stressed or (scale <= LABELLED_FROM and area >= SMALLEST_LABEL_MM2))


def label(shape: Shape, paint: str = "") -> str:
    _kind, text, stressed, _drawing, x, y, _area = shape
    weight, colour, size = ("700", "#0B5C6B", 3.2) if stressed else ("400", "#3C4A45", 2.3)
    return (
        f'<text x="{x:.2f}" y="{-y + size / 3:.2f}" font-family="Arpent" font-size="{size}" font-weight="{weight}"'
        f' fill="{colour}" {paint}text-anchor="middle">{escape(text)}</text>'
    )


def bar(scale: int) -> str:
    """A bar of 50 mm with what it is on the ground, at the lower left."""
    metres = 50 * scale / 1000
    length = f"{metres:g} m" if metres < 1000 else f"{metres / 1000:g} km"
    return (
        '<rect x="3" y="-9.5" width="66" height="7" fill="#FFFFFF" fill-opacity="0.85"/>'
        '<rect x="5" y="-4.8" width="50" height="0.4" fill="#1B2A2F"/>'
        '<path d="M5 -6.2h.3v1.4h-.3z M54.7 -6.2h.3v1.4h-.3z M29.85 -5.6h.3v.8h-.3z" fill="#1B2A2F"/>'
        f'<text x="57" y="-4.3" font-family="Arpent" font-size="2.8" fill="#1B2A2F">{length.replace(".", ",")}</text>'
    )


def north() -> str:
    x, y = WIDTH_MM - 8, -HEIGHT_MM + 5
    return (
        f'<circle cx="{x}" cy="{y + 5}" r="5.5" fill="#FFFFFF" fill-opacity="0.85"/>'
        f'<path d="M{x} {y + 0.5} L{x + 2} {y + 7} L{x} {y + 5.6} L{x - 2} {y + 7} Z" fill="#1B2A2F"/>'
        f'<text x="{x}" y="{y + 10}" font-family="Arpent" font-size="2.8" font-weight="700" fill="#1B2A2F"'
        ' text-anchor="middle">N</text>'
    )
